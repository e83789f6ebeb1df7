/**
 * The proof that smokes can fail: runs them on the null stacks, one run a stack, and tells which smokes and which
 * single steps still pass. The events of each run are handed on; nothing here prints.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Emit, Event, VerdictClass } from '../kernel/event.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import type { SmokeFile, SmokeProblem } from '../smoke/types.ts'
import type { Stack } from '../stack/types.ts'
import { deriveNullStack, NULL_MODES, type NullMode } from './null-stack.ts'
import { type NoGround, prepareGround } from './prepare.ts'
import { type ChainSignals, runChain } from './run.ts'
import { createEventStream } from './stream.ts'

/** A null daemon answers at once: what has not come by then does not come. Requests get more, for busy machines. */
const TRIAL = { waitMs: 300, requestMs: 3_000 }

/** What one smoke did on one null stack. */
export interface NullResult {
  readonly mode: NullMode
  readonly smoke: string
  readonly verdict: VerdictClass
  /** For SKIP. */
  readonly reason?: string
  /** Every step that was reached, in order, and whether it passed. */
  readonly steps: readonly { readonly title: string; readonly passed: boolean }[]
}

export interface ProofPlan {
  readonly stack: Stack
  readonly selected: readonly SmokeFile[]
  /** The id of the proof; each of its runs has one that begins with it. */
  readonly id: string
  /** Logs go to a folder for each mode in it. */
  readonly dir: string
  readonly toolVersion: string
  readonly signals: ChainSignals
  /** Takes the events of each run as they happen. */
  onEvent(mode: NullMode, event: Event): void
  /** Takes the result of each smoke as it comes. */
  onResult(result: NullResult): void
  /** Called before each run with the stream of its events, for events that come from outside (signals). */
  onRun(mode: NullMode, emit: Emit): void
}

export type NoProof = NoGround | { readonly kind: 'smokes'; readonly problems: readonly SmokeProblem[] }

/** Runs all null stacks, one after the other; the first signal ends it. */
export async function runProof(plan: ProofPlan): Promise<Result<void, NoProof>> {
  for (const { mode } of NULL_MODES) {
    if (plan.signals.stop.aborted) break
    const done = await runMode(plan, mode)
    if (!done.ok) return done
  }
  return ok(undefined)
}

async function runMode(plan: ProofPlan, mode: NullMode): Promise<Result<void, NoProof>> {
  const stack = deriveNullStack(plan.stack, mode)
  const dir = join(plan.dir, mode)
  mkdirSync(dir, { recursive: true })
  const ground = await prepareGround(stack, `${plan.id}-${mode}`, process.env, dir)
  if (!ground.ok) return ground
  try {
    const collect = createCollector(mode, plan.onResult)
    const emit = createEventStream((event) => event, [(event) => plan.onEvent(mode, event), collect])
    plan.onRun(mode, emit)
    const problems = await runChain(
      {
        stack,
        selected: plan.selected,
        bail: false,
        ground: ground.value,
        dir,
        toolVersion: plan.toolVersion,
        rerun: 'smokechain prove --only',
        trial: TRIAL,
      },
      emit,
      plan.signals,
    )
    return problems === undefined ? ok(undefined) : err({ kind: 'smokes', problems })
  } finally {
    // Given back by the run itself, unless it never began.
    await ground.value.release()
  }
}

/** From events to results. */
function createCollector(mode: NullMode, onResult: (result: NullResult) => void): (event: Event) => void {
  let steps: { title: string; passed: boolean }[] = []
  return (event) => {
    if (event.type === 'smoke.started') steps = []
    if (event.type === 'step.finished') steps.push({ title: event.step, passed: event.ok })
    if (event.type !== 'smoke.finished') return
    const { smoke, verdict, reason } = event
    onResult({ mode, smoke, verdict, steps, ...(reason === undefined ? {} : { reason }) })
  }
}
