/** Work that is done again and again, a fixed pause after it was last done, until the daemon stops. */
import { setTimeout as delay } from 'node:timers/promises'

export interface TickerOptions {
  readonly everyMs: number
  readonly signal: AbortSignal
  /** Hears of what the work throws; the next tick comes all the same. */
  readonly onError: (error: unknown) => void
}

/** Runs `work` at once, then after each pause. Resolves when the signal is aborted and the work has ended. */
export async function runTicker(work: () => Promise<void>, options: TickerOptions): Promise<void> {
  const { everyMs, signal, onError } = options
  while (!signal.aborted) {
    await work().catch(onError)
    // The only reason for a rejection is the abort, which the loop's condition sees.
    await delay(everyMs, undefined, { signal }).catch(() => undefined)
  }
}
