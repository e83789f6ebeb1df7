/** What the hunt came to: as text for a terminal, and as the page docs/faults.md. */
import type { Fault } from './fault.ts'

export interface Caught {
  readonly fault: Fault
  /** The step that went red. */
  readonly step?: string
  /** Why it does not count as caught. */
  readonly problem?: string
}

const describe = ({ fault }: Caught): string => `${fault.daemon} ${fault.what}`

export function renderTable(results: readonly Caught[]): string {
  const rows = results.map((result) => [
    result.fault.smoke,
    describe(result),
    result.problem === undefined ? `caught: ${result.step}` : `NOT CAUGHT: ${result.problem}`,
  ])
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

export function renderPage(results: readonly Caught[]): string {
  const smokes = new Set(results.map(({ fault }) => fault.smoke)).size
  const rows = results.map(
    (result) => `| ${result.fault.smoke} | ${cell(describe(result))} | ${cell(result.step ?? '')} |`,
  )
  return `# Faults, and the smokes that catch them

Written by \`just faults --write\` (test/faults/), from a run in which every fault was caught. Each row is a run of its own: one behaviour of one daemon is broken by a proxy in front of it, everything else is real, and the smoke that claims the behaviour has to go red in one of its steps. Before that, the same smokes have passed behind proxies that break nothing.

${results.length} faults, ${smokes} smokes.

| smoke | what is broken | the step that goes red |
|---|---|---|
${rows.join('\n')}
`
}
