/** The tally for a terminal. All that reviewers and file names say is made harmless to it. */
import { bounded, printable } from '../kernel/text.ts'
import type { AnswerRow, Location, ReviewPlan, ReviewReport, Unparsed } from './types.ts'
import {
  collapse,
  describeAnchor,
  describeBundle,
  describeDenominator,
  describeFindings,
  describeLatency,
  describeSource,
  describeSpeaker,
  describeSum,
  describeTokens,
  describeVerdict,
  listLeftOut,
  nameLocation,
  oneLine,
} from './words.ts'

/** Ends in a line break. The last line is the outcome. */
export function renderText(report: ReviewReport): string {
  const { answers, locations, reasons, outcome } = report
  const unparsed = answers.flatMap((row) => row.unparsed.map((each) => ({ row, each })))
  return join([
    ...beginText(`review ${report.label} of`, report),
    section('answers', renderRows(answers)),
    section('places', locations.flatMap(renderLocation)),
    section(
      'unparsed',
      unparsed.flatMap(({ row, each }) => renderUnparsed(row, each)),
    ),
    section('why', reasons),
    [`--- ${outcome.toUpperCase()}: ${describeFindings(report)}; ${describeDenominator(report)} ---`],
  ])
}

/** What would be sent, to whom it is shown before anybody is asked. Ends in a line break. */
export function renderPlan(plan: ReviewPlan): string {
  return join([
    ...beginText('would send', plan),
    [`--- ${describeSum(plan)}; put together they are the diff, byte for byte ---`],
  ])
}

function beginText(title: string, plan: ReviewPlan): (readonly string[])[] {
  const { bundles, warnings } = plan
  return [
    [`${title} ${describeSource(plan)}`, ...warnings.map((warning) => `warning: ${warning}`)],
    section(describeSum(plan), bundles.map(describeBundle)),
    section('left out', listLeftOut(plan)),
  ]
}

const join = (sections: readonly (readonly string[])[]): string =>
  `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(oneLine).join('\n'))
    .join('\n\n')}\n`

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)]

function renderRows(rows: readonly AnswerRow[]): string[] {
  const cells = rows.map((row) => [
    row.reviewer,
    row.lineage,
    oneLine(row.bundle),
    describeLatency(row),
    describeTokens(row),
    [
      describeVerdict(row),
      row.findings.length > 0 ? `${row.findings.length} found` : '',
      row.unparsed.length > 0 ? `${row.unparsed.length} unparsed` : '',
      row.redacted > 0 ? `${row.redacted} redacted` : '',
      row.status === 'answered' ? (row.reason ?? '') : '',
    ]
      .filter((each) => each !== '')
      .join(', '),
  ])
  const widths = [0, 1, 2, 3, 4].map((column) =>
    cells.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0),
  )
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

function renderLocation(location: Location): string[] {
  const { severity, lineages, convergent, anchor, findings } = location
  const marks = [lineages.join(', '), convergent ? 'convergent' : '', describeAnchor(anchor)].filter(
    (each) => each !== '',
  )
  return [
    `${severity.padEnd(8)} ${nameLocation(location)} (${marks.join('; ')})`,
    ...collapse(findings).flatMap((said) => [
      `    ${describeSpeaker(said)}: ${flatten(said.finding.what)}`,
      `        ${flatten(said.finding.why)}`,
    ]),
  ]
}

function renderUnparsed({ reviewer, bundle }: AnswerRow, { line, text, reason }: Unparsed): string[] {
  return [
    `${reviewer} on ${bundle}, line ${line} of the answer: ${reason}`,
    `    ${bounded(flatten(text), 300)}`,
  ]
}

/** What a reviewer says, on one line; all of it is in its verdict file. */
const flatten = (text: string): string => bounded(printable(text).replaceAll(/\s+/g, ' '), 2_000)
