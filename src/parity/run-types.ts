/** What a comparison is asked for, and who lends it the daemons that it needs. */
import type { CaseReport, Interrupt, Trouble } from './types.ts'

/** What became of daemons that were lent. */
export interface LoanEnd {
  /** False: they never came up, so nothing was asked. */
  readonly up: boolean
  /** Empty: they came up, stayed up, and left nothing behind. Without secrets. */
  readonly troubles: readonly Trouble[]
}

/** Daemons that are up. */
export interface Loan {
  /** Base URL of the first socket of each, by name. */
  readonly urls: ReadonlyMap<string, string>
  /** Values that must not be written anywhere. */
  readonly secrets: readonly string[]
}

/**
 * Boots daemons of a stack file (and what they need), hands over where they are, and stops them when `use` is
 * done; then looks for what is left. Given from outside: this room does not know how daemons are run (`chain/lend.ts` does).
 *
 * @returns or the reason, as lines for people, why the stack file cannot be used (exit code 2).
 */
export type LendDaemons = (
  stackFile: string,
  daemons: readonly string[],
  use: (loan: Loan) => Promise<void>,
) => Promise<LoanEnd | { readonly unusable: readonly string[] }>

export interface ParityOptions {
  /** The cases file. */
  readonly cases: string
  /** A base URL (`http://…`), or the name of a daemon of the stack file. Absent: as the cases file says. */
  readonly left?: string
  readonly right?: string
  /** Stack file. Absent: as the cases file says. */
  readonly stack?: string
  /** File of known gaps. Absent: as the cases file says. */
  readonly gaps?: string
  /** Names of cases; absent: all. */
  readonly only?: readonly string[]
  /** What `{env.VAR}` in request headers reads. */
  readonly env: NodeJS.ProcessEnv
  /** Ends the asking; the cases that were not reached are UNKNOWN. */
  readonly signal: AbortSignal
  /** Which signal it was, for the exit code; SIGINT when absent. */
  interruptedBy?(): Interrupt | undefined
  /** Called after each case, for those who wait. Known gaps are not looked at yet. */
  onCase?(report: CaseReport, progress: { readonly done: number; readonly total: number }): void
  readonly lend: LendDaemons
}

/** Why nothing was compared: text for people, and 2 (a mistake in a file or an argument) or 4 (no case is selected). */
export interface ParityRefusal {
  readonly messages: readonly string[]
  readonly exitCode: 2 | 4
}
