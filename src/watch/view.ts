/** What a person who watches is told. The session decides, whoever implements this only writes. */
import type { Event } from '../kernel/event.ts'
import type { Row } from '../ledger/rows.ts'
import type { Standing } from './standing.ts'

/** Why smokes run. */
export type Cause =
  | { readonly kind: 'start' | 'again' | 'all' | 'failed' }
  | { readonly kind: 'restart'; readonly daemons: readonly string[] }
  /** Absolute paths. */
  | { readonly kind: 'change'; readonly files: readonly string[] }

export interface RoundReport {
  readonly rows: readonly Row[]
  /** From the save that it answers to now, milliseconds; absent: nobody saved anything. */
  readonly sinceSaveMs?: number
  /** Of these what came out, all of them together; without what the round waited for. */
  readonly smokesMs: number
  readonly standing: Standing
  /** Something newer has ended it: what is missing runs at once. */
  readonly overtaken: boolean
}

export interface WatchView {
  /** Every event, redacted. */
  event(event: Event): void
  /** A round begins. `restarts`: daemons that are stopped and started for it. */
  roundStarted(round: {
    readonly cause: Cause
    readonly restarts: readonly string[]
    readonly smokes: readonly string[]
  }): void
  /** Something newer has come; `cut`: the smoke that is running is cut short, otherwise it comes to its end. */
  overtaken(cause: Cause, cut: boolean): void
  /** Not called for a smoke that was cut short. */
  smokeFinished(row: Row): void
  roundFinished(report: RoundReport): void
  /** Nothing is left to be done: it waits for a change. */
  idle(about: { readonly files: number; readonly smokes: number; readonly daemons: number }): void
  /** Something to know, line by line. */
  say(text: string): void
  /** Something is wrong with what is watched, as text. */
  problem(text: string): void
}
