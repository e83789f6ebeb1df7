/** Who listens where, read from /proc without the tool's own code. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface Listening {
  readonly inode: string
  /** `127.0.0.1:3211`, `[::1]:3211` */
  readonly address: string
  readonly loopback: boolean
}

const LISTEN = '0A'

/** The listening sockets of a table as /proc/net/tcp and /proc/net/tcp6 have it (proc(5)). */
export function parseTable(table: string): Listening[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
      const [host = '', port = ''] = local.split(':')
      if (state !== LISTEN) return []
      const bytes = readHost(host)
      return [
        {
          inode,
          address: `${tellHost(bytes)}:${Number.parseInt(port, 16)}`,
          loopback: isLoopback(bytes),
        },
      ]
    })
}

/** Words of 32 bits, each in the machine's order: little-endian here. */
function readHost(hex: string): number[] {
  const words = hex.match(/.{8}/g) ?? []
  return words.flatMap((word) => [...Buffer.from(word, 'hex')].reverse())
}

function isLoopback(bytes: readonly number[]): boolean {
  if (bytes.length === 4) return bytes[0] === 127
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
  return mapped ? bytes[12] === 127 : bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1
}

function tellHost(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  )
  return `[${groups.join(':')}]`
}

/** The process and all its descendants. */
export function listTree(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = parentOf(Number(name))
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const tree = [pid]
  for (const one of tree) tree.push(...(children.get(one) ?? []))
  return tree
}

function parentOf(pid: number): number | undefined {
  const stat = whenThere(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  // The name is in parentheses, and may hold any.
  return stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

/** The listening TCP sockets that a process holds. */
export function listListening(pid: number): Listening[] {
  const held = new Set(
    (whenThere(() => readdirSync(`/proc/${pid}/fd`)) ?? []).flatMap((fd) => {
      const target = whenThere(() => readlinkSync(`/proc/${pid}/fd/${fd}`))
      return /^socket:\[(\d+)\]$/.exec(target ?? '')?.[1] ?? []
    }),
  )
  return ['tcp', 'tcp6']
    .flatMap((table) => parseTable(whenThere(() => readFileSync(`/proc/${pid}/net/${table}`, 'utf8')) ?? ''))
    .filter(({ inode }) => held.has(inode))
}

/** Processes and descriptors come and go between two looks. */
function whenThere<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code))) {
      return undefined
    }
    throw error
  }
}
