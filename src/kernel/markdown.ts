/** Text of strangers inside Markdown (GitHub flavour): it stays text, in a table as well. */
import { printable } from './text.ts'

/** Text in a line or a table cell: neither the end of the cell nor markup. */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/[\\`*_{}[\]<>|~#&]/g, '\\$&')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Lines that stand as they are: a fence longer than any run of backticks in them. */
export function fenceMarkdown(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const mark = '`'.repeat(longest + 1)
  return `${mark}${language}\n${printable(text)}\n${mark}`
}

/** Code inside a line: a run of backticks longer than any in it. */
export function codeMarkdown(text: string): string {
  const one = printable(text).replace(/\s+/g, ' ')
  const longest = Math.max(0, ...[...one.matchAll(/`+/g)].map(([run]) => run.length))
  const mark = '`'.repeat(longest + 1)
  const gap = one.startsWith('`') || one.endsWith('`') ? ' ' : ''
  return `${mark}${gap}${one}${gap}${mark}`
}

/** A table; cells are Markdown already. Empty text for no rows. */
export function tableMarkdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const line = (cells: readonly string[]) =>
    `| ${head.map((_, column) => keepInCell(cells[column] ?? '')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** A `|` ends its cell even inside of code, unless it is escaped. */
const keepInCell = (cell: string): string => cell.replace(/(?<!\\)((?:\\\\)*)\|/g, '$1\\|')
