/**
 * The machine-wide directory of leases. `<directory>/<port>/<pid>-<startTime>-<run>` is a lease: a directory that holds
 * one owner file. It is taken by renaming a prepared directory onto it, which the system does for a missing or empty
 * target and refuses for one that holds a file (rename(2)): there is no moment in which two may think they have it. A
 * dead owner's lease is opened by unlinking exactly its file, so one that was taken meanwhile is never touched.
 */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { attempt, hasCode } from '../kernel/errno.ts'
import { isAlive, type ProcessIdentity } from './process-table.ts'

export interface LeaseOwner extends ProcessIdentity {
  readonly run: string
}

/** Not os.tmpdir(): the place must be the same for every user and every TMPDIR. */
const DEFAULT_DIRECTORY = '/tmp/smokechain-ports'
const STAGING = '.new-'

/** Absolute, or as `SMOKECHAIN_LEASE_DIR` has it. It need not be there yet. */
export function leaseDirectory(): string {
  return process.env['SMOKECHAIN_LEASE_DIR'] ?? DEFAULT_DIRECTORY
}

/** Makes it when missing, open to all users like /tmp. Throws when something else is in its place. */
function openLeaseDirectory(): string {
  const directory = leaseDirectory()
  try {
    mkdirSync(directory, { recursive: false })
    chmodSync(directory, 0o1777)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
    if (!lstatSync(directory).isDirectory()) throw new Error(`${directory} is no directory`)
  }
  return directory
}

function formatOwner({ pid, startTime, run }: LeaseOwner): string {
  return `${pid}-${startTime}-${run.replaceAll(/[^\w.-]/g, '_').slice(0, 150)}`
}

function parseOwner(name: string): LeaseOwner | undefined {
  const [, pid, startTime, run] = /^(\d+)-([\w.]+)-(.*)$/.exec(name) ?? []
  if (pid === undefined || startTime === undefined || run === undefined) return undefined
  return { pid: Number(pid), startTime, run }
}

/** Gone, or closed to us because it is another user's: either way there is nothing in it for us. */
function listNames(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM')) return []
    throw error
  }
}

/** A prepared lease, to be tried on one port after the other. */
export class LeaseClaim {
  readonly #directory: string
  readonly #owner: string
  readonly #staging: string

  constructor(owner: LeaseOwner) {
    this.#directory = openLeaseDirectory()
    this.#owner = formatOwner(owner)
    const unique = `${Math.random().toString(36).slice(2)}${Date.now().toString(36)}`
    this.#staging = join(this.#directory, `${STAGING}${owner.pid}-${owner.startTime}-${unique}`)
    mkdirSync(this.#staging)
    writeFileSync(join(this.#staging, this.#owner), '')
  }

  /** False: somebody alive has it, or it is another user's. */
  take(port: number): boolean {
    if (this.#rename(port)) return true
    return unlinkStale(join(this.#directory, String(port))) && this.#rename(port)
  }

  /** Gives a port just taken back, to try another. */
  putBack(port: number): void {
    renameSync(join(this.#directory, String(port)), this.#staging)
  }

  /** Ends a lease that was taken. */
  release(port: number): void {
    removeOwner(join(this.#directory, String(port)), this.#owner)
  }

  /** Removes what was prepared and not used. */
  discard(): void {
    rmSync(this.#staging, { recursive: true, force: true })
  }

  #rename(port: number): boolean {
    const target = join(this.#directory, String(port))
    const taken = ['ENOTEMPTY', 'EEXIST', 'EACCES', 'EPERM', 'ENOTDIR']
    return attempt(() => renameSync(this.#staging, target), ...taken)
  }
}

function removeOwner(folder: string, owner: string): void {
  attempt(() => unlinkSync(join(folder, owner)), 'ENOENT', 'ENOTDIR')
  // Somebody may have taken the empty directory already, by renaming onto it.
  attempt(() => rmdirSync(folder), 'ENOENT', 'ENOTEMPTY', 'EEXIST', 'EACCES', 'EPERM', 'ENOTDIR')
}

/** Opens a lease whose owner is dead. False: there was none to open. */
function unlinkStale(folder: string): boolean {
  let opened = false
  for (const name of listNames(folder)) {
    const owner = parseOwner(name)
    if (owner === undefined || isAlive(owner)) continue
    opened = attempt(() => unlinkSync(join(folder, name)), 'ENOENT', 'EACCES', 'EPERM') || opened
  }
  return opened
}

/** All leases, with the owner's directory still open or not. */
export function readLeases(): { port: number; owner: LeaseOwner }[] {
  const directory = leaseDirectory()
  const ports = listNames(directory).filter((name) => /^\d+$/.test(name))
  return ports.flatMap((port) =>
    listNames(join(directory, port))
      .map(parseOwner)
      .filter((owner) => owner !== undefined)
      .map((owner) => ({ port: Number(port), owner })),
  )
}

/** Ends every lease of one process; the ports it had. */
export function releaseLeasesOf(id: ProcessIdentity): number[] {
  const owned = readLeases().filter(({ owner }) => owner.pid === id.pid && owner.startTime === id.startTime)
  for (const { port, owner } of owned) removeOwner(join(leaseDirectory(), String(port)), formatOwner(owner))
  return owned.map(({ port }) => port)
}

/** Removes what processes that were killed had prepared and not used. */
export function sweepStaging(): void {
  const directory = leaseDirectory()
  for (const name of listNames(directory)) {
    const owner = name.startsWith(STAGING) ? parseOwner(name.slice(STAGING.length)) : undefined
    if (owner === undefined || isAlive(owner)) continue
    const folder = join(directory, name)
    attempt(() => rmSync(folder, { recursive: true, force: true }), 'EACCES', 'EPERM', 'ENOTEMPTY')
  }
}
