/** Work that is done again and again at a fixed pace, until the daemon stops. */
import { setTimeout as delay } from 'node:timers/promises'

export interface TickerOptions {
  /** From one beginning to the next. */
  readonly everyMs: number
  readonly signal: AbortSignal
  /** Hears of what the work throws; the next tick comes all the same. */
  readonly onError: (error: unknown) => void
}

/** How long to wait after work that took `tookMs`. Never nothing: others want their turn when it takes longer than its pace. */
export function pauseAfter(tookMs: number, everyMs: number): number {
  return Math.max(everyMs - tookMs, everyMs / 10)
}

/** Runs `work` at once, then at each tick. Resolves when the signal is aborted and the work has ended. */
export async function runTicker(work: () => Promise<void>, options: TickerOptions): Promise<void> {
  const { everyMs, signal, onError } = options
  while (!signal.aborted) {
    const begun = performance.now()
    await work().catch(onError)
    const pauseMs = pauseAfter(performance.now() - begun, everyMs)
    // The only reason for a rejection is the abort, which the loop's condition sees.
    await delay(pauseMs, undefined, { signal }).catch(() => undefined)
  }
}
