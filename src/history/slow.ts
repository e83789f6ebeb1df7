/**
 * The rule by which a smoke is SLOW (docs/history.md). Pure: the same samples and the same duration give the same answer.
 *
 * A duration is slow when it is above `median + max(4 × 1.4826 × MAD, 0.5 × median, 500 ms)` of the last 20 comparable
 * runs, of which there must be 8. Median and MAD: a few strange runs move neither. 1.4826 × MAD is the standard deviation
 * where durations are normally distributed. Half the median: jitter of a machine that others use too. 500 ms: nobody is
 * told about milliseconds.
 *
 * A busy machine makes everything slow. So nobody judges a smoke during which others had more than half of the machine,
 * and runs compare when others had about as much of it, give or take 0.15: what is left for the run then differs by no
 * more than a factor of 1.3, which is within what the rule grants anyhow.
 */
import type { Slowness, TimeTaken } from '../kernel/slowness.ts'
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
  /** Nobody judges where others had a larger share of the machine. */
  othersMax: 0.5,
  /** By so much the shares of others may differ in runs that compare. */
  othersApart: 0.15,
  /** Errors of their measurement, in milliseconds of CPU time for each core. */
  stepsMs: 50,
} as const

/**
 * @param taken by a smoke that kept its promise.
 * @param earlier what it took in earlier runs of the same kind, newest first.
 * @returns the figures when it is slow.
 */
export function judgeSlowness(
  taken: TimeTaken,
  earlier: readonly TimeTaken[],
): Slowness | 'in time' | 'unknown' {
  const { window, minSamples, madFactor, madScale, share, floorMs, othersMax } = SLOW_RULE
  const { ms } = taken
  // The limit is never lower, whatever others took.
  if (ms <= floorMs) return 'in time'
  if (taken.others > othersMax) return 'unknown'
  const comparable = earlier.filter((each) => isAlike(each, taken)).slice(0, window)
  if (comparable.length < minSamples) return 'unknown'
  const times = comparable.map(({ ms }) => ms)
  const medianMs = medianOf(times)
  const madMs = madOf(times, medianMs)
  const limitMs = medianMs + Math.max(madFactor * madScale * madMs, share * medianMs, floorMs)
  return ms > limitMs ? { ms, limitMs, medianMs, madMs, samples: times.length } : 'in time'
}

function isAlike(a: TimeTaken, b: TimeTaken): boolean {
  const apart = SLOW_RULE.othersApart + uncertaintyOf(a) + uncertaintyOf(b)
  // Shares have three digits; a sum of such numbers has errors further back.
  return Math.abs(a.others - b.others) < apart + 1e-6
}

/** CPU time is counted in steps of 10 ms for each process: of a short smoke the share is little more than a guess. */
const uncertaintyOf = ({ ms }: TimeTaken): number => SLOW_RULE.stepsMs / Math.max(1, ms)

/** Under which conditions a run was made: durations of others say nothing about it. */
export interface Conditions {
  readonly stack: string
  readonly machine: string
  readonly cores: number
  readonly attached: boolean
  readonly whole: boolean
}
