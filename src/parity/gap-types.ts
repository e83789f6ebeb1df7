/** Known gaps: divergences that somebody has looked at and accepted, in a tracked file. */
import type { Aspect } from './types.ts'

export interface KnownGap {
  readonly id: string
  readonly case: string
  /** Paths as reports spell them: `status`, `media-type`, `$.items[*].id`. */
  readonly paths: readonly string[]
  readonly reason: string
  /** `2026-11-20`. */
  readonly date: string
  /** Absent: whatever diverges there. */
  readonly aspect?: Aspect
  /** What a side must have there, as the report spells it; something else is a new divergence. */
  readonly left?: string
  readonly right?: string
}

export interface GapFile {
  /** Absolute path. */
  readonly file: string
  /** Those of one suite, in the order of the file. */
  readonly gaps: readonly KnownGap[]
}
