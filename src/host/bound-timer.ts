/** Timers of Node take 31 bits of milliseconds; a longer one would fire at once. */

const LONGEST_MS = 2 ** 31 - 1

/** The delay, or some 24 days when it is longer than that. */
export function boundTimer(ms: number): number {
  return Math.min(ms, LONGEST_MS)
}
