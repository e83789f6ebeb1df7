/** Phase 3: what the parity probes say, one a suite. */
import type { ParityReport } from '../parity/types.ts'
import type { Figure, KnownGap, PhaseReport, PhaseState } from './types.ts'

/** One suite: its report, or why there is none. */
export type SuiteResult =
  | { readonly suite: string; readonly report: ParityReport }
  | { readonly suite: string; readonly fault: string }

/** @param fileOf where the report of a suite is kept, from the report's folder. */
export function judgeParity(
  results: readonly SuiteResult[],
  fileOf: (suite: string) => string,
): Omit<PhaseReport, 'ms'> {
  if (results.length === 0) {
    const reason = 'there is no suite of cases (parity/*.toml)'
    const base = { phase: 'parity', figures: [], gaps: [] } as const
    return { ...base, state: 'skipped', headline: reason, reasons: [`skipped: ${reason}`] }
  }
  const judged = results.map((result) => judgeSuite(result, fileOf(result.suite)))
  return {
    phase: 'parity',
    state: worst(judged.map(({ state }) => state)),
    headline: judged.map(({ headline }) => headline).join('; '),
    reasons: judged.flatMap(({ reasons }) => reasons),
    figures: judged.flatMap(({ figures }) => figures),
    gaps: judged.flatMap(({ gaps }) => gaps),
  }
}

const ORDER: readonly PhaseState[] = ['interrupted', 'unknown', 'failed', 'gaps', 'passed']

/** What cannot be judged is worse than what is known to be bad: it may be anything. */
const worst = (states: readonly PhaseState[]): PhaseState =>
  ORDER.find((state) => states.includes(state)) ?? 'unknown'

type JudgedSuite = Omit<PhaseReport, 'ms' | 'phase'>

function judgeSuite(result: SuiteResult, file: string): JudgedSuite {
  const { suite } = result
  if ('fault' in result) {
    const reason = `${suite}: ${result.fault}`
    return { state: 'unknown', headline: reason, reasons: [reason], figures: [], gaps: [] }
  }
  const { report } = result
  const state = stateOf(report)
  return {
    state,
    headline: `${suite}: ${report.headline}`,
    reasons: state === 'passed' || state === 'gaps' ? [] : listReasons(report),
    figures: listFigures(report, file),
    gaps: listGaps(report, file),
  }
}

function stateOf(report: ParityReport): PhaseState {
  if (report.interrupted !== undefined) return 'interrupted'
  if (report.verdict === 'unknown' || report.troubles.length > 0) return 'unknown'
  if (report.verdict === 'diverges') return 'failed'
  // A report without a case has compared nothing.
  if (report.counts.cases === 0) return 'unknown'
  return report.verdict === 'known-gaps' ? 'gaps' : 'passed'
}

function listReasons({ suite, headline, cases, troubles, interrupted, counts }: ParityReport): string[] {
  const unknown = cases.filter(({ verdict }) => verdict === 'unknown')
  const diverging = cases.filter(({ verdict }) => verdict === 'diverges')
  const reasons = [
    ...(interrupted === undefined ? [] : ['interrupted']),
    ...troubles.map((trouble) => trouble.headline),
    ...diverging.flatMap(({ name, divergences }) =>
      divergences
        .filter(({ gap }) => gap === undefined)
        .slice(0, 1)
        .map(({ path, left, right }) => `${name}: ${path}: ${left} beside ${right}`),
    ),
    ...unknown.map(({ name, unknown: why }) => `${name}: ${why[0] ?? 'it could not be compared'}`),
  ]
  const told = reasons.length > 0 ? reasons : [counts.cases === 0 ? 'it has no case' : headline]
  return told.map((reason) => `${suite}: ${reason}`)
}

function listFigures({ suite, counts }: ParityReport, file: string): Figure[] {
  const figure = (name: string, value: number, field: string): Figure => ({
    name: `${suite}: ${name}`,
    value,
    source: { file, field },
  })
  return [
    figure('cases', counts.cases, 'counts.cases'),
    figure('status codes that match', counts.status.match, 'counts.status.match'),
    figure('body shapes that diverge', counts.shape.diverges, 'counts.shape.diverges'),
    figure('new divergences', counts.divergences.new, 'counts.divergences.new'),
    figure('known divergences', counts.divergences.known, 'counts.divergences.known'),
    figure('cases that could not be compared', counts.verdicts.unknown, 'counts.verdicts.unknown'),
  ]
}

function listGaps({ gaps }: ParityReport, file: string): KnownGap[] {
  return gaps.map(({ id, reason, date, state }, index) => ({
    id,
    text: `${reason} (known since ${date})`,
    state: state === 'closed' ? 'closed' : state === 'unknown' ? 'unknown' : 'open',
    source: { file, field: `gaps[${index}]` },
  }))
}
