/**
 * The rule by which a smoke is SLOW (docs/history.md). Pure: the same samples and the same duration give the same answer.
 *
 * A duration is slow when it is above `median + max(4 × 1.4826 × MAD, 0.5 × median, 500 ms)` of the last 20 comparable
 * runs, of which there must be 8. Median and MAD: a few strange runs move neither. 1.4826 × MAD is the standard deviation
 * where durations are normally distributed. Half the median: jitter of a machine that others use too. 500 ms: nobody is
 * told about milliseconds.
 */
import type { Slowness } from '../kernel/slowness.ts'
import { madOf, medianOf } from './stats.ts'

export const SLOW_RULE = {
  /** The last so many comparable runs are looked at. */
  window: 20,
  /** With fewer nobody can tell. */
  minSamples: 8,
  madFactor: 4,
  /** Standard deviations in a MAD. */
  madScale: 1.4826,
  share: 0.5,
  floorMs: 500,
  /** Loads are alike when neither is more than so many times the other. */
  loadRatio: 1.5,
} as const

/**
 * @param ms duration of a smoke that kept its promise.
 * @param samples durations of it in comparable runs, newest first.
 * @returns the figures when it is slow; undefined when it is not, or when there are too few samples.
 */
export function judgeSlowness(ms: number, samples: readonly number[]): Slowness | undefined {
  const recent = samples.slice(0, SLOW_RULE.window)
  if (recent.length < SLOW_RULE.minSamples) return undefined
  const medianMs = medianOf(recent)
  const madMs = madOf(recent, medianMs)
  const { madFactor, madScale, share, floorMs } = SLOW_RULE
  const limitMs = medianMs + Math.max(madFactor * madScale * madMs, share * medianMs, floorMs)
  return ms > limitMs ? { ms, limitMs, medianMs, madMs, samples: recent.length } : undefined
}

/** Under which conditions a run was made. */
export interface Conditions {
  readonly stack: string
  readonly machine: string
  readonly cores: number
  readonly load: number
  readonly attached: boolean
  readonly whole: boolean
}

/**
 * Whether two loads are alike: per core, at least 1 (below that nobody waits for a core), and within a factor.
 * Durations of a busy machine say nothing about those of an idle one.
 */
export function isLikeLoad(a: { cores: number; load: number }, b: { cores: number; load: number }): boolean {
  const [one, other] = [demandOf(a), demandOf(b)]
  return Math.max(one, other) <= SLOW_RULE.loadRatio * Math.min(one, other)
}

const demandOf = ({ cores, load }: { cores: number; load: number }): number =>
  Math.max(1, load / Math.max(1, cores))
