/** The last run's ledger as GitHub wants it: annotations on standard output, a job summary in Markdown. Pure. */

export interface LedgerFailure {
  readonly headline: string
  readonly detail: readonly string[]
  readonly data: {
    readonly location?: { readonly file: string; readonly line: number; readonly column: number }
  }
}

export interface LedgerRow {
  readonly smoke: string
  readonly class: string
  readonly seconds: number
  readonly title: string
  readonly expectations: number
  readonly failures: readonly LedgerFailure[]
}

/** What is read of ledger.json (docs/ledger.schema.json). */
export interface Ledger {
  readonly gateLine: string
  readonly stack: { readonly name: string }
  readonly rows: readonly LedgerRow[]
  readonly boot?: { readonly failures: readonly LedgerFailure[] }
  readonly leaks: readonly LedgerFailure[]
  readonly deaths: readonly LedgerFailure[]
}

/** Text of a workflow command: `%`, CR and LF would end it or be taken for more of it. */
function escapeText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** A property's value may not hold `:` and `,` either. */
function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** Everything that went wrong, the boot first: its consequences follow. */
function listFailures(ledger: Ledger): readonly LedgerFailure[] {
  return [
    ...(ledger.boot?.failures ?? []),
    ...ledger.rows.flatMap((row) => row.failures),
    ...ledger.deaths,
    ...ledger.leaks,
  ]
}

/** One `::error` line for each failure, at the step's place in its file where that is known. */
export function renderAnnotations(ledger: Ledger, root: string): readonly string[] {
  return listFailures(ledger).map(({ headline, detail, data }) => {
    const { location } = data
    const file = location?.file.startsWith(`${root}/`) ? location.file.slice(root.length + 1) : location?.file
    const place =
      location && file !== undefined
        ? `file=${escapeProperty(file)},line=${location.line},col=${location.column},`
        : ''
    return `::error ${place}title=${escapeProperty(headline)}::${escapeText(detail.join('\n') || headline)}`
  })
}

/** Text in a table cell: neither the end of the cell nor markup. */
function escapeCell(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|~#]/g, '\\$&').replace(/\s+/g, ' ')
}

/** Lines that stand as they are: a fence longer than any run of backticks in them. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const mark = '`'.repeat(longest + 1)
  return `${mark}\n${text}\n${mark}`
}

/** The job summary. */
export function renderSummary(ledger: Ledger): string {
  const rows = ledger.rows.map(
    (row) =>
      `| ${row.class} | ${escapeCell(row.smoke)} | ${row.seconds} s | ${row.expectations} | ${escapeCell(row.title)} |`,
  )
  const failures = listFailures(ledger).map(
    ({ headline, detail }) => `### ${escapeCell(headline)}\n\n${fence(detail.join('\n'))}\n`,
  )
  return [
    `## ${escapeCell(ledger.stack.name)}: ${escapeCell(ledger.gateLine)}`,
    '',
    ...failures,
    '| | smoke | time | expectations | claim |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}
