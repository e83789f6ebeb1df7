/** What the comparison of two bodies came to, and words that its parts share. */
import type { BodyView, Divergence, Noise, Unproven } from './types.ts'

export interface BodyComparison {
  /** Of JSON: the canonical type tree of each side. */
  readonly shapes?: { readonly left: string; readonly right: string }
  readonly divergences: readonly Divergence[]
  /** Divergences that are not listed. */
  readonly more: number
  readonly noise: readonly Noise[]
  readonly unproven: readonly Unproven[]
  readonly notes: readonly string[]
  /** Why the bodies cannot be compared. */
  readonly unknown: readonly string[]
  readonly views: readonly BodyView[]
}

export const NO_DIFFERENCE: BodyComparison = {
  divergences: [],
  more: 0,
  noise: [],
  unproven: [],
  notes: [],
  unknown: [],
  views: [],
}

/** What one side has where a pattern is wanted. */
export const describeMatch = (shown: string, pattern: string, violates: boolean): string =>
  `${shown} ${violates ? `does not match /${pattern}/` : 'matches'}`
