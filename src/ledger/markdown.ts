/**
 * The verdict in Markdown, as GitHub's job summaries show it: what failed and why, then the ledger as a table.
 * Text of strangers is escaped, so that it is neither markup nor the end of a cell or a fence.
 */
import { oneLine } from '../kernel/failure-words.ts'
import { count } from '../kernel/text.ts'
import { formatDuration } from '../kernel/units.ts'
import { listTroubles, outcomeOf, reasonOf, type Trouble } from './outcome.ts'
import { describeSlow, listNotes, renderCauseLines } from './row-text.ts'
import { renderGateLine } from './text.ts'
import type { Row, Verdict } from './verdict.ts'

/** What GitHub takes as the summary of one step, bytes. */
export const SUMMARY_LIMIT = 1024 * 1024

/** How much of the limit the failures may take; the rest is the table's. */
const SHARE_OF_FAILURES = 0.6

/** What a note about left out parts takes at most, bytes. */
const NOTE = 100

/**
 * The report; ends with a line break.
 *
 * @param limit most bytes of UTF-8 that it may have; from about 4 KiB on it is kept. What does not fit is left
 *   out whole and counted.
 */
export function renderMarkdown(verdict: Verdict, limit: number = SUMMARY_LIMIT): string {
  const head = renderHead(verdict)
  const room = limit - sizeOf(head) - sizeOf(TABLE_HEAD) - 2
  const blocks = [
    ...listTroubles(verdict).map(renderTrouble),
    ...bySeriousness(verdict.rows).map((row) => renderSmoke(row, verdict)),
  ]
  const failures = fillUp(blocks, room * SHARE_OF_FAILURES, 'failure')
  const rows = fillUp(
    verdict.rows.map((row) => renderRow(row, verdict)),
    room - sizeOf(failures),
    'smoke',
  )
  return `${head}${failures}${TABLE_HEAD}${rows}`
}

const sizeOf = (text: string): number => Buffer.byteLength(text)

/** As many as there is room for. */
function fillUp(blocks: readonly string[], room: number, noun: string): string {
  let text = ''
  let used = NOTE
  for (const [i, block] of blocks.entries()) {
    used += sizeOf(block)
    if (used > room) return `${text}\nand ${count(blocks.length - i, `more ${noun}`)} that did not fit here\n`
    text += block
  }
  return text
}

/** Those that failed, before those of which nobody knows. */
function bySeriousness(rows: readonly Row[]): readonly Row[] {
  const of = (outcome: string): Row[] => rows.filter((row) => outcomeOf(row) === outcome)
  return [...of('failed'), ...of('errored')]
}

function renderHead(verdict: Verdict): string {
  const { rows, boot } = verdict
  const sum = (key: 'steps' | 'expectations'): number => rows.reduce((total, row) => total + row[key], 0)
  const facts = [
    ...(boot ? [`boot ${formatDuration(boot.ms)}`] : []),
    `${count(sum('expectations'), 'expectation')} in ${count(sum('steps'), 'step')}`,
    `${formatDuration(verdict.ms)} in all`,
    `exit code ${verdict.exitCode}`,
    ...(verdict.run === '' ? [] : [`run ${escapeText(verdict.run)}`]),
  ]
  const notes = listNotes(verdict).slice(0, 10)
  return [
    `## ${escapeText(verdict.stack.name || 'smokechain')}: ${verdict.exitCode === 0 ? 'passed' : 'failed'}`,
    '',
    `**${escapeText(renderGateLine(verdict))}**`,
    '',
    facts.join(' · '),
    '',
    ...notes.flatMap((note) => [`> ${escapeText(note)}`, '']),
    '',
  ].join('\n')
}

function renderTrouble({ kind, headline, detail }: Trouble): string {
  return `### ${kind}: ${escapeText(headline)}\n\n${detail.length === 0 ? '' : `${renderFence(detail)}\n\n`}`
}

function renderSmoke(row: Row, verdict: Verdict): string {
  const title = `### ${row.class} ${escapeText(row.smoke)}: ${escapeText(row.title)}`
  return `${title}\n\n${renderFence(renderCauseLines(row, verdict))}\n\n`
}

const TABLE_HEAD = [
  '| | smoke | time | steps | expectations | claim |',
  '|---|---|--:|--:|--:|---|',
  '',
].join('\n')

function renderRow(row: Row, verdict: Verdict): string {
  const said = outcomeOf(row) === 'skipped' ? reasonOf(row, verdict) : (describeSlow(row) ?? '')
  const claim = [row.title, said].filter((text) => text !== '').join(': ')
  const verdictCell = row.class === 'PASS' ? row.class : `**${row.class}**`
  return `| ${verdictCell} | ${escapeText(row.smoke)} | ${row.seconds} s | ${row.steps} | ${row.expectations} | ${escapeText(claim)} |\n`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;' }

/** Text on one line that is nothing but text, in a paragraph, a heading and a cell. */
function escapeText(text: string): string {
  return oneLine(text)
    .toWellFormed()
    .replace(/[\\`*_{}[\]()~#!$]/g, '\\$&')
    .replace(/[&<>|]/g, (char) => ENTITIES[char] ?? char)
}

/** Lines that stand as they are: a fence longer than any run of backticks in them. */
function renderFence(lines: readonly string[]): string {
  const text = lines.join('\n').toWellFormed()
  const longest = [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 2)
  const mark = '`'.repeat(longest + 1)
  return `${mark}text\n${text}\n${mark}`
}
