/** What a project claims, what bears it out, and what is known to be wrong. Plain JSON, so that reports can keep it. */
import type { VerdictClass } from '../kernel/event.ts'

/** Worst first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const
export type Severity = (typeof SEVERITIES)[number]

/** `mitigated`: made less likely or less harmful; `accepted`: somebody decided to live with it. */
export const RISK_STATES = ['open', 'mitigated', 'accepted', 'closed'] as const
export type RiskState = (typeof RISK_STATES)[number]

export interface Claim {
  readonly id: string
  /** What is promised. */
  readonly sentence: string
  /** What happens if it does not hold. */
  readonly risk: string
  readonly severity: Severity
}

/** A row of the risk register. */
export interface Risk {
  readonly id: string
  readonly sentence: string
  readonly severity: Severity
  readonly state: RiskState
  /** What closes it. */
  readonly closes: string
  /** Ids of the claims concerned. */
  readonly claims: readonly string[]
}

/** An acceptance gate: a command whose exit code 0 is evidence. */
export interface Gate {
  readonly id: string
  readonly claims: readonly string[]
  /** Program and arguments; no shell reads them. Run in the project's folder. */
  readonly command: readonly string[]
  readonly deadlineMs: number
}

/** Something that is still to be decided. */
export interface Decision {
  readonly id: string
  readonly question: string
  readonly state: 'open' | 'taken'
  /** Nothing may ship before it is taken. */
  readonly blocks: boolean
}

/** A claims file, checked. Everything in the file's order. */
export interface ClaimsFile {
  /** Absolute path. */
  readonly file: string
  /** Reports of test runs, absolute. */
  readonly tests: readonly string[]
  readonly claims: readonly Claim[]
  readonly risks: readonly Risk[]
  readonly gates: readonly Gate[]
  readonly decisions: readonly Decision[]
}

/** `over-deadline` was ended; `not-started`: no such program; `interrupted` says nothing about the claim. */
export type GateOutcome = 'passed' | 'failed' | 'over-deadline' | 'not-started' | 'interrupted'

/** A git tree, and whether it differs from the commit that was checked out. */
export interface NotedTree {
  readonly id: string
  readonly dirty: boolean
}

/** What is recorded of a gate, in a file of its own. */
export interface GateRecord {
  readonly schema: 1
  readonly gate: string
  readonly command: readonly string[]
  /** Wall-clock start, ISO 8601. */
  readonly at: string
  readonly ms: number
  readonly outcome: GateOutcome
  readonly exitCode: number | null
  readonly signal: string | null
  /** Why it could not be started, or what else is to be said. */
  readonly note?: string
  /** The last lines that it wrote, printable, without secrets. */
  readonly output: readonly string[]
  /** The working state that it ran on; absent where no git tree tells it, or when it changed meanwhile. */
  readonly tree?: NotedTree
}

/** One test that names claims. */
export interface TestResult {
  readonly title: string
  readonly claims: readonly string[]
  readonly result: 'PASS' | 'FAIL' | 'SKIP'
}

export interface TestReport {
  /** Absolute path. */
  readonly file: string
  /** Why there is nothing in it to use. */
  readonly fault?: string
  /** When its tests began, ISO 8601. */
  readonly at?: string
  readonly results: readonly TestResult[]
}

/** `NOT RUN`: there is no result that counts, and `note` says why. */
export type EvidenceResult = VerdictClass

interface EvidenceBase {
  readonly result: EvidenceResult
  /** When, ISO 8601; absent for what never ran. */
  readonly at?: string
  readonly tree?: NotedTree
  readonly note?: string
}

export type Evidence =
  | (EvidenceBase & {
      readonly kind: 'smoke'
      readonly smoke: string
      readonly run: string
      /** The steps that name the claim; empty: the whole smoke stands for it. */
      readonly steps: readonly { readonly title: string; readonly ok: boolean }[]
      /** Steps of the whole smoke. */
      readonly of: number
    })
  | (EvidenceBase & { readonly kind: 'test'; readonly test: string; readonly report: string })
  | (EvidenceBase & { readonly kind: 'gate'; readonly gate: string })

/**
 * `proven`: all of its evidence was taken, and passed · `partly`: some passed, some was not taken · `broken`: some failed ·
 * `unproven`: none of it was taken · `no-evidence`: nothing names it.
 */
export const CLAIM_STATES = ['proven', 'partly', 'unproven', 'no-evidence', 'broken'] as const
export type ClaimState = (typeof CLAIM_STATES)[number]

export interface ClaimReport extends Claim {
  readonly state: ClaimState
  readonly evidence: readonly Evidence[]
}

/** Evidence for a claim that the file does not have. */
export interface Stranger {
  readonly claim: string
  /** `smoke d1`, `test "…"`. */
  readonly named: string
  /** The claim that may be meant. */
  readonly nearest?: string
}

export interface ClaimsReport {
  readonly schema: 1
  /** When it was made, ISO 8601. */
  readonly at: string
  readonly stack: string
  /** Absolute path of the claims file. */
  readonly file: string
  /** The run that is evidence; absent: there is none. */
  readonly run?: {
    readonly id: string
    readonly at: string
    readonly dir: string
    readonly gateLine: string
    /** The whole chain was asked for. */
    readonly whole: boolean
    readonly tree?: NotedTree
  }
  /** The working state now. */
  readonly tree?: NotedTree
  readonly claims: readonly ClaimReport[]
  readonly counts: Readonly<Record<ClaimState, number>>
  readonly strangers: readonly Stranger[]
  readonly gates: readonly (Gate & { readonly last?: GateRecord; readonly stale?: string })[]
  readonly risks: readonly Risk[]
  readonly decisions: readonly Decision[]
  /** What a reader should know: reports that are not there, a newer run of a part of the chain. */
  readonly notes: readonly string[]
  readonly exitCode: 0 | 1
}
