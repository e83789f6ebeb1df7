/**
 * `smokechain verify`: wires the rooms together for one run. Loads the stack, finds the smokes, prepares the
 * ground, runs the chain, and writes the ledger; the exit code is the verdict's.
 */
import { join, relative } from 'node:path'
import { type Ground, prepareGround } from '../../chain/prepare.ts'
import { runChain } from '../../chain/run.ts'
import { createEventStream } from '../../chain/stream.ts'
import { unsupportedPlatform } from '../../host/platform.ts'
import type { Emit } from '../../kernel/event.ts'
import { renderFailure } from '../../kernel/failure-text.ts'
import { openJournal } from '../../ledger/journal.ts'
import { openRunDirectory, type RunDirectory } from '../../ledger/run-dir.ts'
import { createVerdict } from '../../ledger/verdict.ts'
import { discoverSmokes } from '../../smoke/discover.ts'
import type { SmokeFile, SmokeProblem } from '../../smoke/types.ts'
import { renderDiagnostics } from '../../stack/diagnostic.ts'
import { loadStack } from '../../stack/load.ts'
import type { Stack } from '../../stack/types.ts'
import { ExitCode } from '../exit-codes.ts'
import { toolVersion } from '../program.ts'
import { createReporter } from '../render/create.ts'
import { selectSmokes } from '../select.ts'
import { watchSignals } from '../signals.ts'
import { findStackFile } from '../stack-file.ts'

export interface VerifyOptions {
  readonly stack: string
  readonly only?: readonly string[]
  readonly from?: string
  readonly bail?: boolean
  readonly json?: boolean
  readonly verbose?: boolean
}

/** Runs the command. @returns the exit code (docs/exit-codes.md). */
export async function verify(options: VerifyOptions): Promise<number> {
  const unsupported = unsupportedPlatform()
  if (unsupported !== undefined) return complain([unsupported], ExitCode.usage)

  const file = findStackFile(options.stack, process.cwd())
  const loaded = await loadStack(file)
  if (!loaded.ok) return complain([renderDiagnostics(loaded.error)], ExitCode.usage)
  const stack = loaded.value

  const selection = selectSmokes(stack.chain, options)
  if (!selection.ok) return complain(selection.error.map(asError), ExitCode.usage)
  if (selection.value.length === 0) return complain([asError('no smoke is selected')], ExitCode.nothingToRun)
  const found = discoverSmokes(stack.smokes, selection.value)
  if (!found.ok) return complain(found.error.map(renderProblem), ExitCode.usage)

  const directory = openRunDirectory(join(stack.root, 'logs'))
  const ground = await prepareGround(stack, directory.id, process.env)
  if (!ground.ok) {
    directory.discard()
    if (ground.error.kind === 'diagnostics') {
      return complain([renderDiagnostics(ground.error.diagnostics)], ExitCode.usage)
    }
    const { headline, detail } = renderFailure(ground.error.failure)
    return complain([asError(headline), ...detail.map((line) => `  ${line}`)], ExitCode.notUp)
  }
  return await runOn(ground.value, directory, stack, found.value, options)
}

async function runOn(
  ground: Ground,
  directory: RunDirectory,
  stack: Stack,
  selected: readonly SmokeFile[],
  options: VerifyOptions,
): Promise<number> {
  const verdict = createVerdict()
  const reporter = createReporter({
    kind: options.json ? 'json' : 'auto',
    stdout: process.stdout,
    stderr: process.stderr,
    verbose: options.verbose ?? false,
  })
  let emit: Emit = () => undefined
  const journal = openJournal(join(directory.path, 'journal.jsonl'), {
    secrets: ground.resolved.secrets,
    onLost: (failure) => emit({ type: 'evidence.lost', failure }),
  })
  emit = createEventStream([
    (event) => journal.write(event),
    (event) => verdict.add(event),
    (event) => reporter.event(event),
  ])
  const signals = watchSignals((signal, count) => {
    if (count === 1) emit({ type: 'interrupted', signal })
  })
  try {
    const problems = await runChain(
      {
        stack,
        selected,
        bail: options.bail ?? false,
        ground,
        dir: directory.path,
        toolVersion: toolVersion(),
        rerun: rerunCommand(options.stack),
      },
      emit,
      signals,
    )
    if (problems) {
      directory.discard()
      return complain(problems.map(renderProblem), ExitCode.usage)
    }
  } finally {
    journal.close()
    signals.dispose()
    await ground.release()
  }
  const lost = directory.writeLedger(verdict.current())
  if (lost) emit({ type: 'evidence.lost', failure: lost })
  const final = verdict.current()
  await reporter.finish(final)
  return final.exitCode
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

const asError = (text: string): string => `error: ${text}`

function complain(messages: readonly string[], exitCode: number): number {
  process.stderr.write(`${messages.join('\n').trimEnd()}\n`)
  return exitCode
}
