/** Waiting for conditions of the outside world that send no event. */
import { setTimeout as delay } from 'node:timers/promises'

/** Generous: it only ends tests that would never end. */
const DEADLINE_MS = 100_000
const EVERY_MS = 10

/** Resolves with the first value that is neither undefined nor false; throws at the deadline, naming `what`. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    const value = await look()
    if (value !== undefined && value !== false) return value
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await delay(EVERY_MS)
  }
}
