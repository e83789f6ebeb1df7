/**
 * The table of listening sockets in two halves, for who asks every few milliseconds.
 *
 * /proc/net/tcp lists listening sockets first and then walks the kernel's table of connections, a quarter of a million
 * buckets on a machine of 16 GiB: more than a millisecond of processor time, however few connections there are. Rows
 * are therefore asked for one at a time, and reading stops at the first that does not listen. Where there are some
 * connections that is a twentieth of it. /proc/net/tcp6 has mostly none, so there a count of sockets tells when a look
 * is due.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { hasCode } from '../kernel/errno.ts'
import { type Listener, readAllListeners } from './sockets.ts'
import { parseListeners } from './sockets-linux.ts'

/** How long the kernel makes each row of /proc/net/tcp, its heading too (tcp_ipv4.c, TMPSZ). Only speed depends on it. */
const ROW_BYTES = 150
const CHUNK_ROWS = 400
// One for all looks: a new one every few milliseconds would keep the garbage collector busy.
const buffer = Buffer.allocUnsafe(CHUNK_ROWS * ROW_BYTES)

/**
 * Each reads its half of the table anew; together they are all of it. Undefined: the system does not tell.
 * `quick` has the sockets of IPv4; `slow` those of IPv6, mapped ones too. On macOS all of it is `slow`.
 */
export const listenTable: {
  quick(): Listener[] | undefined
  slow(): Listener[] | undefined
  /** Cheap. While it stays the same, `slow` has most likely not changed; undefined: not known. */
  slowVersion(): string | undefined
} =
  process.platform === 'darwin'
    ? { quick: () => [], slow: readAllListeners, slowVersion: () => undefined }
    : {
        quick: () => readRows('/proc/net/tcp'),
        slow: () => readRows('/proc/net/tcp6'),
        slowVersion: readSocketCount,
      }

/** `TCP6: inuse 3`: how many TCP sockets of IPv6 listen or are connected. */
function readSocketCount(): string | undefined {
  try {
    return /^TCP6: .*$/m.exec(readFileSync('/proc/net/sockstat6', 'latin1'))?.[0]
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES')) return undefined
    throw error
  }
}

const rowsBefore = new Map<string, number>()

function readRows(path: string): Listener[] | undefined {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    // A kernel without IPv6 has no such sockets; one without /proc/net/tcp does not tell.
    if (hasCode(error, 'ENOENT', 'EACCES')) return path.endsWith('6') ? [] : undefined
    throw error
  }
  try {
    const found: Listener[] = []
    let rest = ''
    let rows = -1 // The heading.
    // As many as there were last time in one go, then one by one.
    let wanted = Math.min(1 + (rowsBefore.get(path) ?? 0), CHUNK_ROWS)
    for (;;) {
      const length = readSync(fd, buffer, 0, wanted * ROW_BYTES, null)
      const lines = (rest + buffer.toString('latin1', 0, length)).split('\n')
      rest = lines.pop() ?? ''
      const listening = parseListeners(lines)
      found.push(...listening)
      const isHeading = rows < 0 && lines.length > 0
      rows += lines.length
      if (length === 0 || listening.length < lines.length - (isHeading ? 1 : 0)) break
      wanted = 1
    }
    rowsBefore.set(path, found.length)
    return found
  } finally {
    closeSync(fd)
  }
}
