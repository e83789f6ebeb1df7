/**
 * `smokechain verify`: wires the rooms together for one run. Loads the stack, finds the smokes, prepares the
 * ground, runs the chain, and writes the ledger; the exit code is the verdict's.
 */
import { join, relative } from 'node:path'
import { type Ground, type NoGround, prepareGround } from '../../chain/prepare.ts'
import { runChain } from '../../chain/run.ts'
import { createEventStream } from '../../chain/stream.ts'
import { unsupportedPlatform } from '../../host/platform.ts'
import type { Failure } from '../../kernel/failure.ts'
import { renderFailure } from '../../kernel/failure-text.ts'
import type { Result } from '../../kernel/result.ts'
import { openJournal } from '../../ledger/journal.ts'
import { createEventRedactor } from '../../ledger/redact-event.ts'
import { openRunDirectory, type RunDirectory } from '../../ledger/run-dir.ts'
import { createVerdict } from '../../ledger/verdict.ts'
import { discoverSmokes } from '../../smoke/discover.ts'
import type { SmokeFile, SmokeProblem } from '../../smoke/types.ts'
import { renderDiagnostics } from '../../stack/diagnostic.ts'
import { loadStack } from '../../stack/load.ts'
import type { Stack } from '../../stack/types.ts'
import { ExitCode } from '../exit-codes.ts'
import { createReporter } from '../render/create.ts'
import { selectSmokes } from '../select.ts'
import { type Interrupts, watchSignals } from '../signals.ts'
import { findStackFile } from '../stack-file.ts'
import { toolVersion } from '../version.ts'

export interface VerifyOptions {
  readonly stack: string
  readonly only?: readonly string[]
  readonly from?: string
  readonly bail?: boolean
  readonly json?: boolean
  readonly verbose?: boolean
  readonly timing?: boolean
}

/** Runs the command. @returns the exit code (docs/exit-codes.md). */
export async function verify(options: VerifyOptions): Promise<number> {
  const unsupported = unsupportedPlatform()
  if (unsupported !== undefined) return complain([asError(unsupported)], ExitCode.usage)

  const file = findStackFile(options.stack, process.cwd())
  const loaded = await loadStack(file)
  if (!loaded.ok) return complain([renderDiagnostics(loaded.error)], ExitCode.usage)
  const stack = loaded.value

  const selection = selectSmokes(stack.chain, options)
  if (!selection.ok) return complain(selection.error.map(asError), ExitCode.usage)
  if (selection.value.length === 0) return complain([asError('no smoke is selected')], ExitCode.nothingToRun)
  const found = discoverSmokes(stack.smokes, selection.value)
  if (!found.ok) return complain(found.error.map(renderProblem), ExitCode.usage)

  // From here on there is something to give back, so Ctrl-C has to wait for it.
  const interrupts = watchSignals()
  try {
    return await verifyOn(stack, found.value, options, interrupts)
  } finally {
    interrupts.dispose()
  }
}

async function verifyOn(
  stack: Stack,
  selected: readonly SmokeFile[],
  options: VerifyOptions,
  interrupts: Interrupts,
): Promise<number> {
  const logs = join(stack.root, 'logs')
  let directory: RunDirectory
  try {
    directory = openRunDirectory(logs)
  } catch (error) {
    return complain(
      [asError(`cannot make a run directory in ${logs}: ${describe(error)}`)],
      ExitCode.toolFault,
    )
  }
  let ground: Result<Ground, NoGround>
  try {
    ground = await prepareGround(stack, directory.id, process.env)
  } catch (error) {
    directory.discard()
    return complain([asError(`cannot prepare the run's folder: ${describe(error)}`)], ExitCode.toolFault)
  }
  if (!ground.ok) {
    directory.discard()
    return complainAboutGround(ground.error)
  }
  try {
    return await runOn(ground.value, directory, { stack, selected, options, interrupts })
  } finally {
    // Given back by the run itself, unless it never began.
    await ground.value.release()
  }
}

interface Run {
  readonly stack: Stack
  readonly selected: readonly SmokeFile[]
  readonly options: VerifyOptions
  readonly interrupts: Interrupts
}

async function runOn(ground: Ground, directory: RunDirectory, run: Run): Promise<number> {
  const { options, interrupts } = run
  const verdict = createVerdict()
  const reporter = createReporter({
    kind: options.json ? 'json' : 'auto',
    stdout: process.stdout,
    stderr: process.stderr,
    verbose: options.verbose ?? false,
    timing: options.timing ?? false,
  })
  const lostBeforeStart: Failure[] = []
  let lose = (failure: Failure): void => void lostBeforeStart.push(failure)
  const journal = openJournal(join(directory.path, 'journal.jsonl'), { onLost: (failure) => lose(failure) })
  const emit = createEventStream(createEventRedactor(ground.resolved.secrets), [
    (event) => journal.write(event),
    (event) => verdict.add(event),
    (event) => reporter.event(event),
  ])
  lose = (failure) => emit({ type: 'evidence.lost', failure })
  for (const failure of lostBeforeStart) lose(failure)
  for (const message of directory.warnings) emit({ type: 'warning', message })
  interrupts.onFirst((signal) => emit({ type: 'interrupted', signal }))

  const problems = await runChain(
    {
      stack: run.stack,
      selected: run.selected,
      bail: options.bail ?? false,
      ground,
      dir: directory.path,
      toolVersion: toolVersion(),
      rerun: rerunCommand(options.stack),
    },
    emit,
    interrupts,
  )
  if (problems) {
    journal.close()
    directory.discard()
    return complain(problems.map(renderProblem), ExitCode.usage)
  }
  journal.close()
  const lost = directory.writeLedger(verdict.current())
  if (lost) lose(lost)
  const final = verdict.current()
  await reporter.finish(final)
  return final.exitCode
}

function complainAboutGround(error: NoGround): number {
  if (error.kind === 'diagnostics') return complain([renderDiagnostics(error.diagnostics)], ExitCode.usage)
  const { headline, detail } = renderFailure(error.failure)
  return complain([asError(headline), ...detail.map((line) => `  ${line}`)], ExitCode.notUp)
}

/** How a person runs one smoke again: through just where this is its own repository, else as it was called. */
function rerunCommand(stack: string): string {
  const flag = stack === 'stacks/dev.toml' ? '' : ` --stack ${stack}`
  const launcher = process.argv[1] ?? 'smokechain'
  const own = relative(process.cwd(), launcher) === join('src', 'smokechain.mjs')
  return `${own ? 'npx -y rust-just' : `node ${launcher}`} verify${flag} --only`
}

function renderProblem(problem: SmokeProblem): string {
  const at = problem.line === undefined ? '' : `:${problem.line}:${problem.column ?? 1}`
  return asError(`${relative(process.cwd(), problem.file)}${at}: ${problem.message}`)
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const asError = (text: string): string => `error: ${text}`

function complain(messages: readonly string[], exitCode: number): number {
  process.stderr.write(`${messages.join('\n').trimEnd()}\n`)
  return exitCode
}
