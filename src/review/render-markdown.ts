/** The tally as Markdown, to be read by people and kept. What reviewers and file names say cannot become markup of ours. */
import { bounded, printable } from '../kernel/text.ts'
import type { AnswerRow, Location, ReviewReport, Unparsed } from './types.ts'
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
} from './words.ts'

/**
 * Ends in a newline. Links to the answers begin with `../`: the tally lies one folder below where their paths begin.
 */
export function renderMarkdown(report: ReviewReport): string {
  const { label, outcome, reasons, warnings, bundles, answers, locations } = report
  const unparsed = answers.flatMap((row) => row.unparsed.map((each) => ({ row, each })))
  const parts: readonly (string | undefined)[] = [
    `# Review ${plain(label)}: ${outcome}`,
    list([...reasons, ...warnings.map((warning) => `warning: ${warning}`)]),
    [
      `${plain(describeSource(report))}, at ${report.startedAt}.`,
      `${plain(describeDenominator(report))}. ${plain(describeFindings(report))}.`,
    ].join('\n'),
    '## Places',
    locations.length === 0 ? 'None.' : locations.map(renderLocation).join('\n\n'),
    '## Answers',
    renderTable(answers),
    unparsed.length === 0 ? undefined : '## Unparsed',
    unparsed.length === 0 ? undefined : unparsed.map(({ row, each }) => renderUnparsed(row, each)).join('\n'),
    '## Bundles',
    `${plain(describeSum(report))}.`,
    list(bundles.map(describeBundle)),
    report.leftOut.length === 0 ? undefined : '## Left out',
    list(listLeftOut(report)),
  ]
  return `${parts.filter((part) => part !== undefined).join('\n\n')}\n`
}

/** Text in a paragraph: one line, every character that Markdown or HTML could read taken literally. */
const plain = (text: string): string =>
  printable(text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_{}[\]#+!|~@<>&]/g, literal)

const literal = (sign: string): string => (/[<>&]/.test(sign) ? `&#${sign.charCodeAt(0)};` : `\\${sign}`)

const list = (lines: readonly string[]): string | undefined =>
  lines.length === 0 ? undefined : lines.map((line) => `- ${plain(line)}`).join('\n')

function renderLocation(location: Location): string {
  const { severity, lineages, convergent, anchor, findings } = location
  const marks = [lineages.join(', '), convergent ? 'convergent' : '', describeAnchor(anchor)].filter(
    (each) => each !== '',
  )
  const said = collapse(findings).map(
    (each) =>
      `- ${plain(describeSpeaker(each))}: ${plain(bounded(each.finding.what))}\n  Why: ${plain(bounded(each.finding.why))}`,
  )
  return [
    `### ${severity}: ${plain(nameLocation(location))}`,
    `${plain(marks.join('; '))}`,
    said.join('\n'),
  ].join('\n\n')
}

function renderTable(rows: readonly AnswerRow[]): string {
  const lines = rows.map((row) => {
    const remark = row.status === 'answered' ? (row.reason ?? '') : ''
    const cells = [
      row.reviewer,
      row.lineage,
      row.bundle,
      describeVerdict(row),
      String(row.findings.length),
      String(row.unparsed.length),
      describeLatency(row),
      describeTokens(row),
      remark,
    ].map(plain)
    return `| ${cells.join(' | ')} | [answer](<../${row.file}>) |`
  })
  return [
    '| reviewer | lineage | bundle | verdict | findings | unparsed | latency | tokens in → out | remark | file |',
    '|---|---|---|---|---:|---:|---:|---|---|---|',
    ...lines,
  ].join('\n')
}

const renderUnparsed = ({ reviewer, bundle }: AnswerRow, { line, text, reason }: Unparsed): string =>
  `- ${plain(reviewer)} on ${plain(bundle)}, line ${line} of the answer: ${plain(reason)}: ${plain(bounded(text, 300))}`
