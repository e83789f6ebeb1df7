/** When a daemon that has ended is started again, and after how long. Pure. */
import type { RestartSpec } from '../stack/types.ts'

/** The longest pause between two attempts. */
const LONGEST_PAUSE_MS = 60_000
/** A daemon that was ready for so long has recovered: its next end is counted from one again. */
export const RECOVERED_MS = 60_000

export type NextStep =
  | { readonly what: 'restart'; readonly attempt: number; readonly afterMs: number }
  | { readonly what: 'give-up'; readonly attempts: number }
  | { readonly what: 'leave' }

/**
 * @param policy absent: never.
 * @param attempts restarts in a row so far, none of which has lasted.
 */
export function decideRestart(policy: RestartSpec | undefined, attempts: number): NextStep {
  if (policy === undefined) return { what: 'leave' }
  if (attempts >= policy.limit) return { what: 'give-up', attempts }
  const afterMs = Math.min(policy.backoffMs * 2 ** attempts, Math.max(LONGEST_PAUSE_MS, policy.backoffMs))
  return { what: 'restart', attempt: attempts + 1, afterMs }
}
