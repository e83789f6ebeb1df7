/** Is every daemon's program there, executable, and able to start: its interpreter, its script? */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import type { SpawnError } from '../../host/spawn-error.ts'
import { hasCode } from '../../kernel/errno.ts'
import { count } from '../../kernel/text.ts'
import type { ResolvedDaemon } from '../../stack/resolve.ts'
import type { Check, CheckContext } from '../check.ts'
import { type Finding, ok } from '../finding.ts'
import { findHint } from '../install-hints.ts'
import { readFirstLine } from '../read-first-line.ts'
import { environmentOf, resolveToLook } from '../resolved.ts'

const INTERPRETERS = /^(node|deno|bun|python[\d.]*|ruby|perl|php|(ba|z|da)?sh)$/

export const commandsCheck: Check = {
  id: 'commands',
  group: 'stack',
  title: "the daemons' programs: there, executable, with their interpreter",
  deadlineMs: 5_000,
  run(context) {
    const { stack, env } = context
    if (stack === undefined) return [blindFinding()]
    const resolved = resolveToLook(stack, env)
    // The check of the stack file says which variable is not set.
    if (!resolved.ok) return [blindFinding()]
    const daemons = [...resolved.value.daemons.values()]
    const problems = daemons.flatMap((daemon) => judgeCommand(daemon, context))
    if (problems.length > 0) return problems
    return [ok('commands.found', `the ${count(daemons.length, 'program')} of the daemons can be started`)]
  },
}

const blindFinding = (): Finding => ({
  id: 'commands.unknown',
  severity: 'could-not-check',
  summary: 'the commands cannot be read off a stack file that is broken',
  remedy: 'mend the stack file first; the check "stack-file" says how',
})

function judgeCommand(daemon: ResolvedDaemon, context: CheckContext): Finding[] {
  const [program = '', ...words] = daemon.command
  const env = environmentOf(daemon, context.env)
  const found = context.system.resolveCommand({ program, cwd: daemon.cwd, env })
  if (!found.ok) return [describeMissing(daemon, found.error, context, env)]
  const shebang = judgeInterpreter(found.value, daemon, context, env)
  if (shebang) return [shebang]
  const script = INTERPRETERS.test(basename(program))
    ? words.find((word) => !word.startsWith('-'))
    : undefined
  // `-e` and `-m` are followed by no file.
  if (script === undefined || words[0] !== script || existsSync(resolve(daemon.cwd, script))) return []
  return [
    {
      id: 'commands.script-missing',
      severity: 'error',
      daemon: daemon.name,
      summary: `${daemon.name} cannot start: ${basename(program)} is to run ${script}, and there is no such file`,
      evidence: [`looked for ${resolve(daemon.cwd, script)}`],
      remedy: `build or restore ${script}, or correct "command" in [daemons.${daemon.name}] of ${context.file}`,
    },
  ]
}

function describeMissing(
  daemon: ResolvedDaemon,
  error: SpawnError,
  context: CheckContext,
  env: Readonly<Record<string, string>>,
): Finding {
  const program = daemon.command[0] ?? ''
  const about = { daemon: daemon.name, severity: 'error', evidence: [error.detail] } as const
  const table = `[daemons.${daemon.name}] of ${context.file}`
  if (error.reason === 'bad-directory') {
    const summary = `${daemon.name} cannot start: its working directory ${daemon.cwd} cannot be entered`
    const remedy = `mkdir -p ${daemon.cwd}   (or correct "cwd" in ${table})`
    return { id: 'commands.directory', ...about, summary, remedy }
  }
  if (error.reason === 'not-executable') {
    const file = /^(\S+) may not/.exec(error.detail)?.[1] ?? resolve(daemon.cwd, program)
    const summary = `${daemon.name} cannot start: ${program} is not executable`
    return { id: 'commands.not-executable', ...about, summary, remedy: `chmod +x ${file}` }
  }
  if (error.reason === 'other') {
    const remedy = `ls -l ${resolve(daemon.cwd, program)}   (and run the command by hand)`
    return { id: 'commands.unusable', ...about, summary: `${daemon.name} cannot start: ${program}`, remedy }
  }
  const summary = `${daemon.name} cannot start: the program "${program}" is not there`
  const remedy = remedyForMissing(program, table, context, env)
  return { id: 'commands.missing', ...about, summary, remedy }
}

function remedyForMissing(
  program: string,
  table: string,
  { system, root }: CheckContext,
  env: Readonly<Record<string, string>>,
): string {
  if (program.includes('/')) return `build or restore ${program}, or correct "command" in ${table}`
  const hint = findHint(program)
  if (hint === undefined)
    return `install ${program}, or correct "command" in ${table}; then: command -v ${program}`
  const home = env['HOME'] ?? homedir()
  const folder = hint.folders?.map((one) => resolve(home, one)).find((one) => existsSync(join(one, program)))
  if (folder !== undefined) return `export PATH="$PATH:${folder}"   (it is installed there)`
  if (hint.needs !== undefined && !system.resolveCommand({ program: hint.needs, cwd: root, env }).ok) {
    const first = findHint(hint.needs)?.install ?? `install ${hint.needs}`
    return `${first}; then: ${hint.install}`
  }
  const bin = hint.needs === 'go' ? '; then: export PATH="$PATH:$(go env GOPATH)/bin"' : ''
  return `${hint.install}${bin}`
}

/** A script whose first line names an interpreter that is not there fails with "not found", which misleads. */
function judgeInterpreter(
  file: string,
  daemon: ResolvedDaemon,
  { system }: CheckContext,
  env: Readonly<Record<string, string>>,
): Finding | undefined {
  const line = readInterpreterLine(file)
  if (!line.startsWith('#!')) return undefined
  const [interpreter = '', argument] = line.slice(2).trim().split(/\s+/)
  const program =
    basename(interpreter) === 'env' && argument && !argument.startsWith('-') ? argument : interpreter
  const about = {
    daemon: daemon.name,
    severity: 'error',
    evidence: [`first line of ${file}: ${line.trimEnd()}`],
  } as const
  if (line.endsWith('\r')) {
    const summary = `${daemon.name} cannot start: the first line of its script ends with a carriage return`
    return { id: 'commands.interpreter', ...about, summary, remedy: `sed -i 's/\\r$//' ${file}` }
  }
  if (system.resolveCommand({ program, cwd: daemon.cwd, env }).ok) return undefined
  const summary = `${daemon.name} cannot start: its script wants the interpreter "${program}", which is not there`
  const remedy = findHint(program)?.install ?? `install ${program}, or correct the first line of ${file}`
  return { id: 'commands.interpreter', ...about, summary, remedy }
}

/** Empty when it may be run but not read. */
function readInterpreterLine(file: string): string {
  try {
    return readFirstLine(file)
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM')) return ''
    throw error
  }
}
