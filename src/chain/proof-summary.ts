/** What a proof came to: a pure function of its results. */
import { NULL_MODES, type NullMode } from './null-stack.ts'
import type { NullResult } from './prove.ts'

export interface PassingStep {
  readonly smoke: string
  readonly title: string
  /** The null stacks on which it passes. */
  readonly modes: readonly NullMode[]
}

export interface ProofSummary {
  /** How many smokes were tried at all. */
  readonly smokes: number
  /** Smokes that pass on a null stack: they prove nothing. */
  readonly passing: readonly string[]
  /** Smokes that were blocked or not run on a null stack: nothing is known of them. */
  readonly untried: readonly string[]
  /** How many steps were reached on any null stack. */
  readonly steps: number
  readonly passingSteps: readonly PassingStep[]
}

/** A smoke passes, and a step passes, when it does so on any null stack; each is counted once. */
export function summarizeProof(results: readonly NullResult[]): ProofSummary {
  const passing = new Set<string>()
  const untried = new Set<string>()
  const steps = new Map<string, { smoke: string; title: string; modes: NullMode[] }>()
  for (const { smoke, verdict, mode, steps: reached } of results) {
    if (verdict === 'PASS') passing.add(smoke)
    if (verdict === 'BLOCKED' || verdict === 'NOT RUN') untried.add(smoke)
    for (const { title, passed } of reached) {
      const key = `${smoke}\u0000${title}`
      const step = steps.get(key) ?? { smoke, title, modes: [] }
      steps.set(key, step)
      if (passed) step.modes.push(mode)
    }
  }
  return {
    smokes: new Set(results.map((result) => result.smoke)).size,
    passing: [...passing],
    untried: [...untried],
    steps: steps.size,
    passingSteps: [...steps.values()].filter((step) => step.modes.length > 0),
  }
}

/** What the daemons of a null stack answer: `200 {}`. */
export function answerOf(mode: NullMode): string {
  return NULL_MODES.find((known) => known.mode === mode)?.answer ?? mode
}
