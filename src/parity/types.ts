/**
 * The report of a parity comparison: plain JSON, complete, and the one source of every format and of the exit code.
 * `run.ts` makes it; nothing in here is for the terminal.
 */

/** What was compared. `pattern`: the value at a path that must match a regular expression. */
export type Aspect = 'status' | 'media-type' | 'shape' | 'value' | 'pattern'

export type SideName = 'left' | 'right'

/** How one aspect of one case came out. `unknown` is never taken for a match. */
export type Outcome = 'match' | 'diverges' | 'unknown'

/** One thing that the two sides do not have in common. */
export interface Divergence {
  readonly aspect: Aspect
  /** `status`, `media-type`, or a path of the body with `[*]` for any element: `$.items[*].id`. */
  readonly path: string
  /** The first place at which it was seen: `$.items[3].id`. */
  readonly at: string
  /** At how many places of the body; 1 for a shape. */
  readonly places: number
  /** What each side has there, in a few printable words. */
  readonly left: string
  readonly right: string
  /** The known gap that covers it; absent: it is new. */
  readonly gap?: string
}

/** A place where a side, asked the same thing again, answered differently: no evidence of anything. */
export interface Noise {
  readonly aspect: 'shape' | 'value'
  readonly path: string
  readonly places: number
  readonly sides: readonly SideName[]
  /** Two answers of the first of these sides. */
  readonly samples: readonly [string, string]
}

/** A place of which one or both sides showed nothing: an empty array tells nothing about its elements. */
export interface Unproven {
  readonly path: string
  readonly sides: readonly SideName[]
}

/** One line of two bodies side by side: a key (or index) of the object (or array) at `at`. */
export interface ViewRow {
  readonly key: string
  /** Null: there is no such key on this side. */
  readonly left: string | null
  readonly right: string | null
  /** There is a divergence at or below it. */
  readonly differs: boolean
}

/** The two bodies side by side around a place that differs; bounded. */
export interface BodyView {
  /** The object, array or text in which something differs: `$`, `$.items[3]`. */
  readonly at: string
  readonly rows: readonly ViewRow[]
  /** Rows that were left out. */
  readonly omitted: { readonly equal: number; readonly differing: number }
}

/** What one side answered, of its first answer; or why there is none. */
export interface SideAnswer {
  /** Absent: no answer. */
  readonly status?: number
  /** As it was sent; null: no Content-Type. */
  readonly mediaType?: string | null
  readonly bytes?: number
  /** The beginning of the body, printable. */
  readonly excerpt?: string
  /** Of a JSON body: its canonical type tree, all its answers united; bounded. `{id: integer, tags?: [string | null]}` */
  readonly shape?: string
  /** Why there is no answer that could be compared. */
  readonly fault?: string
  /** How often it was asked. */
  readonly asked: number
}

export type CaseVerdict = 'match' | 'known' | 'diverges' | 'unknown'

export interface CaseReport {
  readonly name: string
  readonly request: { readonly method: string; readonly path: string }
  /** `known`: it diverges, and all of it is known. */
  readonly verdict: CaseVerdict
  /** Why it could not be compared, or not wholly; empty unless `verdict` is `unknown`. */
  readonly unknown: readonly string[]
  readonly left: SideAnswer
  readonly right: SideAnswer
  readonly outcomes: {
    readonly status: Outcome
    readonly mediaType: Outcome
    readonly shape: Outcome
    readonly value: Outcome
  }
  readonly divergences: readonly Divergence[]
  /** Divergences beyond those listed. They count as new. */
  readonly moreDivergences: number
  readonly noise: readonly Noise[]
  readonly unproven: readonly Unproven[]
  /** What else a reader should know. */
  readonly notes: readonly string[]
  readonly views: readonly BodyView[]
}

/**
 * `open`: still diverges. `partly-closed`: some of its paths no longer do. `unknown`: none of it was seen, since its case
 * could not be compared, or there was only noise, or nothing, at its paths.
 */
export type GapState = 'open' | 'partly-closed' | 'closed' | 'unknown'

/** One row of the file of known gaps. */
export interface GapReport {
  readonly id: string
  readonly case: string
  readonly reason: string
  /** Day on which it was accepted, `2026-11-20`. */
  readonly date: string
  readonly state: GapState
  /** Paths that still diverge, and those that no longer do: these can be taken out of the file. */
  readonly openPaths: readonly string[]
  readonly closedPaths: readonly string[]
}

/** Something that went wrong around the comparison: a daemon that did not come up, died, or left something behind. */
export interface Trouble {
  readonly kind: 'not-up' | 'died' | 'leak' | 'fault'
  readonly headline: string
  readonly detail: readonly string[]
}

/** Of how many cases an aspect came out how. The three add up to the number of cases. */
export interface OutcomeCounts {
  readonly match: number
  readonly diverges: number
  readonly unknown: number
}

export interface ParityCounts {
  readonly cases: number
  readonly status: OutcomeCounts
  readonly mediaType: OutcomeCounts
  readonly shape: OutcomeCounts
  readonly value: OutcomeCounts
  /** Cases by their verdict. */
  readonly verdicts: Readonly<Record<CaseVerdict, number>>
  readonly divergences: { readonly new: number; readonly known: number }
  readonly gaps: Readonly<Record<GapState, number>>
  readonly noise: number
  readonly unproven: number
}

/** `known-gaps`: the sides diverge, and every divergence is known. */
export type ParityVerdict = 'match' | 'known-gaps' | 'diverges' | 'unknown'

export type Interrupt = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

export interface ParityReport {
  readonly schema: 1
  /** The suite's name, and the absolute path of its file. */
  readonly suite: string
  readonly file: string
  /** Absolute path of the file of known gaps; null: none. */
  readonly gapsFile: string | null
  /** Wall-clock start, ISO 8601. */
  readonly at: string
  /** Milliseconds. */
  readonly ms: number
  /** `label`: the daemon's name or the URL; `url`: where it was asked, null when it never came up. */
  readonly left: { readonly label: string; readonly url: string | null }
  readonly right: { readonly label: string; readonly url: string | null }
  /** Another side was compared than the cases file names: its known gaps were accepted for that one. */
  readonly otherSides?: true
  readonly verdict: ParityVerdict
  /** As docs/exit-codes.md has it: 0, 1, 3, 70, 130, 143. */
  readonly exitCode: number
  /** The line to quote: `6/6 status codes match · 5/6 body shapes diverge`. */
  readonly headline: string
  readonly counts: ParityCounts
  /** In the order of the file. */
  readonly cases: readonly CaseReport[]
  /** The known gaps of this suite, in the order of the file. */
  readonly gaps: readonly GapReport[]
  readonly troubles: readonly Trouble[]
  /** The signal that ended it before its end. */
  readonly interrupted?: Interrupt
}
