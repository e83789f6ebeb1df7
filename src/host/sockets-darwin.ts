/** Listening TCP sockets of macOS, through lsof(8). */

import type { Listener } from './listener.ts'
import { runTool } from './run-tool.ts'

/** A listener and who holds it. `inode` is lsof's device field: the socket's address in the kernel, so shared sockets compare equal. */
export interface HeldListener extends Listener {
  readonly pid: number
}

function splitName(name: string, family: 4 | 6): { host: string; port: number } | undefined {
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|(.*)):(\d+)$/.exec(name) ?? []
  if (port === undefined) return undefined
  const host = bracketed ?? plain ?? '*'
  if (host === '*') return { host: family === 4 ? '0.0.0.0' : '::', port: Number(port) }
  return { host: host.replace(/^::ffff:(?=\d+\.)/i, ''), port: Number(port) }
}

/** Output of `lsof -nP -iTCP -sTCP:LISTEN -F pftdn`: one field a line, named by its first letter; a new `p` or `f` starts the next record. */
export function parseLsof(text: string): HeldListener[] {
  const found: HeldListener[] = []
  let pid = 0
  let family: 4 | 6 = 4
  let inode = ''
  for (const line of text.split('\n')) {
    const value = line.slice(1)
    if (line.startsWith('p')) pid = Number(value)
    else if (line.startsWith('f')) inode = ''
    else if (line.startsWith('t')) family = value === 'IPv6' ? 6 : 4
    else if (line.startsWith('d')) inode = value
    else if (line.startsWith('n')) {
      const address = splitName(value, family)
      if (!address) continue
      const mapped = family === 6 && /^\d+\.\d+\.\d+\.\d+$/.test(address.host)
      found.push({ ...address, family: mapped ? 4 : family, inode, pid })
    }
  }
  return found
}

const lsof = (...args: readonly string[]): HeldListener[] =>
  parseLsof(runTool('/usr/sbin/lsof', ['-nP', '-iTCP', '-sTCP:LISTEN', '-F', 'pftdn', ...args]))

/** lsof without privileges shows only this user's sockets; other users' listeners show when binding fails. */
export function readHeldListeners(): HeldListener[] {
  return lsof()
}
