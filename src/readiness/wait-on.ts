/**
 * `wait-on`, for the kinds where it meets the latency targets: `file` and `socket`. Always with an explicit
 * interval and time-outs. docs/readiness.md says what was measured, and why the other kinds have a loop of
 * their own.
 */
import { createRequire } from 'node:module'

/** It pulls in axios, joi and rxjs, a fifth of a second of loading: only who has such a probe pays for it. */
let loaded: typeof import('wait-on') | undefined

/** Loads `wait-on`, so that the first wait does not stop the loop of every other daemon. Idempotent. */
export function loadWaitOn(): typeof import('wait-on') {
  loaded ??= createRequire(import.meta.url)('wait-on') as typeof import('wait-on')
  return loaded
}

/** wait-on cannot be called off; a wait this short ends by itself soon enough. Milliseconds. */
const LONGEST_WAIT_MS = 250

/**
 * Waits for one resource (`file:/path`, `socket:/path`) for at most `timeoutMs`, and at most a quarter second.
 *
 * @param intervalMs how often it is looked at.
 * @returns whether it is there.
 */
export async function waitForResource(
  resource: string,
  intervalMs: number,
  timeoutMs: number,
): Promise<boolean> {
  try {
    await loadWaitOn()({
      resources: [resource],
      interval: intervalMs,
      // For `file`: how long its size must stay the same, so that a half-written one does not count.
      window: intervalMs,
      timeout: Math.max(1, Math.min(Math.floor(timeoutMs), LONGEST_WAIT_MS)),
      tcpTimeout: LONGEST_WAIT_MS,
      httpTimeout: LONGEST_WAIT_MS,
    })
    return true
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Timed out waiting for')) return false
    throw error
  }
}
