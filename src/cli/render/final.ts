/**
 * The last block of every human-readable report: first what failed and why, then the ledger, and as the very
 * last line the one to gate on.
 */
import type { Failure } from '../../kernel/failure.ts'
import { renderFailure } from '../../kernel/failure-text.ts'
import { oneLine } from '../../kernel/failure-words.ts'
import { describeSlowness } from '../../kernel/slowness.ts'
import { count } from '../../kernel/text.ts'
import { formatDuration } from '../../kernel/units.ts'
import { renderGateLine, renderRow } from '../../ledger/text.ts'
import type { Row, Verdict } from '../../ledger/verdict.ts'
import type { Paint } from './paint.ts'

/** Lines of a daemon's log that are shown for a failed smoke. */
const LOG_LINES = 8

/**
 * The final block, line by line.
 *
 * @param notes what else was asked for (`--timing`); it stands after the causes and before the ledger.
 */
export function renderFinal(verdict: Verdict, paint: Paint, notes: readonly string[] = []): string[] {
  return [
    ...renderCauses(verdict, paint),
    ...notes,
    ...renderContext(verdict, paint),
    ...renderLedgerLines(verdict, paint),
  ]
}

/** A failure as an indented block, its headline first. */
export function renderFailureLines(failure: Failure, paint: Paint, indent = ''): string[] {
  const { headline, detail } = renderFailure(failure)
  return [`${indent}${paint.bad('✗')} ${headline}`, ...detail.map((line) => `${indent}    ${line}`.trimEnd())]
}

/** Everything that is wrong, the cause before its consequences. */
function renderCauses(verdict: Verdict, paint: Paint): string[] {
  const ofRun = [
    ...verdict.faults,
    ...verdict.evidenceLost,
    ...(verdict.boot?.failures ?? []),
    ...verdict.deaths,
  ].map((failure) => renderFailureLines(failure, paint))
  const failed = verdict.rows
    .filter((row) => row.class === 'FAIL')
    .map((row) => renderSmoke(row, verdict, paint))
  const leaks = verdict.leaks.map((failure) => renderFailureLines(failure, paint))
  const blocks = [
    ...ofRun,
    ...failed,
    ...renderBlocked(verdict, paint),
    ...leaks,
    ...renderSkipped(verdict, paint),
    ...renderSlow(verdict, paint),
  ]
  return blocks.flatMap((block) => [...block, ''])
}

function renderSmoke(row: Row, verdict: Verdict, paint: Paint): string[] {
  return [...renderFailedRow(row, paint), `  rerun: ${rerunOf(verdict, row)}`]
}

/** A smoke that failed: its causes, why it matters, and the end of the logs concerned. */
export function renderFailedRow(row: Row, paint: Paint): string[] {
  const causes = row.failures.flatMap((failure) => renderFailureLines(failure, paint, '  '))
  // A death is told with the log of the daemon that died; telling it twice helps nobody.
  const told = new Set(row.failures.flatMap((f) => (f.tag === 'died' && f.log.length > 0 ? [f.daemon] : [])))
  const logs = Object.entries(row.logs).filter(([daemon, lines]) => lines.length > 0 && !told.has(daemon))
  return [
    `${paint.bad('FAIL')} ${paint.bold(row.smoke)}  ${oneLine(row.title)}`.trimEnd(),
    ...(causes.length > 0 ? causes : ['  it failed without a reason: see its log in the run directory']),
    ...(row.why === undefined ? [] : [`  why it matters: ${oneLine(row.why)}`]),
    ...logs.flatMap(([daemon, lines]) => [
      `  log of ${daemon}:`,
      ...lines.slice(-LOG_LINES).map((line) => paint.dim(`    ${oneLine(line)}`)),
    ]),
  ]
}

/** Blocked smokes share their causes: one block for each reason, not one for each smoke. */
function renderBlocked(verdict: Verdict, paint: Paint): string[][] {
  const byReason = new Map<string, Row[]>()
  for (const row of verdict.rows) {
    if (row.class !== 'BLOCKED') continue
    const reason = row.failures.map(blockedBy).join('; ') || row.reason || 'no reason is known'
    byReason.set(reason, [...(byReason.get(reason) ?? []), row])
  }
  return [...byReason].map(([reason, rows]) => [
    `${paint.bad('BLOCKED')} ${rows.map((row) => row.smoke).join(' ')}`,
    `  ${oneLine(reason)}`,
  ])
}

function blockedBy(failure: Failure): string {
  return failure.tag === 'blocked' ? failure.reason : renderFailure(failure).headline
}

function renderSkipped(verdict: Verdict, paint: Paint): string[][] {
  return verdict.rows
    .filter((row) => row.class === 'SKIP')
    .map((row) => [`${paint.warn('SKIP')} ${row.smoke}  ${oneLine(row.reason ?? 'without a reason')}`])
}

/** Slow and yet a PASS; where it is a FAIL, that is told among the causes. */
function renderSlow(verdict: Verdict, paint: Paint): string[][] {
  return verdict.rows.flatMap((row) =>
    row.class === 'PASS' && row.slow
      ? [[`${paint.warn('SLOW')} ${row.smoke}  ${describeSlowness(row.slow)}`]]
      : [],
  )
}

/** What else has to be known to read the ledger right. */
function renderContext(verdict: Verdict, paint: Paint): string[] {
  const notes: string[] = []
  if (verdict.interrupted !== undefined) notes.push(`interrupted by ${verdict.interrupted}`)
  if (!verdict.finished)
    notes.push('this run did not come to its end: what follows is what it had proven by then')
  if (verdict.rows.length < verdict.chain.length) {
    notes.push(
      `${verdict.rows.length} of ${count(verdict.chain.length, 'smoke')} selected: not the whole chain, so the gate does not count it`,
    )
  }
  for (const warning of verdict.warnings) notes.push(`warning: ${oneLine(warning)}`)
  const summary = [
    verdict.stack.name === '' ? '' : `stack ${verdict.stack.name}`,
    verdict.boot ? `boot ${formatDuration(verdict.boot.ms)}` : '',
    `${count(sum(verdict, 'expectations'), 'expectation')} in ${count(sum(verdict, 'steps'), 'step')}`,
    `${formatDuration(verdict.ms)} in all`,
    verdict.dir,
  ].filter((part) => part !== '')
  return [...notes.map((note) => paint.warn(note)), paint.dim(summary.join(' · '))]
}

function renderLedgerLines(verdict: Verdict, paint: Paint): string[] {
  const gate = renderGateLine(verdict)
  return [
    ...verdict.rows.map((row) => paint.verdict(row.class, renderRow(row))),
    verdict.exitCode === 0 ? paint.good(gate) : paint.bad(gate),
  ]
}

function sum(verdict: Verdict, key: 'steps' | 'expectations'): number {
  return verdict.rows.reduce((total, row) => total + row[key], 0)
}

/** The command that runs this smoke alone. */
function rerunOf(verdict: { readonly rerun: string }, row: { readonly smoke: string }): string {
  return `${verdict.rerun} ${row.smoke}`.trim()
}
