/** A lock file for jobs: one process at a time, and a lock whose owner is dead holds nobody back. */
import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { errnoOf } from './files.ts'

/** Somebody else holds the lock. */
export class LockedError extends Error {
  override readonly name = 'LockedError'
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, but belongs to somebody else.
    return errnoOf(error) === 'EPERM'
  }
}

async function readOwner(path: string): Promise<number | undefined> {
  try {
    return Number.parseInt(await readFile(path, 'utf8'), 10)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Takes a dead owner's lock out of the way. The guard keeps a second one from removing the lock that follows. */
async function removeStale(path: string, owner: number): Promise<void> {
  const guard = `${path}.takeover`
  try {
    await mkdir(guard)
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
    throw new LockedError(`${path}: being taken over; if nothing is running, remove ${guard}`)
  }
  try {
    if (Object.is(await readOwner(path), owner)) await rm(path)
  } finally {
    await rmdir(guard)
  }
}

/**
 * Takes the lock, or rejects with `LockedError` naming the process that holds it. The folder must exist. The lock
 * of a process that was killed is taken over.
 */
export async function acquireLock(path: string): Promise<AsyncDisposable> {
  const own = `${path}.${randomUUID()}`
  await writeFile(own, `${process.pid}\n`)
  try {
    for (;;) {
      try {
        // The lock appears with its content, or not at all.
        await link(own, path)
        return { [Symbol.asyncDispose]: () => rm(path) }
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error
      }
      const owner = await readOwner(path)
      if (owner === undefined) continue
      if (isAlive(owner)) throw new LockedError(`${path}: held by process ${owner}`)
      await removeStale(path, owner)
    }
  } finally {
    await rm(own)
  }
}
