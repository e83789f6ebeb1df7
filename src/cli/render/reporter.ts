/** What every reporter is: it reads events and the verdict, writes for people, and decides nothing. */
import type { Event } from '../../kernel/event.ts'
import type { Verdict } from '../../ledger/verdict.ts'

export interface Reporter {
  /** Takes an event the moment it happens. Never throws, also when nobody reads any more. */
  event(event: Event): void
  /** Writes the end: what failed and why, the ledger, the last line. Resolves when it is written. */
  finish(verdict: Verdict): Promise<void> | void
}
