/**
 * What the doctor says. A finding holds only what may be shown: the fields here are the allowlist that the text and
 * the JSON are printed from.
 */

/** The order in which findings are told. */
export const SEVERITIES = ['error', 'warning', 'could-not-check', 'ok'] as const
export type Severity = (typeof SEVERITIES)[number]

/** A safe remedy that the doctor can apply itself, with `--fix` and not otherwise. */
export interface Fix {
  /** What exactly would be done, e.g. "remove the folder /tmp/smokechain-…". */
  readonly does: string
  /** @returns what stood in the way; undefined when it is done. */
  apply(): Promise<string | undefined>
}

interface About {
  /** `<check>.<what>`: stable, for programs. */
  readonly id: string
  readonly daemon?: string
  /** One sentence: what is the matter. */
  readonly summary: string
  /** What was seen, a line each. */
  readonly evidence?: readonly string[]
}

export type Finding = About &
  (
    | { readonly severity: 'ok' }
    | {
        readonly severity: Exclude<Severity, 'ok'>
        /** The exact command or edit that mends it. */
        readonly remedy: string
        readonly fix?: Fix
      }
  )

/** How the work of one check ended. */
export type CheckState = 'done' | 'crashed' | 'timed-out'

/** One check's report. */
export interface CheckReport {
  readonly id: string
  readonly group: string
  readonly title: string
  readonly state: CheckState
  readonly ms: number
  readonly findings: readonly Finding[]
}

export const ok = (id: string, summary: string, evidence?: readonly string[]): Finding => ({
  id,
  severity: 'ok',
  summary,
  ...(evidence === undefined ? {} : { evidence }),
})
