/** Who runs on this machine: identities that survive pid reuse, and process families. */
import { now } from '../kernel/clock.ts'
import { bounded, printable } from '../kernel/text.ts'
import type { Marker } from './marker.ts'
import type { ProcessIdentity, ProcessInfo } from './process-info.ts'
import * as darwin from './process-table-darwin.ts'
import * as linux from './process-table-linux.ts'

export type { Marker } from './marker.ts'
export type { ProcessIdentity, ProcessInfo } from './process-info.ts'

/** Which family. With `startTime`, nothing is taken from another process that has come to bear the number `pid`. */
export interface FamilyQuery {
  readonly pid?: number
  readonly sid?: number
  readonly startTime?: string
  /** Asking for carriers reads the environment of every process of this user: not for a loop of milliseconds. */
  readonly marker?: Marker
}

const table = process.platform === 'darwin' ? darwin : linux

/** Undefined: no such process. A zombie counts as gone. */
export function identify(pid: number): ProcessIdentity | undefined {
  const info = table.readProcess(pid)
  return info && { pid, startTime: info.startTime }
}

/** The identity of a child not yet waited for: told also when it has ended already. */
export function identifyChild(pid: number): ProcessIdentity | undefined {
  const startTime = table.readStartTime(pid)
  return startTime === undefined ? undefined : { pid, startTime }
}

/** Does this very process, not a later one of the same number, still live? */
export function isAlive(id: ProcessIdentity): boolean {
  return table.readProcess(id.pid)?.startTime === id.startTime
}

/** Every live process that this user may see; zombies excluded. */
export function listProcesses(): ProcessInfo[] {
  return table.readProcesses()
}

/** For messages. `command` is printable and bounded; `since` is ISO 8601. Undefined: no such process. */
export function describeProcess(pid: number): { pid: number; command: string; since?: string } | undefined {
  const info = table.readProcess(pid)
  const command = info && table.readCommand(pid)
  if (info === undefined || command === undefined) return undefined
  const since = table.toWallClock(info.startTime)?.toISOString()
  return { pid, command: bounded(printable(command), 300), ...(since === undefined ? {} : { since }) }
}

/** The value of a variable in the environment that a process was started with; undefined when there is none, or it is not visible. */
export function readMarker(pid: number, name: string): string | undefined {
  return table.readVariable(pid, name)
}

/**
 * Every live process of a family: `pid` itself, members of the session or process group `pid` or `sid`, carriers of
 * the marker, and the descendants of all those. Zombies are excluded.
 * No single link is enough: a member may leave the session (setsid), lose its parent, or overwrite its environment
 * (process titles), but seldom all at once.
 *
 * @param maxAgeMs a look at the table that is younger than this will do: who began since is missing from it.
 */
export function listFamily(query: FamilyQuery, maxAgeMs = 0): ProcessInfo[] {
  const { startTime } = query
  return selectFamily(lookAtTable(maxAgeMs), query, (processes, marker) => {
    // Whoever is older than the leader has not got the marker through it.
    const possible = processes.filter(
      (p) => startTime === undefined || !table.isOlder(p.startTime, startTime),
    )
    const pids = possible.map((process) => process.pid)
    return table.carriersOf(pids, marker.name, marker.value)
  })
}

let lastLook: { readonly processes: readonly ProcessInfo[]; readonly at: number } | undefined

function lookAtTable(maxAgeMs: number): readonly ProcessInfo[] {
  const at = now()
  if (lastLook === undefined || at - lastLook.at >= maxAgeMs)
    lastLook = { processes: table.readProcesses(), at }
  return lastLook.processes
}

/** The rule behind `listFamily`, on a given table. */
export function selectFamily(
  processes: readonly ProcessInfo[],
  query: FamilyQuery,
  carriers: (processes: readonly ProcessInfo[], marker: Marker) => ReadonlySet<number>,
): ProcessInfo[] {
  const { pid, startTime, marker } = query
  // While a session or group has members its number is not given to a new process; so when another process bears it, ours is empty.
  const reused =
    pid !== undefined &&
    startTime !== undefined &&
    processes.some((process) => process.pid === pid && process.startTime !== startTime)
  const sid = reused && query.sid === pid ? undefined : query.sid
  const root = reused ? undefined : pid
  const carrying = marker ? carriers(processes, marker) : new Set<number>()
  const isMember = ({ pid, pgid, sid: session }: ProcessInfo): boolean =>
    carrying.has(pid) ||
    (root !== undefined && (pid === root || pgid === root || session === root)) ||
    (sid !== undefined && (session === sid || pgid === sid))

  const family = new Map<number, ProcessInfo>()
  for (const process of processes) if (isMember(process)) family.set(process.pid, process)
  const children = Map.groupBy(processes, (process) => process.ppid)
  // A Map's iteration reaches what is added on the way, so this walks down to the last descendant.
  for (const parent of family.keys()) {
    for (const child of children.get(parent) ?? []) family.set(child.pid, child)
  }
  return [...family.values()]
}
