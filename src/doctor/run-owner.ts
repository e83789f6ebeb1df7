/** Whether the tool that makes a run still lives, by the record it has put into the run's directory. */
import { join } from 'node:path'
import { isAlive, OWNER_FILE, readOwner } from '../ledger/prune-runs.ts'

/** Undefined: there is no record, or a damaged one, as a machine that lost its power leaves it. */
export function isOwnerAlive(runDirectory: string): boolean | undefined {
  try {
    const owner = readOwner(join(runDirectory, OWNER_FILE))
    return owner && isAlive(owner)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
