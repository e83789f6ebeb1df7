/** Whether the tool that makes a run still lives, by the record it has put into the run's directory. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, OWNER_FILE } from '../ledger/prune-runs.ts'

/** Undefined: there is no record. */
export function isOwnerAlive(runDirectory: string): boolean | undefined {
  const file = join(runDirectory, OWNER_FILE)
  if (!existsSync(file)) return undefined
  const { pid, since = '' } = JSON.parse(readFileSync(file, 'utf8')) as { pid?: number; since?: string }
  return pid === undefined ? undefined : isAlive({ pid, since })
}
