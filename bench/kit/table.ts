/** Rows as one aligned table: what, target, measured. */
import type { Row } from './row.ts'

export interface Section {
  readonly name: string
  readonly rows: readonly Row[]
}

/** Lines; every column starts at the same place in all of them. */
export function renderTable(sections: readonly Section[]): string[] {
  const rows = sections.flatMap(({ rows }) => rows)
  const width = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length))
  const whats = width([...rows.map(({ what }) => what), 'what'])
  const targets = width([...rows.map(({ target = '' }) => target), 'target'])
  const line = (what: string, target: string, measured: string): string =>
    `  ${what.padEnd(whats)}  ${target.padEnd(targets)}  ${measured}`.trimEnd()
  return [
    line('what', 'target', 'measured'),
    ...sections.flatMap(({ name, rows }) => [
      '',
      name,
      ...rows.map(({ what, target = '', values }) => line(what, target, renderValues(values))),
    ]),
  ]
}

function renderValues(values: Row['values']): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}
