/** A smoke that took longer than it does: the figures, as the rule of src/history/slow.ts gives them. All in milliseconds. */

import { formatDuration } from './units.ts'

export interface Slowness {
  readonly ms: number
  /** More than this is slow. */
  readonly limitMs: number
  readonly medianMs: number
  /** Median of the distances from the median. */
  readonly madMs: number
  /** How many earlier runs of the same kind these figures are from. */
  readonly samples: number
}

/** How long a smoke took, and how much of the machine was not there for it. */
export interface TimeTaken {
  readonly ms: number
  /** Share of the machine's cores that went to others meanwhile, 0 to 1. */
  readonly others: number
}

/** Says whether a smoke that kept its promise was slow; undefined: no, or nobody can tell. */
export type FindSlow = (smoke: string, taken: TimeTaken) => Slowness | undefined

/** `5.2 s; usually 2.1 s, and over 3.1 s is slow (median of 20 runs)` */
export function describeSlowness({ ms, medianMs, limitMs, samples }: Slowness): string {
  const [took, usual, limit] = [ms, medianMs, limitMs].map(formatDuration)
  return `${took}; usually ${usual}, and over ${limit} is slow (median of ${samples} runs)`
}
