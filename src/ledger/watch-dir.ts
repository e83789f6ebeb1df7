/**
 * The directory of one `watch`, `logs/watch/<id>/`: logs of daemons and smokes, and nothing else. It stands apart from the
 * runs, so that nothing takes it for evidence of one.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, OWNER_FILE, type Owner, pruneRuns } from './prune-runs.ts'
import { createRunId } from './run-id.ts'
import { writeFileAtomic } from './write-atomic.ts'

/** How many are kept, this one included. */
const KEPT = 5

export interface WatchDirectory {
  readonly id: string
  readonly path: string
  /** Old ones that could not be removed. */
  readonly warnings: readonly string[]
}

/** Makes the directory and prunes old ones. Throws the system's error when it cannot be made. */
export function openWatchDirectory(logs: string): WatchDirectory {
  const id = createRunId()
  const path = join(logs, 'watch', id)
  for (const folder of ['daemons', 'smokes']) mkdirSync(join(path, folder), { recursive: true })
  const owner: Owner = { pid: process.pid, since: new Date().toISOString() }
  writeFileAtomic(join(path, OWNER_FILE), `${JSON.stringify(owner)}\n`, { lasting: false })
  return { id, path, warnings: pruneRuns(join(logs, 'watch'), KEPT, isAlive) }
}
