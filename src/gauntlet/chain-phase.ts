/** Phase 1: what the ledger of a run of the full chain says. */
import type { LedgerDocument } from '../ledger/json.ts'
import type { Figure, PhaseReport } from './types.ts'

/** `ledger` absent: the run never began, and said why on standard error. */
export interface ChainResult {
  readonly ledger?: LedgerDocument
  readonly exitCode: number
  /** In one line, why it never began. */
  readonly reason?: string
}

type Failure = LedgerDocument['leaks'][number]

/** @param file where the ledger is kept, from the report's folder. */
export function judgeChain(
  { ledger, exitCode, reason: why }: ChainResult,
  file: string,
): Omit<PhaseReport, 'ms'> {
  const base = { phase: 'chain', gaps: [] } as const
  if (ledger === undefined) {
    const reason = `the chain did not begin: ${why ?? `verify ended with exit code ${exitCode}`}`
    return { ...base, state: 'failed', headline: reason, reasons: [reason], figures: [] }
  }
  const facts = { ...base, headline: ledger.gateLine, figures: listFigures(ledger, file) }
  if (ledger.interrupted !== undefined) {
    return { ...facts, state: 'interrupted', reasons: [`interrupted (${ledger.interrupted})`] }
  }
  if (ledger.green) return { ...facts, state: 'passed', reasons: [] }
  const { reasons, detail } = explain(ledger)
  return { ...facts, state: 'failed', reasons, detail }
}

function listFigures(ledger: LedgerDocument, file: string): Figure[] {
  const figure = (name: string, value: Figure['value'], field: string): Figure => ({
    name,
    value,
    source: { file, field },
  })
  const sum = (of: (row: LedgerDocument['rows'][number]) => number): number =>
    ledger.rows.reduce((total, row) => total + of(row), 0)
  return [
    figure('smokes of the chain', ledger.chain.length, 'chain.length'),
    figure('smokes passed', ledger.counts.PASS, 'counts.PASS'),
    figure('smokes failed', ledger.counts.FAIL, 'counts.FAIL'),
    figure('smokes blocked', ledger.counts.BLOCKED, 'counts.BLOCKED'),
    figure('smokes skipped', ledger.counts.SKIP, 'counts.SKIP'),
    figure('smokes not run', ledger.counts['NOT RUN'], 'counts["NOT RUN"]'),
    figure(
      'steps',
      sum(({ steps }) => steps),
      'sum of rows[].steps',
    ),
    figure(
      'expectations',
      sum(({ expectations }) => expectations),
      'sum of rows[].expectations',
    ),
    figure('leaks', ledger.leaks.length, 'leaks.length'),
    figure('deaths between smokes', ledger.deaths.length, 'deaths.length'),
    figure('chain seconds', Math.round(ledger.ms / 100) / 10, 'ms / 1000'),
  ]
}

/** The first cause first: what the others follow from. One line each; `detail` is more about the first. */
export function explain(ledger: LedgerDocument): Required<Pick<PhaseReport, 'reasons' | 'detail'>> {
  const boot = (ledger.boot?.failures ?? []).filter(isCause)
  const rows = ledger.rows.filter((row) => row.class === 'FAIL' || row.class === 'BLOCKED')
  const smokes = rows.flatMap((row) => row.failures.filter(isCause).slice(0, 1))
  const failures = [
    ...ledger.faults,
    ...boot,
    ...smokes,
    ...ledger.deaths,
    ...ledger.leaks,
    ...ledger.evidenceLost,
  ]
  const idle = ledger.rows
    .filter((row) => row.class === 'SKIP' || row.class === 'NOT RUN')
    .map(
      ({ smoke, class: verdict, reason }) =>
        `${smoke} is ${verdict}${reason === undefined ? '' : `: ${reason}`}`,
    )
  const told = [...new Set([...failures.map(({ headline }) => headline), ...idle])]
  return {
    reasons: told.length > 0 ? told : [`the chain is not green: ${ledger.gateLine}`],
    detail: (failures[0]?.detail ?? []).slice(0, MOST_DETAIL),
  }
}

const MOST_DETAIL = 20

/** What only follows from another failure is no cause. */
const isCause = ({ tag }: Failure): boolean => tag !== 'needs-failed' && tag !== 'blocked'
