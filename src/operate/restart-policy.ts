/** When a daemon that has ended is started again, and after how long. Pure but for the time that it is told. */
import type { RestartSpec } from '../stack/types.ts'

/** The longest pause between two attempts. */
const LONGEST_PAUSE_MS = 60_000
/** A daemon that was ready for so long has recovered: its next end is counted from one again. */
const RECOVERED_MS = 60_000

export type NextStep =
  | { readonly what: 'restart'; readonly attempt: number; readonly afterMs: number }
  | { readonly what: 'give-up'; readonly attempts: number }
  | { readonly what: 'leave' }

/** The restarts of one daemon, and what its policy says to the next end. */
export class RestartRecord {
  readonly #policy: RestartSpec | undefined
  /** In a row, none of which has lasted. */
  #attempts = 0
  #readyAt: number | undefined

  /** @param policy absent: never. */
  constructor(policy: RestartSpec | undefined) {
    this.#policy = policy
  }

  /** @param at milliseconds of `now()`. */
  noteReady(at: number): void {
    this.#readyAt = at
  }

  /** Somebody has taken it in hand: counts from one again. */
  reset(): void {
    this.#attempts = 0
    this.#readyAt = undefined
  }

  /** It has ended, or has not come up. */
  noteEnd(at: number): NextStep {
    if (this.#readyAt !== undefined && at - this.#readyAt >= RECOVERED_MS) this.#attempts = 0
    this.#readyAt = undefined
    const policy = this.#policy
    if (policy === undefined) return { what: 'leave' }
    if (this.#attempts >= policy.limit) return { what: 'give-up', attempts: this.#attempts }
    const longest = Math.max(LONGEST_PAUSE_MS, policy.backoffMs)
    const afterMs = Math.min(policy.backoffMs * 2 ** this.#attempts, longest)
    this.#attempts += 1
    return { what: 'restart', attempt: this.#attempts, afterMs }
  }
}
