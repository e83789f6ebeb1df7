/** TCP sockets of Linux, through /proc/net/tcp, /proc/net/tcp6 and /proc/<pid>/fd (proc_pid_net(5), proc_pid_fd(5)). */
import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import { hasCode } from '../kernel/errno.ts'
import type { Listener } from './listener.ts'

const LISTEN = '0A'
const CHUNK_BYTES = 64 * 1_024
// One for all reads: what was read is a string before anybody else gets to read.
const buffer = Buffer.allocUnsafe(CHUNK_BYTES)

/** `0100007F` → `127.0.0.1`: each 32-bit word is printed in the machine's byte order, which is little-endian wherever Node runs on macOS or common Linux. */
function decodeIpv4(hex: string): string {
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.')
}

/** RFC 5952 text of an address; IPv4-mapped ones as IPv4. */
export function decodeAddress(hex: string): { host: string; family: 4 | 6 } {
  if (hex.length === 8) return { host: decodeIpv4(hex), family: 4 }
  const groups: string[] = []
  for (let word = 0; word < 32; word += 8) {
    const bytes = [6, 4, 2, 0].map((at) => hex.slice(word + at, word + at + 2))
    groups.push(`${bytes[0]}${bytes[1]}`, `${bytes[2]}${bytes[3]}`)
  }
  const plain = groups.map((group) => Number.parseInt(group, 16).toString(16))
  if (plain.slice(0, 5).every((group) => group === '0') && plain[5] === 'ffff') {
    return { host: decodeIpv4(hex.slice(24)), family: 4 }
  }
  const text = plain.join(':')
  const zeros = [...text.matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)].sort(
    (a, b) => b[0].length - a[0].length,
  )[0]
  if (!zeros) return { host: text, family: 6 }
  const before = text.slice(0, zeros.index).replace(/:$/, '')
  const after = text.slice(zeros.index + zeros[0].length).replace(/^:/, '')
  return { host: `${before}::${after}`, family: 6 }
}

interface Row {
  readonly address: string
  readonly state: string
  readonly inode: string
}

// "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode …"
function splitRow(line: string): Row | undefined {
  const fields = line.trim().split(/\s+/, 10)
  const [, address, , state, , , , , , inode] = fields
  return address?.includes(':') && state !== undefined && inode !== undefined
    ? { address, state, inode }
    : undefined
}

const toPort = (address: string): number => Number.parseInt(address.slice(address.indexOf(':') + 1), 16)

/** The rows of one table that listen. */
export function parseListeners(lines: Iterable<string>): Listener[] {
  const found: Listener[] = []
  for (const line of lines) {
    if (!line.includes(` ${LISTEN} `)) continue
    const row = splitRow(line)
    if (row?.state !== LISTEN) continue
    const hex = row.address.slice(0, row.address.indexOf(':'))
    found.push({ ...decodeAddress(hex), port: toPort(row.address), inode: row.inode })
  }
  return found
}

/** The file's lines, a chunk at a time; undefined when there is no such table (a kernel without IPv6). */
function* readChunks(path: string): Generator<string[], void> {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES')) return
    throw error
  }
  try {
    let rest = ''
    for (;;) {
      const length = readSync(fd, buffer, 0, CHUNK_BYTES, null)
      if (length === 0) break
      const lines = (rest + buffer.toString('latin1', 0, length)).split('\n')
      rest = lines.pop() ?? ''
      yield lines
    }
    if (rest !== '') yield [rest]
  } finally {
    closeSync(fd)
  }
}

/**
 * Undefined when /proc tells nothing. The kernel lists listening sockets before all others, so reading stops at the
 * first chunk (some 400 rows) without one: with 50,000 connections open this stays as cheap as with none.
 */
export function readListeners(): Listener[] | undefined {
  const found: Listener[] = []
  let told = false
  for (const path of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let first = true
    for (const lines of readChunks(path)) {
      told = true
      const listeners = parseListeners(lines)
      if (listeners.length === 0 && !first) break
      found.push(...listeners)
      first = false
    }
  }
  return told ? found : undefined
}

/** Local ports of all TCP sockets in any state, TIME_WAIT too: a daemon that does not set SO_REUSEADDR cannot bind those. */
export function readUsedPorts(): Set<number> {
  const ports = new Set<number>()
  for (const path of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const lines of readChunks(path)) {
      for (const line of lines) {
        const row = splitRow(line)
        if (row) ports.add(toPort(row.address))
      }
    }
  }
  return ports
}

/** Socket inodes that a process holds; none when it is gone or another user's. */
export function readInodes(pid: number): string[] {
  const folder = `/proc/${pid}/fd`
  const inodes: string[] = []
  try {
    for (const fd of readdirSync(folder)) {
      const inode = readSocketInode(pid, fd)
      if (inode !== undefined) inodes.push(inode)
    }
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) throw error
  }
  return inodes
}

/** Undefined: the descriptor is no socket, was closed meanwhile, or is not told (another user's process, no /proc). */
export function readSocketInode(pid: number, fd: number | string): string | undefined {
  try {
    const target = readlinkSync(`/proc/${pid}/fd/${fd}`)
    return target.startsWith('socket:[') ? target.slice(8, -1) : undefined
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return undefined
    throw error
  }
}
