/** Names that no other run, process or smoke has: instead of cleaning up. */
import { randomBytes } from 'node:crypto'

// 48 random bits a process and a counter: no two names meet, on this machine or in a store that outlives it.
const seed = randomBytes(6).readUIntBE(0, 6).toString(36).padStart(10, '0')
let last = 0

/**
 * A fresh name: `prefix`, a random part and a counter, in `[a-z0-9_]`, starting with a letter, at most 48 characters,
 * so it serves as a table, key, index or bucket-like name.
 */
export function unique(prefix = 'smoke'): string {
  const clean = prefix
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .slice(0, 30)
  last += 1
  return `${/^[a-z]/.test(clean) ? clean : `s_${clean}`}_${seed}_${last.toString(36)}`
}
