/** What the text and the Markdown form of a report say in the same words. */
import { count, printable } from '../kernel/text.ts'
import { formatDuration } from '../kernel/units.ts'
import { describeLeftOut } from './left-out.ts'
import { formatKb } from './size-guard.ts'
import type { Anchor, AnswerRow, BundleSummary, Location, ReviewReport } from './types.ts'

/** Safe to print, and no more than one line of what is printed: a name with line breaks must not pass for ours. */
export const oneLine = (text: string): string => printable(text).replaceAll('\n', '\ufffd')

/** `src/store.ts:41-48`; the name alone for the file as a whole. Not yet safe to print. */
export function nameLocation({ path, line, endLine }: Pick<Location, 'path' | 'line' | 'endLine'>): string {
  if (line === 0) return path
  return endLine > line ? `${path}:${line}-${endLine}` : `${path}:${line}`
}

const ANCHORS: Readonly<Record<Anchor, string>> = {
  line: '',
  file: 'line not in the diff',
  nowhere: 'file not in the diff',
}
export const describeAnchor = (anchor: Anchor): string => ANCHORS[anchor]

/** `hold`, or what stands in the place of a verdict. */
export function describeVerdict({ status, verdict, reason }: AnswerRow): string {
  if (status === 'failed') return `FAILED: ${reason}`
  if (status === 'empty') return 'EMPTY'
  return verdict ?? 'NO VERDICT'
}

/** `17000 → 250`; `?` for what the endpoint did not tell. */
export const describeTokens = ({ inputTokens, outputTokens }: AnswerRow): string =>
  inputTokens === undefined && outputTokens === undefined
    ? ''
    : `${inputTokens ?? '?'} → ${outputTokens ?? '?'}`

export const describeLatency = ({ latencyMs }: AnswerRow): string => formatDuration(latencyMs)

export const describeBundle = ({ name, bytes, files, hunks }: BundleSummary): string =>
  `${name}: ${formatKb(bytes)}, ${count(files, 'file')}, ${count(hunks, 'hunk')}`

export const listLeftOut = ({ leftOut }: Pick<ReviewReport, 'leftOut'>): string[] =>
  leftOut.map(describeLeftOut)

/** `5 of 8 verdicts, 3 of 4 lineages heard`. */
export function describeDenominator({ denominator }: ReviewReport): string {
  const { verdicts, asked, lineagesHeard, lineages } = denominator
  return `${verdicts} of ${count(asked, 'verdict')}, ${lineagesHeard} of ${count(lineages, 'lineage')} heard`
}

/** `12 places: 1 critical, 3 high, 8 low; 2 convergent; 1 unparsed`. */
export function describeFindings({ locations, answers }: ReviewReport): string {
  const counts = new Map<string, number>()
  for (const { severity } of locations) counts.set(severity, (counts.get(severity) ?? 0) + 1)
  const levels = [...counts].map(([severity, n]) => `${n} ${severity}`).join(', ')
  const unparsed = answers.reduce((sum, row) => sum + row.unparsed.length, 0)
  return [
    `${count(locations.length, 'place')}${levels === '' ? '' : `: ${levels}`}`,
    `${locations.filter(({ convergent }) => convergent).length} convergent`,
    `${unparsed} unparsed`,
  ].join('; ')
}

/** `1205 hunks: 1190 in 57 bundles (2 in pieces), 15 left out`. */
export function describeSum({
  diff,
  hunks,
  bundles,
}: Pick<ReviewReport, 'diff' | 'hunks' | 'bundles'>): string {
  const pieces = hunks.split === 0 ? '' : ` (${hunks.split} in pieces)`
  return `${count(diff.hunks, 'hunk')}: ${hunks.sent} in ${count(bundles.length, 'bundle')}${pieces}, ${hunks.leftOut} left out`
}

/** What was reviewed: `main..HEAD, 214 commits: 1.2 MB, 310 files, 1205 hunks`. */
export function describeSource({ source, diff }: Pick<ReviewReport, 'source' | 'diff'>): string {
  const size = `${formatKb(diff.bytes)}, ${count(diff.files, 'file')}, ${count(diff.hunks, 'hunk')}`
  if (source.kind === 'diff') return `${source.file}: ${size}`
  const commits = source.commits === undefined ? '' : `, ${count(source.commits, 'commit')}`
  return `${source.range}${commits}: ${size}`
}

/** What a reviewer said again in the same words is shown once, with how often it was said. */
export function collapse(
  findings: Location['findings'],
): { finding: Location['findings'][number]; times: number }[] {
  const said = new Map<string, { finding: Location['findings'][number]; times: number }>()
  for (const finding of findings) {
    const key = JSON.stringify(finding)
    said.set(key, { finding, times: (said.get(key)?.times ?? 0) + 1 })
  }
  return [...said.values()]
}

/** `north, high, line 2, 3 times`. */
export function describeSpeaker({ finding, times }: ReturnType<typeof collapse>[number]): string {
  const { reviewer, severity, line } = finding
  return `${reviewer}, ${severity}, ${line === 0 ? 'the file' : `line ${line}`}${times === 1 ? '' : `, ${times} times`}`
}
