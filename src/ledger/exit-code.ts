/** The exit code of a run (docs: exit codes). The most serious reason wins; 2 is given before a run exists. */
import type { EventOf, VerdictClass } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'

export interface RunFacts {
  readonly counts: Readonly<Record<VerdictClass, number>>
  readonly leaks: readonly Failure[]
  readonly deaths: readonly Failure[]
  readonly evidenceLost: readonly Failure[]
  readonly faults: readonly Failure[]
  readonly finished: boolean
  readonly selected: number
  /** Absent: no boot was begun. */
  readonly bootOk?: boolean
  readonly interrupted?: EventOf<'interrupted'>['signal']
}

/**
 * 70 what is said cannot be trusted: a fault, lost evidence, or no end (and nobody interrupted it) ·
 * 130, 143 interrupted · 3 the stack did not come up · 1 a smoke is neither PASS nor SKIP, a leak, a death ·
 * 4 nothing was selected · 0.
 */
export function exitCodeOf(facts: RunFacts): number {
  if (facts.faults.length > 0 || facts.evidenceLost.length > 0) return 70
  if (facts.interrupted !== undefined) return facts.interrupted === 'SIGINT' ? 130 : 143
  if (!facts.finished) return 70
  if (facts.bootOk === false) return 3
  const { FAIL, BLOCKED, 'NOT RUN': notRun } = facts.counts
  if (FAIL + BLOCKED + notRun + facts.leaks.length + facts.deaths.length > 0) return 1
  return facts.selected === 0 ? 4 : 0
}
