/** Removes old run directories, but never one whose run still goes on. */
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '../kernel/errno.ts'

/** How many runs are kept. */
export const RUNS_KEPT = 30

/** In each run directory: who makes this run. */
export const OWNER_FILE = 'owner.json'

export interface Owner {
  readonly pid: number
  /** Wall-clock time, ISO 8601, at which the directory was made; for people. */
  readonly since: string
}

/** Run directories and nothing else: what people put beside them stays. */
const ID = /^\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{6}$/

/** The end of a journal in which its last event is looked for, in bytes. */
const TAIL = 64 * 1024

/** The ids of the runs there are, oldest first. */
export function listRuns(runs: string): string[] {
  return readdirSync(runs)
    .filter((name) => ID.test(name))
    .sort()
}

/**
 * Removes the oldest runs until `keep` are left.
 *
 * @param spare ids of runs that stay, however old.
 * @returns a line for every one that should have gone and could not.
 */
export function pruneRuns(
  runs: string,
  keep: number,
  alive: (owner: Owner) => boolean,
  spare: ReadonlySet<string> = new Set(),
): string[] {
  const ids = listRuns(runs).filter((id) => !spare.has(id))
  const warnings: string[] = []
  for (const id of ids.slice(0, Math.max(0, ids.length - keep))) {
    const path = join(runs, id)
    try {
      // `force`: another run may be pruning the same directories at this moment.
      if (!isRunning(path, alive)) rmSync(path, { recursive: true, force: true, maxRetries: 2 })
    } catch (error) {
      warnings.push(
        `old run ${path} could not be removed: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
  return warnings
}

/** Whether the run of this directory still goes on. @throws the system's error when its files cannot be read. */
export function isRunning(path: string, alive: (owner: Owner) => boolean = isAlive): boolean {
  const owner = readOwner(join(path, OWNER_FILE))
  return owner !== undefined && alive(owner) && !hasEnded(join(path, 'journal.jsonl'))
}

/** Undefined: there is no such file, or it names nobody. @throws SyntaxError when it is damaged; the system's error when it cannot be read. */
export function readOwner(file: string): Owner | undefined {
  const text = whenPresent(() => readFileSync(file, 'utf8'))
  if (text === undefined) return undefined
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number') {
    return undefined
  }
  return { pid: value.pid, since: 'since' in value ? String(value.since) : '' }
}

function hasEnded(journal: string): boolean {
  const fd = whenPresent(() => openSync(journal, 'r'))
  if (fd === undefined) return false
  try {
    const { size } = fstatSync(fd)
    const bytes = Buffer.alloc(Math.min(size, TAIL))
    readSync(fd, bytes, 0, bytes.length, size - bytes.length)
    return bytes.includes('"type":"run.finished"')
  } finally {
    closeSync(fd)
  }
}

function whenPresent<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Whether a process with that PID exists. A reused PID keeps an old run a while longer; that harms nobody. */
export function isAlive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0)
    return true
  } catch (error) {
    // EPERM: it exists and belongs to another user.
    return hasCode(error, 'EPERM')
  }
}
