/** Which listening sockets belong to a family, and which only look as if they did. */
import { type FamilyQuery, listFamily, type ProcessInfo } from './process-table.ts'
import { inodesOf, type Listener, readAllListeners } from './sockets.ts'

export interface SocketSurvey {
  readonly family: readonly ProcessInfo[]
  /** Listening sockets that a process of the family holds, on whatever port. */
  readonly own: readonly Listener[]
  /** Listening sockets on the given ports that no process of the family holds. */
  readonly foreign: readonly Listener[]
}

/**
 * Undefined: the system does not tell who listens.
 * The listeners are read before the family: a process that is forked in between is then seen as family. A socket that
 * was closed in between would look foreign; so a foreign one counts only when a second look still shows it.
 */
export function surveySockets(query: FamilyQuery, ports: Iterable<number>): SocketSurvey | undefined {
  const wanted = new Set(ports)
  const first = lookOnce(query, wanted)
  if (first === undefined || first.foreign.length === 0) return first
  const second = lookOnce(query, wanted)
  if (second === undefined) return undefined
  const before = new Set(first.foreign.map((listener) => listener.inode))
  return { ...second, foreign: second.foreign.filter((listener) => before.has(listener.inode)) }
}

function lookOnce(query: FamilyQuery, ports: ReadonlySet<number>): SocketSurvey | undefined {
  const listeners = readAllListeners()
  if (listeners === undefined) return undefined
  const family = listFamily(query)
  const inodes = inodesOf(family.map((process) => process.pid))
  const own = listeners.filter((listener) => inodes.has(listener.inode))
  const foreign = listeners.filter((listener) => ports.has(listener.port) && !inodes.has(listener.inode))
  return { family, own, foreign }
}
