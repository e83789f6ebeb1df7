/** The report as Markdown (GitHub's), for a pull request or an archive. */
import { ABSENT } from './diff-shape.ts'
import type { BodyView, CaseReport, ParityReport } from './types.ts'
import { describeGaps, describeNoise, summarize, VERDICTS } from './words.ts'

/** Ends in a newline. */
export function renderParityMarkdown(report: ParityReport): string {
  const side = (name: 'left' | 'right') => {
    const { label, url } = report[name]
    return [name, code(label), url === null ? 'not up' : url === label ? '' : code(url)]
  }
  const blocks = [
    `# Parity: ${plain(report.suite)}`,
    `**${plain(report.headline)}**`,
    plain(`${summarize(report)} · ${report.at} · ${report.ms} ms`),
    renderTable(['side', 'what', 'where'], [side('left'), side('right')]),
    renderTable(
      ['case', 'request', 'verdict', 'status', 'body shape'],
      report.cases.map((one) => [
        plain(one.name),
        code(`${one.request.method} ${one.request.path}`),
        VERDICT_WORDS[one.verdict],
        `${one.left.status ?? '–'} / ${one.right.status ?? '–'}`,
        one.outcomes.shape,
      ]),
    ),
    ...report.cases.filter(hasDetail).flatMap(renderCase),
    ...renderGaps(report),
    ...renderTroubles(report),
  ]
  return `${blocks.join('\n\n')}\n`
}

const VERDICT_WORDS: Readonly<Record<CaseReport['verdict'], string>> = {
  match: VERDICTS.match,
  known: 'known',
  diverges: '**diverges**',
  unknown: '**unknown**',
}

const hasDetail = ({ verdict, noise, unproven, notes }: CaseReport): boolean =>
  verdict !== 'match' || noise.length + unproven.length + notes.length > 0

function renderCase(one: CaseReport): string[] {
  const remarks = [
    ...one.unknown.map((why) => `- unknown: ${plain(why)}`),
    ...one.noise.map((noise) => `- noise at ${code(noise.path)}: ${describeNoise(noise, code)}`),
    ...one.unproven.map(
      ({ path, sides }) => `- unproven at ${code(path)}: nothing was seen there (${sides.join(' and ')})`,
    ),
    ...one.notes.map((note) => `- note: ${plain(note)}`),
    ...(one.moreDivergences > 0 ? [`- and ${one.moreDivergences} more divergences that are not listed`] : []),
  ]
  return [
    `## ${plain(one.name)}`,
    ...(one.divergences.length > 0
      ? [
          renderTable(
            ['aspect', 'path', 'places', 'left', 'right', 'known as'],
            one.divergences.map(({ aspect, path, places, left, right, gap }) => [
              aspect,
              code(path),
              `${places}`,
              code(left),
              code(right),
              gap === undefined ? '**new**' : code(gap),
            ]),
          ),
        ]
      : []),
    ...renderShapes(one),
    ...(remarks.length > 0 ? [remarks.join('\n')] : []),
    ...one.views.flatMap(renderView),
  ]
}

function renderShapes({ left, right, outcomes }: CaseReport): string[] {
  if (outcomes.shape !== 'diverges' || left.shape === undefined || right.shape === undefined) return []
  return [`- left shape: ${code(left.shape)}\n- right shape: ${code(right.shape)}`]
}

function renderView({ at, rows, omitted }: BodyView): string[] {
  const left = omitted.equal + omitted.differing
  return [
    `Side by side at ${code(at)}:`,
    renderTable(
      ['', 'key', 'left', 'right'],
      rows.map((row) => [
        row.differs ? '≠' : '',
        row.key === '' ? '' : code(row.key),
        row.left === null ? ABSENT : code(row.left),
        row.right === null ? ABSENT : code(row.right),
      ]),
    ),
    ...(left > 0 ? [`… and ${left} more rows, ${omitted.differing} of which differ`] : []),
  ]
}

function renderGaps(report: ParityReport): string[] {
  if (report.gaps.length === 0) return []
  const rows = report.gaps.map(({ id, case: name, state, date, reason }) => [
    code(id),
    plain(name),
    state,
    date,
    plain(reason),
  ])
  const todo = describeGaps(report).map((line) => `- ${plain(line)}`)
  return [
    '## Known gaps',
    renderTable(['id', 'case', 'state', 'since', 'reason'], rows),
    ...(todo.length > 0 ? [todo.join('\n')] : []),
  ]
}

function renderTroubles({ troubles }: ParityReport): string[] {
  if (troubles.length === 0) return []
  const lines = troubles.flatMap(({ headline, detail }) => [
    `- ${plain(headline)}`,
    ...detail.map((line) => `  - ${plain(line.trim())}`),
  ])
  return ['## Troubles', lines.join('\n')]
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Plain text: nothing in it is markup, nor breaks a table or a list. */
function plain(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>#|~&!@$]/g, (mark) =>
      mark === '<' ? '&lt;' : mark === '&' ? '&amp;' : `\\${mark}`,
    )
    .replace(/\s+/g, ' ')
}

/** A code span, also inside a table, where `|` ends a cell even in code. */
function code(text: string): string {
  const flat = text.replace(/\s+/g, ' ')
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = flat.startsWith('`') || flat.endsWith('`') || flat.trim() === '' ? ' ' : ''
  return `${fence}${pad}${flat.replaceAll('|', '\\|')}${pad}${fence}`
}
