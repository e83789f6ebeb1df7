/** Finds the members of process families often and cheaply: of a process that is known, nothing is read again. */
import { openSync, readSync } from 'node:fs'
import { now } from '../kernel/clock.ts'
import { OpenProcess } from './figures-linux.ts'
import type { ProcessInfo } from './process-info.ts'
import { listPids } from './process-table-linux.ts'

export type Links = Pick<ProcessInfo, 'ppid' | 'pgid' | 'sid'>

interface Known {
  readonly links: Links
  /** Of the look that found it. */
  readonly look: number
}

/** So that a number which has come to mean another process is not overlooked for long. */
const RELEARN_MS = 10_000

/**
 * Linux only. May be asked as often as one likes: /proc is listed again only when a process has begun since, or 10 s
 * are over.
 */
export class Scout {
  #known = new Map<number, Known>()
  #look = 0
  #learntAt = Number.NEGATIVE_INFINITY
  #lastBorn: string | undefined
  readonly #readLastBorn: () => string

  /** @param readLastBorn changes whenever a process has begun. */
  constructor(readLastBorn = readLastPid) {
    this.#readLastBorn = readLastBorn
  }

  /**
   * Processes that have begun since a look, with the links they had when they were first seen, and what to ask with the
   * next time. A stranger never becomes a member later: that comes with birth. A member is followed by who has found it.
   */
  lookSince(look: number): { readonly born: ReadonlyMap<number, Links>; readonly look: number } {
    this.#learn()
    const born = new Map<number, Links>()
    if (look < this.#look) for (const [pid, one] of this.#known) if (one.look > look) born.set(pid, one.links)
    return { born, look: this.#look }
  }

  #learn(): void {
    const at = now()
    const lastBorn = this.#readLastBorn()
    const fresh = at - this.#learntAt < RELEARN_MS
    if (fresh && lastBorn === this.#lastBorn) return
    if (!fresh) this.#learntAt = at
    this.#lastBorn = lastBorn
    this.#look += 1
    const former = fresh ? this.#known : undefined
    this.#known = new Map()
    for (const pid of listPids()) {
      const known = former?.get(pid) ?? this.#meet(pid)
      if (known) this.#known.set(pid, known)
    }
  }

  #meet(pid: number): Known | undefined {
    const process = OpenProcess.open(pid)
    const links = process?.read()
    process?.close()
    return links && { links, look: this.#look }
  }
}

/** All families are looked for among the same processes. */
export const scout = new Scout()

let loadavg: number | undefined
const text = Buffer.alloc(256)

/** The last field of /proc/loadavg is the number given last: while it stays, no process has begun (proc_loadavg(5)). */
function readLastPid(): string {
  loadavg ??= openSync('/proc/loadavg', 'r')
  return (
    text
      .toString('latin1', 0, readSync(loadavg, text, 0, text.length, 0))
      .trimEnd()
      .split(' ')
      .at(-1) ?? ''
  )
}

/**
 * Who of these belongs to the family, beyond those who are known to: descendants, and the leader's group and session.
 * Parents come before their children.
 */
export function findNewcomers(
  processes: ReadonlyMap<number, Links>,
  leader: number,
  members: ReadonlyMap<number, unknown>,
): number[] {
  const family = new Map(members)
  // Round after round: a child may have a lower number than its parent, once numbers have wrapped around.
  for (let before = -1; before !== family.size; ) {
    before = family.size
    for (const [pid, links] of processes) {
      if (!family.has(pid) && isOfFamily(links, leader, family)) family.set(pid, undefined)
    }
  }
  return [...family.keys()].slice(members.size)
}

/** @param members those who are known to belong to it. */
export function isOfFamily(
  { ppid, pgid, sid }: Links,
  leader: number,
  members: ReadonlyMap<number, unknown>,
): boolean {
  return members.has(ppid) || pgid === leader || sid === leader
}
