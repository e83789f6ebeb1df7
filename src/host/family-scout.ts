/** Finds the members of process families often and cheaply: of a process that is known, nothing is read again. */
import { now } from '../kernel/clock.ts'
import type { ProcessInfo } from './process-info.ts'
import { listPids, readProcess } from './process-table-linux.ts'

export type Links = Pick<ProcessInfo, 'ppid' | 'pgid' | 'sid'>

/** Families that are looked at in the same moment share one look. */
const GOOD_MS = 5
/** So that a number which has come to mean another process is not overlooked for long. */
const RELEARN_MS = 10_000

let known: Map<number, Links> = new Map()
let lookedAt = Number.NEGATIVE_INFINITY
let learntAt = Number.NEGATIVE_INFINITY

/**
 * Every process by PID, with the links it had when it was first seen. A stranger never becomes a member later: that
 * comes with birth. A member is followed by whoever has found it.
 */
export function scoutProcesses(): ReadonlyMap<number, Links> {
  const at = now()
  if (at - lookedAt < GOOD_MS) return known
  lookedAt = at
  const former = at - learntAt < RELEARN_MS ? known : undefined
  if (!former) learntAt = at
  known = new Map()
  for (const pid of listPids()) {
    const links = former?.get(pid) ?? readProcess(pid)
    if (links) known.set(pid, links)
  }
  return known
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
