/** The readiness assessment: what its phases say, the facts that decide, and the report. Plain JSON throughout. */
import type { ClaimsReport, Decision, GateOutcome, NotedTree, RiskState, Severity } from '../claims/types.ts'

/** In the order in which they run. */
export const PHASES = ['chain', 'review', 'parity', 'assessment'] as const
export type PhaseName = (typeof PHASES)[number]

/**
 * `gaps`: only what is known to be wrong was found · `skipped`: nothing is configured for it, never taken for passed ·
 * `unknown`: it crashed, or what it found tells nothing · `not-begun`: interrupted before it.
 */
export const PHASE_STATES = [
  'passed',
  'gaps',
  'failed',
  'skipped',
  'unknown',
  'interrupted',
  'not-begun',
] as const
export type PhaseState = (typeof PHASE_STATES)[number]

/** Where a figure stands: a file, relative to the report's folder, and the field in it. */
export interface Source {
  readonly file: string
  readonly field: string
}

export interface Figure {
  readonly name: string
  readonly value: string | number | boolean
  readonly source: Source
}

/** Something that is known to be wrong, and tracked. */
export interface KnownGap {
  readonly id: string
  readonly text: string
  /** `open` still holds; `closed` no longer does: its row can go. */
  readonly state: 'open' | 'closed' | 'unknown'
  readonly source: Source
}

export interface PhaseReport {
  readonly phase: PhaseName
  readonly state: PhaseState
  /** Why it is in this state, the cause first; one line each. Empty for `passed`. */
  readonly reasons: readonly string[]
  /** More about the first of them: what was seen, the last lines of a log. */
  readonly detail?: readonly string[]
  /** In one line, what it found. */
  readonly headline: string
  readonly figures: readonly Figure[]
  readonly gaps: readonly KnownGap[]
  readonly ms: number
}

export type VerdictWord = 'ship' | 'ship-with-known-gap' | 'hold'

/** All that the verdict rests on. */
export interface Facts {
  readonly interrupted: boolean
  /** The working state changed between the first phase and the last; undefined where no tree tells. */
  readonly moved: boolean | undefined
  /** A phase that is missing here is UNKNOWN. */
  readonly phases: Partial<Readonly<Record<PhaseName, Pick<PhaseReport, 'state' | 'reasons'>>>>
  readonly gaps: readonly KnownGap[]
  readonly claims: readonly {
    readonly id: string
    readonly severity: Severity
    readonly state: ClaimsReport['claims'][number]['state']
  }[]
  /** `not-run`: never, or its pass does not count for this tree. */
  readonly gates: readonly { readonly id: string; readonly outcome: GateOutcome | 'not-run' }[]
  /** Evidence for claims that are not there. */
  readonly strangers: number
  readonly risks: readonly { readonly id: string; readonly severity: Severity; readonly state: RiskState }[]
  readonly decisions: readonly Pick<Decision, 'id' | 'state' | 'blocks'>[]
}

/** One rule that applied, and to what. */
export interface Reason {
  /** `H3`, `G1`: as the printed rule has it. */
  readonly rule: string
  readonly text: string
}

export interface Decided {
  readonly verdict: VerdictWord
  /** Each is enough for `hold`. */
  readonly holds: readonly Reason[]
  /** What is shipped with. */
  readonly gaps: readonly Reason[]
}

/** The last gauntlet, and what is different now. */
export interface Comparison {
  /** Name of its report. */
  readonly file: string
  readonly at: string
  readonly verdict: VerdictWord
  readonly differences: readonly string[]
}

export interface GauntletReport extends Decided {
  readonly schema: 1
  /** False: it goes on, or was killed. */
  readonly finished: boolean
  /** Wall-clock start, ISO 8601. */
  readonly at: string
  readonly ms: number
  readonly stack: { readonly name: string; readonly file: string }
  readonly tool: { readonly version: string; readonly node: string; readonly platform: string }
  /** The working state at the start. */
  readonly tree?: NotedTree
  /** The commit that was checked out. */
  readonly commit?: string
  readonly interrupted?: 'SIGINT' | 'SIGTERM' | 'SIGHUP'
  readonly phases: readonly PhaseReport[]
  readonly facts: Facts
  /** Absent when the fourth phase was not reached. */
  readonly claims?: ClaimsReport
  /** Null: there was none before. */
  readonly last: Comparison | null
  /** What a reader should know. */
  readonly notes: readonly string[]
  readonly exitCode: number
}
