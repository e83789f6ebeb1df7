/** Waits for a process that is no child of ours, whose end therefore nobody tells us. */
import { now } from '../kernel/clock.ts'
import { pause } from '../readiness/poll.ts'

const DEADLINE_MS = 10_000
const LOOK_EVERY_MS = 10

/** False: it is still there at the deadline. */
export async function waitUntilGone(isThere: () => boolean): Promise<boolean> {
  const deadline = now() + DEADLINE_MS
  while (isThere()) {
    if (now() >= deadline) return false
    await pause(LOOK_EVERY_MS, new AbortController().signal)
  }
  return true
}
