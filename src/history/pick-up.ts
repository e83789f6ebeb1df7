/**
 * Runs that did not add themselves: they were killed, or the store could not be written then. What their journals tell
 * is added later, by whoever comes by.
 */
import { join } from 'node:path'
import { hasCode } from '../kernel/errno.ts'
import { rebuildVerdict } from '../ledger/journal.ts'
import { isRunning, listRuns } from '../ledger/prune-runs.ts'
import { type RunRecord, recordOf } from './record.ts'

/**
 * @param runs folder of the run directories.
 * @param knows which of these runs the store has already.
 * @param except a run that will add itself.
 * @returns records of the others that have ended, one way or the other. A journal that cannot be read gives none: the
 *   doctor and the run's own directory tell of it.
 */
export function pickUpRuns(
  runs: string,
  knows: (runs: readonly string[]) => ReadonlySet<string>,
  except?: string,
): RunRecord[] {
  const ids = listIds(runs).filter((id) => id !== except)
  const known = knows(ids)
  return ids.filter((id) => !known.has(id)).flatMap((id) => readRecord(join(runs, id)) ?? [])
}

function listIds(runs: string): string[] {
  try {
    return listRuns(runs)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}

function readRecord(dir: string): RunRecord | undefined {
  try {
    return isRunning(dir) ? undefined : recordOf(rebuildVerdict(join(dir, 'journal.jsonl')))
  } catch (error) {
    // Not there, not a journal, pruned at this moment: there is nothing to be known of that run.
    if (error instanceof Error) return undefined
    throw error
  }
}
