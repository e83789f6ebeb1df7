/** Are the daemons that a smoke needs daemons of this stack? */
import { readFileSync } from 'node:fs'
import { nearest } from '../kernel/text.ts'
import type { SmokeInfo, SmokeProblem } from './types.ts'

/** One problem for each unknown name, at the place where it is written. */
export function checkNeeds(info: SmokeInfo, known: readonly string[]): SmokeProblem[] {
  return info.needs
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearest(name, known)
      const hint = near === undefined ? `; it has ${known.join(', ') || 'none'}` : `; did you mean "${near}"?`
      const message = `needs "${name}", which is no daemon of this stack${hint}`
      return { file: info.file, ...findName(info.file, name), message }
    })
}

/** The first place after the word `needs` at which the name stands alone. */
function findName(file: string, name: string): { line: number; column: number } | undefined {
  const text = readFileSync(file, 'utf8')
  const from = text.search(/\bneeds\b/)
  const pattern = new RegExp(`(?<![\\w-])${name.replace(/[^\w-]/g, '\\$&')}(?![\\w-])`, 'g')
  pattern.lastIndex = Math.max(0, from)
  const found = pattern.exec(text)
  if (!found) return undefined
  const before = text.slice(0, found.index).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}
