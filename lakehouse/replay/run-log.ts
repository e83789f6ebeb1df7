/** The log of runs: JSONL, synced, shared by jobs that run at the same time. */
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { openJsonl, type TornLine } from '../kit/jsonl.ts'
import { acquireLock, LockedError } from '../kit/process-lock.ts'
import { retry } from '../kit/retry.ts'

const LOCK_TIMEOUT_MS = 10_000

/**
 * Appends the values while no other job has the log open; resolves once they are on disk, with the torn last line
 * of an earlier job, if it left one (set aside). Without values it only proves that the log can be written.
 */
export async function appendRuns(file: string, ...values: readonly unknown[]): Promise<TornLine | undefined> {
  await mkdir(dirname(file), { recursive: true })
  await using _lock = await retry(() => acquireLock(`${file}.lock`), {
    signal: AbortSignal.timeout(LOCK_TIMEOUT_MS),
    isTemporary: (error) => error instanceof LockedError,
  })
  const log = await openJsonl(file)
  try {
    if (values.length > 0) await log.append(...values)
    return log.torn
  } finally {
    await log.close()
  }
}
