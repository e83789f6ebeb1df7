/** `smokechain export systemd`: writes a stack with fixed ports as systemd units. It starts and enables nothing. */
import { mkdirSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { checkForSystemd } from '../../export/faults.ts'
import { renderSystemd, unitPrefix } from '../../export/systemd.ts'
import type { RenderedFile } from '../../export/types.ts'
import { usesPlaceholder } from '../../export/variables.ts'
import { baseEnvironment } from '../../host/environment.ts'
import { resolveCommand } from '../../host/resolve-command.ts'
import { messageOf } from '../../kernel/errno.ts'
import { count } from '../../kernel/text.ts'
import { type Diagnostic, renderDiagnostics } from '../../stack/diagnostic.ts'
import { loadStack } from '../../stack/load.ts'
import { placeProblems, SourceText } from '../../stack/locate.ts'
import { type ResolvedStack, resolveDataFolder, resolveStack } from '../../stack/resolve.ts'
import type { Stack } from '../../stack/types.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { unknownName } from '../names.ts'
import { findStackFile } from '../stack-file.ts'

export interface ExportOptions {
  readonly stack: string
  readonly out: string
  readonly user?: boolean
  /** Who runs the daemons; default: who runs this command. */
  readonly runAs?: string
}

const FORMS = ['systemd']

/** Runs the command. @returns the exit code. */
export async function exportStack(form: string, options: ExportOptions): Promise<number> {
  if (!FORMS.includes(form)) return refuse([unknownName('form', form, FORMS)])
  if (options.user && options.runAs !== undefined) {
    return refuse(['--run-as is for system units: those of --user run as their owner'])
  }
  const loaded = await loadStack(findStackFile(options.stack, process.cwd()))
  if (!loaded.ok) return refuseFile(loaded.error)
  const stack = loaded.value
  const problems = checkForSystemd(stack)
  if (problems.length > 0) {
    return refuseFile(placeProblems(problems, new SourceText(stack.file, stack.source ?? '')))
  }

  const outDir = resolve(options.out)
  const configPath = join(outDir, `${unitPrefix(stack)}.toml`)
  const data = resolveDataFolder(stack, process.env)
  if (!data.ok) return refuseFile(data.error)
  const dataDir = data.value
  if (dataDir === undefined && usesPlaceholder(stack, 'data')) {
    return refuse([`${show(stack.file)} uses {data}, but does not say where that stays; add: data = "…"`])
  }
  const resolved = resolveStack(stack, {
    ports: new Map(),
    dataDir: dataDir ?? '',
    configPath,
    env: process.env,
  })
  if (!resolved.ok) return refuseFile(resolved.error)

  const { programs, faults } = findPrograms(resolved.value)
  if (faults.length > 0) return refuse(faults)
  const rendered = renderSystemd({
    resolved: resolved.value,
    programs,
    scope: options.user ? 'user' : 'system',
    runAs: options.runAs ?? userInfo().username,
    outDir,
    dataDir,
    configPath,
    tool: [process.execPath, realpathSync(process.argv[1] ?? '')],
  })
  if (!rendered.ok) return refuse(rendered.error)
  return write(outDir, stack, rendered.value.files, rendered.value.remarks)
}

function findPrograms({ daemons }: ResolvedStack): { programs: Map<string, string>; faults: string[] } {
  const programs = new Map<string, string>()
  const faults: string[] = []
  for (const [name, { command, cwd, env }] of daemons) {
    const [program = ''] = command
    const found = resolveCommand({ program, cwd, env: { ...baseEnvironment(), ...env } })
    if (found.ok) programs.set(name, found.value)
    else faults.push(`${name}: ${found.error.detail}`)
  }
  return { programs, faults }
}

function write(
  outDir: string,
  stack: Stack,
  files: readonly RenderedFile[],
  remarks: readonly string[],
): number {
  try {
    mkdirSync(outDir, { recursive: true })
    for (const file of files) writeWhole(join(outDir, file.name), file)
  } catch (error) {
    return complain([asError(`cannot write into ${show(outDir)}: ${messageOf(error)}`)], ExitCode.toolFault)
  }
  const written = new Set(files.map(({ name }) => name))
  const prefix = `${unitPrefix(stack)}-`
  const stale = readdirSync(outDir).filter(
    (name) => name.startsWith(prefix) && name.endsWith('.service') && !written.has(name),
  )
  const lines = [
    ...[...written].map((name) => join(show(outDir), name)),
    ...remarks.map((remark) => `note: ${remark}`),
    ...stale.map((name) => `note: ${name} is there, but ${stack.name} has no such daemon (any more)`),
    `${count(written.size, 'file')}; docs/operations.md says how to install them`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  return ExitCode.ok
}

/** Never half of a file, and never for a moment open to others. */
function writeWhole(path: string, { text, secret }: RenderedFile): void {
  const aside = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(aside, text, { mode: secret ? 0o600 : 0o644, flag: 'wx' })
    renameSync(aside, path)
  } catch (error) {
    rmSync(aside, { force: true })
    throw error
  }
}

const show = (path: string): string => {
  const shown = relative(process.cwd(), path)
  return shown === '' || shown.startsWith('..') ? path : shown
}

const refuse = (messages: readonly string[]): number => complain(messages.map(asError), ExitCode.usage)

const refuseFile = (diagnostics: readonly Diagnostic[]): number =>
  complain([renderDiagnostics(diagnostics)], ExitCode.usage)
