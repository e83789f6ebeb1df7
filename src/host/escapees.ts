/**
 * Processes that left their parent, their session and their environment: found by the sockets that they still hold,
 * on Linux, and ended. A socket's inode is held only by those who inherited it or were handed it: to have merely opened
 * a log, or to listen on the same port, makes nobody one of them.
 */
import type { SocketTrace } from './belongings.ts'
import { endProcesses } from './end-processes.ts'
import { describeProcess, isAlive, listProcesses, type ProcessInfo, selectFamily } from './process-table.ts'
import { isOlder } from './process-table-linux.ts'
import { readInodes } from './sockets-linux.ts'

export interface Escapee<Trace extends SocketTrace> {
  readonly process: ProcessInfo
  /** Printable and bounded. */
  readonly command: string
  readonly held: Trace
}

export interface EndedEscapee<Trace extends SocketTrace> extends Escapee<Trace> {
  /** False: it could not be ended. */
  readonly gone: boolean
}

/** Whoever forks while it is looked for has children that the first look did not see. */
const ROUNDS = 3

/**
 * Reads the descriptors of every process that is not older than the traces: not for a loop.
 *
 * @param except processes that are not to be looked at, beside this one.
 */
export function findEscapees<Trace extends SocketTrace>(
  traces: readonly Trace[],
  except: ReadonlySet<number>,
): Escapee<Trace>[] {
  if (process.platform !== 'linux' || traces.length === 0) return []
  const byInode = new Map(traces.map((trace) => [trace.inode, trace]))
  const found: Escapee<Trace>[] = []
  for (const one of listProcesses()) {
    if (one.pid === process.pid || except.has(one.pid)) continue
    if (traces.every(({ since }) => isOlder(one.startTime, since))) continue
    const held = readInodes(one.pid)
      .map((inode) => byInode.get(inode))
      .find((trace) => trace !== undefined && !isOlder(one.startTime, trace.since))
    const command = held && describeProcess(one.pid)?.command
    if (held && command !== undefined) found.push({ process: one, command, held })
  }
  return found
}

/**
 * SIGTERM, after `graceMs` SIGKILL, to them and to their own families. Each is signalled by its own number, while its
 * start time is the same. One look when there is nobody.
 *
 * @returns those who held something; their families are ended without being named.
 */
export async function endEscapees<Trace extends SocketTrace>(
  traces: readonly Trace[],
  except: ReadonlySet<number>,
  graceMs: number,
): Promise<EndedEscapee<Trace>[]> {
  const all = new Map<string, Escapee<Trace>>()
  for (let round = 1; round <= ROUNDS; round += 1) {
    const found = findEscapees(traces, except)
    if (found.length === 0) break
    for (const one of found) all.set(`${one.process.pid}-${one.process.startTime}`, one)
    const { leftovers } = await endProcesses(() => listFamilies(found, except), graceMs)
    if (leftovers.length > 0) break
  }
  return [...all.values()].map((one) => ({ ...one, gone: !isAlive(one.process) }))
}

function listFamilies(escapees: readonly Escapee<SocketTrace>[], except: ReadonlySet<number>): ProcessInfo[] {
  const processes = listProcesses()
  const families = escapees.flatMap(({ process: { pid, startTime } }) =>
    selectFamily(processes, { pid, startTime }, () => new Set()),
  )
  return families.filter((one) => !except.has(one.pid))
}
