/**
 * `smokechain prove`: the proof that smokes can fail. Runs them on null stacks and reports what still passes.
 * It writes no ledger and leaves `logs/latest` alone: a proof is no run of the chain.
 */
import { join } from 'node:path'
import type { NullMode } from '../../chain/null-stack.ts'
import { summarizeProof } from '../../chain/proof-summary.ts'
import { type NoProof, type NullResult, runProof } from '../../chain/prove.ts'
import { messageOf } from '../../kernel/errno.ts'
import type { Result } from '../../kernel/result.ts'
import { createVerdict, type VerdictFold } from '../../ledger/verdict.ts'
import { asError, complain, complainAboutGround, complainAboutSmokes } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { type LoadedChain, loadChain } from '../load-chain.ts'
import { openProofDirectory, type ProofDirectory } from '../proof-directory.ts'
import { createPaint, wantsColor } from '../render/paint.ts'
import { renderNullResult, renderProof, renderProofJson, renderTroubles } from '../render/proof.ts'
import { createSink } from '../render/sink.ts'
import { type Interrupts, watchSignals } from '../signals.ts'
import { toolVersion } from '../version.ts'

export interface ProveOptions {
  readonly stack: string
  readonly only?: readonly string[]
  readonly json?: boolean
}

/** Runs the command. @returns the exit code. */
export async function prove(options: ProveOptions): Promise<number> {
  const loaded = await loadChain(options)
  if (!loaded.ok) return loaded.error
  const interrupts = watchSignals()
  try {
    return await proveChain(loaded.value, options.json ?? false, interrupts)
  } finally {
    interrupts.dispose()
  }
}

async function proveChain(chain: LoadedChain, json: boolean, interrupts: Interrupts): Promise<number> {
  const { stack } = chain
  const logs = join(stack.root, 'logs')
  let directory: ProofDirectory
  try {
    directory = openProofDirectory(logs)
  } catch (error) {
    return complain([asError(`cannot make a folder in ${logs}: ${messageOf(error)}`)], ExitCode.toolFault)
  }
  const out = json ? process.stderr : process.stdout
  const sink = createSink(out)
  const paint = createPaint(wantsColor(out, process.env))
  const results: NullResult[] = []
  const verdicts = new Map<NullMode, VerdictFold>()
  const done = await runProof({
    ...chain,
    id: directory.id,
    dir: directory.path,
    toolVersion: toolVersion(),
    signals: interrupts,
    onRun: (mode, emit) => {
      verdicts.set(mode, createVerdict())
      interrupts.onFirst((signal) => emit({ type: 'interrupted', signal }))
    },
    onEvent: (mode, event) => verdicts.get(mode)?.add(event),
    onResult: (result) => {
      results.push(result)
      sink.line(renderNullResult(result, paint))
    },
  })
  if (!done.ok) {
    directory.discard()
    return complainAboutProof(done)
  }

  const troubles = [...verdicts].map(([mode, fold]) => ({ mode, verdict: fold.current() }))
  const summary = summarizeProof(results)
  const exitCode = chooseExitCode(
    troubles.map(({ verdict }) => verdict),
    summary.passing.length + summary.untried.length,
  )
  sink.line()
  for (const line of renderTroubles(troubles, paint)) sink.line(line)
  if (exitCode === ExitCode.ok) directory.discard()
  else sink.line(paint.dim(`logs: ${directory.path}`))
  for (const line of renderProof(summary, paint, interrupts.stop.aborted)) sink.line(line)
  await sink.drain()
  if (json) {
    const documents = createSink(process.stdout)
    documents.write(
      renderProofJson(results, summary, { stack: { name: stack.name, file: stack.file }, exitCode }),
    )
    await documents.drain()
  }
  return exitCode
}

function complainAboutProof({ error }: Extract<Result<void, NoProof>, { ok: false }>): number {
  return error.kind === 'smokes' ? complainAboutSmokes(error.problems) : complainAboutGround(error)
}

type Judged = ReturnType<VerdictFold['current']>

/** A failed smoke is what is wanted here; all else that a verdict holds against a run counts as it always does. */
function chooseExitCode(verdicts: readonly Judged[], bad: number): number {
  const serious = verdicts.map((verdict) => verdict.exitCode).find((code) => code !== 0 && code !== 1)
  if (serious !== undefined) return serious
  const unclean = verdicts.some((verdict) => verdict.leaks.length + verdict.deaths.length > 0)
  return unclean || bad > 0 ? ExitCode.failed : ExitCode.ok
}
