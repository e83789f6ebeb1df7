/** What a path was at one moment, to tell later whether it has been made anew. */
import { type BigIntStats, statSync } from 'node:fs'
import { hasCode } from '../kernel/errno.ts'

/** Opaque; undefined: nothing was there. */
export type PathSnapshot = string | undefined

/**
 * Undefined also where a part of the path is no folder, or may not be entered. @throws any other error of the system.
 */
export function snapshotPath(path: string): PathSnapshot {
  let stat: BigIntStats | undefined
  try {
    stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    // A folder that cannot be entered (yet): nothing is visible there, and that is what is asked.
    if (hasCode(error, 'EACCES')) return undefined
    throw error
  }
  // Change time in nanoseconds as well: a file system may give the inode of a removed file to the next one.
  return stat && `${stat.dev}:${stat.ino}:${stat.ctimeNs}:${stat.size}`
}

/** Is there something, and not what was there before? */
export function isNew(path: string, before: PathSnapshot): boolean {
  const current = snapshotPath(path)
  return current !== undefined && current !== before
}
