/** `smokechain claims`: what is promised, and what bears it out. */
import { collectClaims } from '../../claims/collect.ts'
import { type LastRun, readNamedRun } from '../../claims/last-run.ts'
import { renderClaimsMarkdown } from '../../claims/markdown.ts'
import type { Gate } from '../../claims/types.ts'
import { messageOf } from '../../kernel/errno.ts'
import { err, ok, type Result } from '../../kernel/result.ts'
import { runAcceptanceGates } from '../acceptance-gates.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { unknownName } from '../names.ts'
import { noteWorkingTree, type OpenedClaims, openClaims } from '../open-claims.ts'
import { claimsViewOf, renderClaims } from '../render/claims.ts'
import { createSink } from '../render/sink.ts'
import { watchSignals } from '../signals.ts'

export interface ClaimsOptions {
  readonly stack: string
  readonly claims?: string
  readonly run?: string
  readonly logs?: string
  /** True: all of them. */
  readonly gates?: true | readonly string[]
  readonly json?: boolean
  readonly markdown?: boolean
}

/** Runs the command. @returns 0 when every claim is proven and nothing else is named, otherwise 1; 2 for files. */
export async function claims(options: ClaimsOptions): Promise<number> {
  const opened = await openClaims(options)
  if (!opened.ok) return opened.error
  const { stack, logs, claims: file } = opened.value
  const selected = selectGates(file.gates, options.gates)
  if (!selected.ok) return complain(selected.error.map(asError), ExitCode.usage)
  const run = options.run === undefined ? undefined : readNamed(logs, options.run)
  if (run?.ok === false) return complain([asError(run.error)], ExitCode.usage)

  if (selected.value.length > 0) {
    const interrupted = await runSelected(selected.value, opened.value)
    if (interrupted !== undefined) return interrupted
  }
  const tree = await noteWorkingTree(stack, logs)
  const report = collectClaims({
    file,
    stack,
    logs,
    ...(run && { run: run.value }),
    ...(tree && { tree }),
  })
  const out = createSink(process.stdout)
  if (options.json) out.write(`${JSON.stringify(report, null, 2)}\n`)
  else if (options.markdown) out.write(renderClaimsMarkdown(report))
  else for (const line of renderClaims(report, claimsViewOf(process.stdout))) out.line(line)
  await out.drain()
  return report.exitCode
}

function readNamed(logs: string, name: string): Result<LastRun, string> {
  const found = readNamedRun(logs, name)
  return found.ok ? ok({ run: found.value, notes: [] }) : found
}

function selectGates(
  gates: readonly Gate[],
  asked: ClaimsOptions['gates'],
): Result<readonly Gate[], readonly string[]> {
  if (asked === undefined) return ok([])
  const known = gates.map(({ id }) => id)
  if (known.length === 0) return err(['the claims file has no gates to run'])
  const names = asked === true ? known : asked.flatMap((ids) => ids.split(',')).filter((id) => id !== '')
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) return err(unknown.map((name) => unknownName('gate', name, known)))
  return ok(gates.filter(({ id }) => names.includes(id)))
}

/** Tells people on standard error. @returns the exit code of an interruption, or of a record that cannot be written. */
async function runSelected(gates: readonly Gate[], opened: OpenedClaims): Promise<number | undefined> {
  const interrupts = watchSignals()
  let code: number | undefined
  interrupts.onFirst((signal) => {
    code = signal === 'SIGINT' ? 130 : 143
  })
  const people = createSink(process.stderr)
  try {
    await runAcceptanceGates(gates, opened, interrupts, {
      onStart: ({ id, command }) => people.line(`gate ${id}: ${command.join(' ')}`),
      say: (line) => people.line(line),
    })
    people.line()
    await people.drain()
    return code
  } catch (error) {
    return complain([asError(`a gate could not be recorded: ${messageOf(error)}`)], ExitCode.toolFault)
  } finally {
    interrupts.dispose()
  }
}
