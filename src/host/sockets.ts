/** Who listens where. */
import { createServer } from 'node:net'
import { now } from '../kernel/clock.ts'
import { hasCode } from '../kernel/errno.ts'
import type { Holder } from '../kernel/failure.ts'
import type { Listener } from './listener.ts'
import { describeProcess } from './process-table.ts'
import { listPids } from './process-table-linux.ts'
import { readHeldListeners } from './sockets-darwin.ts'
import { readInodes, readListeners, readUsedPorts } from './sockets-linux.ts'

export type { Listener } from './listener.ts'

const isDarwin = process.platform === 'darwin'

function uniqueSockets(listeners: readonly Listener[]): Listener[] {
  return [...new Map(listeners.map((listener) => [listener.inode, listener])).values()]
}

/** Every TCP socket in LISTEN state, read now. Undefined: the system does not tell. */
export function readAllListeners(): Listener[] | undefined {
  return isDarwin ? uniqueSockets(readHeldListeners()) : readListeners()
}

let shared: { readonly listeners: Listener[] | undefined; readonly until: number } | undefined

/**
 * Every TCP socket in LISTEN state; undefined: the system does not tell. Callers share one reading for 2 ms, or for
 * twice what it cost: the kernel walks its whole table of connections for it, and a dozen booting daemons may ask.
 */
export function listListeners(): Listener[] | undefined {
  const start = now()
  if (shared === undefined || start > shared.until) {
    const listeners = readAllListeners()
    const end = now()
    shared = { listeners, until: end + Math.max(2, 2 * (end - start)) }
  }
  return shared.listeners
}

/** Sockets held by these processes, as inodes; those of other users' processes are not visible and left out. */
export function inodesOf(pids: Iterable<number>): Set<string> {
  const inodes = new Set<string>()
  if (isDarwin) {
    const wanted = new Set(pids)
    for (const held of readHeldListeners()) if (wanted.has(held.pid)) inodes.add(held.inode)
    return inodes
  }
  for (const pid of pids) for (const inode of readInodes(pid)) inodes.add(inode)
  return inodes
}

/** Local ports of TCP sockets in any state, as far as the system tells (macOS: of those that listen). */
export function listUsedPorts(): Set<number> {
  return isDarwin ? new Set(readHeldListeners().map((listener) => listener.port)) : readUsedPorts()
}

/** `127.0.0.1:80`, `[::1]:80`. */
export function formatAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

const UNSEEN = "unknown (another user's process)"

/** Who listens on this TCP port, on any address: every process that holds such a socket. Looks at every process; for messages. */
export function holdersOf(port: number): Holder[] {
  const listeners = (readAllListeners() ?? []).filter((listener) => listener.port === port)
  if (listeners.length === 0) return []
  const held = new Map(listeners.map((listener) => [listener.inode, new Set<number>()]))
  if (isDarwin) {
    for (const { inode, pid } of readHeldListeners()) held.get(inode)?.add(pid)
  } else {
    for (const pid of listPids()) for (const inode of readInodes(pid)) held.get(inode)?.add(pid)
  }
  return listeners.flatMap(({ host, inode }) => {
    const address = formatAddress(host, port)
    const known = [...(held.get(inode) ?? [])].sort((a, b) => a - b).map(describeProcess)
    const holders = known
      .filter((process) => process !== undefined)
      .map((process) => ({ ...process, address }))
    return holders.length > 0 ? holders : [{ pid: 0, command: UNSEEN, address }]
  })
}

/** Only 127.0.0.0/8, ::1 and `localhost`: what no other machine can reach. */
export function isLoopback(host: string): boolean {
  const plain = host.replace(/^\[(.*)\]$/, '$1').replace(/^::ffff:(?=\d+\.)/i, '')
  return plain === '::1' || plain === 'localhost' || /^127(?:\.\d{1,3}){3}$/.test(plain)
}

/** Would a connection to `host` reach this listener? `::` is taken to be dual-stack, which the tables do not show. */
export function answersFor(listener: Listener, host: string): boolean {
  if (listener.host === '::') return true
  if (host === 'localhost') return isLoopback(listener.host) || listener.host === '0.0.0.0'
  if (listener.host === '0.0.0.0') return !host.includes(':')
  return listener.host === host
}

/**
 * Can a daemon listen there, at this moment? Found out by doing it, and closing at once. False also when the address
 * is not one of this machine, or the port is a privileged one.
 */
export function isPortFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error) => {
      if (hasCode(error, 'EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND')) resolve(false)
      else reject(error)
    })
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
