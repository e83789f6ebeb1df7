/**
 * Who owns a stack that is up: one supervisor at a time. The lease is a directory that holds one file, named by PID and
 * start time; it is taken by renaming a prepared directory onto it, which the system refuses while that holds a file
 * (rename(2)). A dead owner's lease is opened by unlinking exactly its file, so one taken meanwhile is never touched.
 */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { identify, isAlive, type ProcessIdentity } from '../host/process-table.ts'
import { attempt, hasCode } from '../kernel/errno.ts'
import { err, ok, type Result } from '../kernel/result.ts'

export interface Owner extends ProcessIdentity {
  /** Run id: its processes carry it as their marker, and its folder is named by it. */
  readonly run: string
  /** ISO 8601. */
  readonly since: string
  readonly detached: boolean
  /** Name of the stack, and the folder of its data. */
  readonly stack: string
  readonly data?: string
}

export interface OwnerLease {
  readonly owner: Owner
  /** The owner before, if it had died without giving the lease back. */
  readonly reclaimed: Owner | undefined
  /** Idempotent; never throws. */
  release(): void
}

/** Takes the lease at `path`, or tells who has it. The folder that holds it must exist. */
export function takeOwnerLease(
  path: string,
  about: Omit<Owner, 'pid' | 'startTime'>,
): Result<OwnerLease, Owner> {
  const self = identify(process.pid)
  if (self === undefined) throw new Error('this process does not see itself in the process table')
  const owner: Owner = { ...self, ...about }
  const name = nameOf(owner)
  const staging = `${path}.new-${name}`
  rmSync(staging, { recursive: true, force: true })
  mkdirSync(staging, { mode: 0o700 })
  writeFileSync(join(staging, name), `${JSON.stringify(owner)}\n`, { mode: 0o600 })
  let reclaimed: Owner | undefined
  try {
    while (!renameOnto(staging, path)) {
      const live = findOwner(path)
      if (live?.alive) return err(live.owner)
      if (!live) continue
      reclaimed = live.owner
      attempt(() => unlinkSync(join(path, nameOf(live.owner))), 'ENOENT')
    }
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
  return ok({ owner, reclaimed, release: () => removeLease(path, owner) })
}

/** Whose it is; `alive` false: the owner has died and left it. Undefined: nobody's. */
export function findOwner(path: string): { readonly owner: Owner; readonly alive: boolean } | undefined {
  const owners = listNames(path).flatMap((name) => readOwner(join(path, name)) ?? [])
  const live = owners.find(isAlive)
  if (live) return { owner: live, alive: true }
  const [dead] = owners
  return dead && { owner: dead, alive: false }
}

/** Takes away the lease of exactly this owner. */
export function removeLease(path: string, owner: Owner): void {
  attempt(() => unlinkSync(join(path, nameOf(owner))), 'ENOENT', 'ENOTDIR')
  // Somebody may have taken the empty directory already, by renaming onto it.
  attempt(() => rmdirSync(path), 'ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')
}

const nameOf = ({ pid, startTime }: ProcessIdentity): string => `${pid}-${startTime}`

function renameOnto(staging: string, path: string): boolean {
  return attempt(() => renameSync(staging, path), 'ENOTEMPTY', 'EEXIST')
}

function listNames(path: string): string[] {
  let names: string[] = []
  attempt(
    () => {
      names = readdirSync(path)
    },
    'ENOENT',
    'ENOTDIR',
  )
  return names
}

/** A file that was torn by a full disk still tells by its name whose it is. */
function readOwner(file: string): Owner | undefined {
  const [, pid, startTime] = /(?:^|\/)(\d+)-([\w.]+)$/.exec(file) ?? []
  if (pid === undefined || startTime === undefined) return undefined
  const unknown: Owner = {
    pid: Number(pid),
    startTime,
    run: 'unknown',
    since: 'an unknown time',
    detached: false,
    stack: 'unknown',
  }
  try {
    return {
      ...unknown,
      ...(JSON.parse(readFileSync(file, 'utf8')) as Partial<Owner>),
      pid: unknown.pid,
      startTime,
    }
  } catch (error) {
    if (error instanceof SyntaxError) return unknown
    // Given back between the listing and the look.
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}
