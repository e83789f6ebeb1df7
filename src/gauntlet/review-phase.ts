/** Phase 2: what a review of the changes says. */
import { count } from '../kernel/text.ts'
import type { ReviewReport } from '../review/types.ts'
import type { PhaseReport } from './types.ts'

export type ReviewResult =
  /** Nobody is configured, or there is nothing to look at. */
  | { readonly kind: 'skipped'; readonly reason: string }
  /** It was asked for, and came to nothing. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'interrupted' }
  | {
      readonly kind: 'report'
      readonly report: ReviewReport
      /** What is new and was not looked at, as sentences. */
      readonly unseen: readonly string[]
    }

/** @param file where its tally is kept, from the report's folder. */
export function judgeReview(result: ReviewResult, file: string): Omit<PhaseReport, 'ms'> {
  const base = { phase: 'review', gaps: [], figures: [] } as const
  switch (result.kind) {
    case 'skipped':
      return { ...base, state: 'skipped', headline: result.reason, reasons: [`skipped: ${result.reason}`] }
    case 'failed':
      return { ...base, state: 'unknown', headline: result.reason, reasons: [result.reason] }
    case 'interrupted':
      return { ...base, state: 'interrupted', headline: 'interrupted', reasons: ['interrupted'] }
    case 'report':
      return judgeReport(result.report, result.unseen, file)
  }
}

function judgeReport(report: ReviewReport, unseen: readonly string[], file: string): Omit<PhaseReport, 'ms'> {
  const { denominator, locations, outcome, reasons } = report
  const convergent = locations.filter((one) => one.convergent).length
  const figure = (name: string, value: number, field: string) => ({ name, value, source: { file, field } })
  const clear = unseen.length > 0 ? 'gaps' : 'passed'
  const state = outcome === 'clear' ? clear : outcome === 'blocking' ? 'failed' : 'unknown'
  return {
    phase: 'review',
    state,
    headline: `${denominator.verdicts} of ${count(denominator.asked, 'answer')} with a verdict, ${count(locations.length, 'place')} found fault with, ${convergent} convergent`,
    reasons: outcome === 'clear' ? unseen : reasons.length > 0 ? reasons : [`the review is ${outcome}`],
    figures: [
      figure('review bundles', report.bundles.length, 'bundles.length'),
      figure('review answers asked for', denominator.asked, 'denominator.asked'),
      figure('review answers with a verdict', denominator.verdicts, 'denominator.verdicts'),
      figure('lineages heard', denominator.lineagesHeard, 'denominator.lineagesHeard'),
      figure('places found fault with', locations.length, 'locations.length'),
      figure('convergent places', convergent, 'count of locations[].convergent'),
      figure('hunks reviewed', report.hunks.sent, 'hunks.sent'),
      figure('hunks left out of review', report.hunks.leftOut, 'hunks.leftOut'),
    ],
    gaps: [],
  }
}
