/**
 * The ledger as text, to the letter: one line a smoke, and the last line, which is what people gate on.
 * The last line names every reason for which the exit code is not 0.
 */
import { VERDICT_CLASSES } from './classes.ts'
import type { Row, Verdict } from './verdict.ts'

/** `PASS d1 5s` */
export function renderRow(row: Pick<Row, 'class' | 'smoke' | 'seconds'>): string {
  return `${row.class} ${row.smoke} ${row.seconds}s`
}

/**
 * `--- 21 PASS / 0 FAIL ---`. PASS and FAIL are always counted; after them, where they occur and in this
 * order: BLOCKED, SKIP, NOT RUN, LEAK, DIED with their counts, then BOOT FAILED, INTERRUPTED, UNFINISHED,
 * EVIDENCE LOST, TOOL FAULT, NOTHING SELECTED.
 */
export function renderGateLine(verdict: Verdict): string {
  const parts = VERDICT_CLASSES.filter((c) => c === 'PASS' || c === 'FAIL' || verdict.counts[c] > 0).map(
    (c) => `${verdict.counts[c]} ${c}`,
  )
  if (verdict.leaks.length > 0) parts.push(`${verdict.leaks.length} LEAK`)
  if (verdict.deaths.length > 0) parts.push(`${verdict.deaths.length} DIED`)
  if (isBootFailure(verdict)) parts.push('BOOT FAILED')
  if (verdict.interrupted !== undefined) parts.push('INTERRUPTED')
  if (!verdict.finished) parts.push('UNFINISHED')
  if (verdict.evidenceLost.length > 0) parts.push('EVIDENCE LOST')
  if (verdict.faults.length > 0) parts.push('TOOL FAULT')
  if (verdict.rows.length === 0) parts.push('NOTHING SELECTED')
  return `--- ${parts.join(' / ')} ---`
}

/** A boot that was only interrupted has not failed. */
export function isBootFailure({ boot, interrupted }: Verdict): boolean {
  return boot?.ok === false && (interrupted === undefined || boot.failures.length > 0)
}

/** The whole ledger; ends with a line break. */
export function renderLedger(verdict: Verdict): string {
  return [...verdict.rows.map(renderRow), renderGateLine(verdict), ''].join('\n')
}
