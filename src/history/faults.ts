/** What is wrong with history.db, in one line that says what to do. */
import { messageOf } from '../kernel/errno.ts'
import { printable } from '../kernel/text.ts'

/** Result codes of SQLite (sqlite.org/rescode.html); the low byte of an extended one. */
const REASONS: Readonly<Record<number, string>> = {
  5: 'another process keeps it locked',
  6: 'another process keeps it locked',
  8: 'it may not be written',
  10: 'the disk gave an error',
  13: 'the disk is full',
  14: 'it cannot be opened',
}
const DAMAGED: ReadonlySet<number> = new Set([11, 26])

/** @param fault an error of SQLite, or why the file is not to be touched. */
export function explainStoreFault(
  path: string,
  fault: string | (Error & { readonly errcode: number }),
): string {
  if (typeof fault === 'string') return printable(`${path}: ${fault}; ${moveAway(path)}`)
  const code = fault.errcode & 0xff
  const said = messageOf(fault)
  if (DAMAGED.has(code)) return printable(`${path} is damaged (${said}); ${moveAway(path)}`)
  return printable(`${path}: ${REASONS[code] ?? 'SQLite refused'} (${said})`)
}

const moveAway = (path: string): string => `to begin a new one: mv ${path} ${path}.old`
