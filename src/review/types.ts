/** What a review is made of and what it says: plain JSON, so that reports and other rooms can keep it. */

/** Worst first. `critical` alone blocks; `high` blocks once two lineages name the same place. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'note'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Worst first. */
export const VERDICTS = ['hold', 'fix', 'ship'] as const
export type VerdictWord = (typeof VERDICTS)[number]

/** One that is asked: a row of reviewers.toml. */
export interface Reviewer {
  /** Short name: letters, digits and `-`. */
  readonly name: string
  /** Whose model family it is: reviewers of one lineage err alike, and count once. */
  readonly lineage: string
  /** As the chat endpoint takes it: `provider/name`. */
  readonly model: string
  readonly maxTokens?: number
  readonly temperature?: number
  /** For the whole answer, milliseconds. */
  readonly timeoutMs: number
}

/** `line`: inside a hunk of the diff; `file`: the file is in the diff, the line is not; `nowhere`: no such file in it. */
export type Anchor = 'line' | 'file' | 'nowhere'

/** What one reviewer found, in the strict form. */
export interface Finding {
  readonly severity: Severity
  readonly path: string
  /** 0: the file as a whole. */
  readonly line: number
  /** Last line of a range; `line` otherwise. */
  readonly endLine: number
  readonly what: string
  readonly why: string
}

/** What was meant as a finding and is none: kept as it was written. */
export interface Unparsed {
  /** Line of the answer, from 1. */
  readonly line: number
  readonly text: string
  readonly reason: string
}

/**
 * `answered` with a verdict; `no-verdict` an answer without one (its findings count all the same); `empty`; `failed`:
 * no answer at all.
 */
export type AnswerStatus = 'answered' | 'no-verdict' | 'empty' | 'failed'

/** What became of one bundle at one reviewer. */
export interface AnswerRow {
  readonly bundle: string
  readonly reviewer: string
  readonly lineage: string
  readonly model: string
  readonly status: AnswerStatus
  /** Why it failed or has no verdict; a remark on an answer, e.g. that it was cut off. */
  readonly reason?: string
  readonly verdict?: VerdictWord
  /** Seen from here, milliseconds. */
  readonly latencyMs: number
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly finishReason?: string
  readonly findings: readonly (Finding & { readonly anchor: Anchor })[]
  readonly unparsed: readonly Unparsed[]
  /** How many keys and tokens were taken out of its answer. */
  readonly redacted: number
  /** Its verdict file, relative to the report's folder. */
  readonly file: string
}

/** What is said of one place, by whom. */
export interface Location {
  readonly path: string
  /** From the first to the last line named; 0 the file as a whole. */
  readonly line: number
  readonly endLine: number
  /** The highest of its findings. */
  readonly severity: Severity
  readonly lineages: readonly string[]
  /** Two or more lineages. */
  readonly convergent: boolean
  /** The best of its findings. */
  readonly anchor: Anchor
  readonly findings: readonly (Finding & { readonly reviewer: string; readonly lineage: string })[]
}

/**
 * `generated`: by the stated rule; `too-large`: one line alone is larger than a bundle; `binary`: not text; `unread`: text
 * that belongs to no file.
 */
export type LeftOutReason = 'generated' | 'too-large' | 'binary' | 'unread'

/** What no reviewer got to see, of one file. */
export interface LeftOut {
  readonly path: string
  readonly reason: LeftOutReason
  readonly hunks: number
  readonly bytes: number
}

export interface BundleSummary {
  /** Component, with a number where it takes several; the label for a diff that goes out as one. */
  readonly name: string
  readonly component: string
  /** Of diff text, as it is sent. */
  readonly bytes: number
  readonly files: number
  /** Whole hunks and pieces of hunks. */
  readonly hunks: number
}

/** `incomplete`: some bundle has no verdict from anybody, so that nothing can be concluded from silence. */
export type ReviewOutcome = 'clear' | 'blocking' | 'incomplete'

export type ReviewSource =
  | { readonly kind: 'diff'; readonly file: string }
  | {
      readonly kind: 'range'
      readonly range: string
      readonly from: string
      readonly to: string
      /** Absent when an end is a tree and no commit. */
      readonly commits?: number
    }

export interface ReviewReport {
  readonly schema: 1
  readonly label: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly elapsedMs: number
  readonly source: ReviewSource
  readonly diff: {
    readonly bytes: number
    readonly sha256: string
    readonly files: number
    readonly hunks: number
  }
  /** Of the diff's hunks; the two are all of them. */
  readonly hunks: {
    /** In bundles, whole or in pieces. */
    readonly sent: number
    readonly leftOut: number
    /** Of those sent: in pieces. */
    readonly split: number
  }
  readonly guard: {
    readonly warnBytes: number
    readonly refuseBytes: number
    /** A bundle over `refuseBytes` was sent because it was asked for. */
    readonly overridden: boolean
  }
  readonly bundles: readonly BundleSummary[]
  readonly leftOut: readonly LeftOut[]
  readonly reviewers: readonly Pick<Reviewer, 'name' | 'lineage' | 'model'>[]
  /** Every bundle at every reviewer. */
  readonly answers: readonly AnswerRow[]
  readonly denominator: {
    /** Answers with a verdict, of all that were asked for. */
    readonly verdicts: number
    readonly asked: number
    /** Lineages that gave a verdict at least once, of all. */
    readonly lineagesHeard: number
    readonly lineages: number
    /** Bundles on which nobody gave a verdict. */
    readonly unheard: readonly string[]
  }
  /** Worst first. */
  readonly locations: readonly Location[]
  readonly outcome: ReviewOutcome
  /** What decided it, a sentence each; empty for `clear`. */
  readonly reasons: readonly string[]
  readonly warnings: readonly string[]
  readonly files: {
    /** Folder of the day, as given to the tool, with the date. */
    readonly folder: string
    /** Relative to it. */
    readonly tallyJson: string
    readonly tallyMarkdown: string
  }
}

/** What would be sent, before anybody is asked. */
export type ReviewPlan = Pick<ReviewReport, 'source' | 'diff' | 'hunks' | 'bundles' | 'leftOut' | 'warnings'>

/** Why there is no review. */
export type ReviewProblem =
  /** Exit 4. */
  | { readonly kind: 'no-reviewers' | 'nothing-to-review'; readonly message: string }
  /** Exit 2. */
  | { readonly kind: 'usage' | 'too-large'; readonly message: string }
  /** Exit 70: the report cannot be kept. */
  | { readonly kind: 'unwritable'; readonly message: string }
  /** Exit 130 or 143. */
  | { readonly kind: 'interrupted'; readonly message: string }
