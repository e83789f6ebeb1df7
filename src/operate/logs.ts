/** The logs of a stack: of the daemons that run, or ran when it was last up. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { printable } from '../kernel/text.ts'
import type { StackPlace } from './places.ts'

/** By daemon, the newest log there is. */
export function listLogs(place: StackPlace): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const runs = existsSync(place.runs) ? readdirSync(place.runs).sort() : []
  for (const run of runs) {
    const folder = join(place.runs, run, 'daemons')
    for (const file of existsSync(folder) ? readdirSync(folder) : []) {
      if (file.endsWith('.log')) found.set(basename(file, '.log'), join(folder, file))
    }
  }
  return found
}

/** The last lines, printable, oldest first. While the daemon runs, the end of a long log is in files beside it. */
export function readLogTail(path: string, lines: number): string[] {
  const parts = [path, `${path}.tail-1`, `${path}.tail-2`].filter((part) => existsSync(part))
  const text = parts.map((part) => readFileSync(part, 'utf8')).join('')
  const all = printable(text).split('\n')
  if (all.at(-1) === '') all.pop()
  return lines === 0 ? [] : all.slice(-lines)
}
