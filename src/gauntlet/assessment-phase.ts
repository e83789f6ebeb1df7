/** Phase 4: what the claims, gates, risks and decisions say, and all facts together. */

import type { ClaimsReport } from '../claims/types.ts'
import { tellCounts } from '../claims/words.ts'
import { RULES } from './rules.ts'
import { type Facts, type Figure, PHASES, type PhaseReport } from './types.ts'

/** @param file where the claims report is kept, from the report's folder. */
export function judgeClaims(report: ClaimsReport, file: string): Omit<PhaseReport, 'ms'> {
  const gates = gateFacts(report)
  const notPassed = gates.filter(({ outcome }) => outcome !== 'passed')
  const facts = gatherFacts({ phases: [], claims: report, interrupted: false, moved: undefined })
  const found = (rules: ReadonlySet<string>): string[] =>
    RULES.filter(({ id }) => rules.has(id)).flatMap((rule) => rule.find(facts))
  const [holds, gaps] = [found(HOLDING), found(LASTING)]
  return {
    phase: 'assessment',
    state: holds.length > 0 ? 'failed' : gaps.length > 0 ? 'gaps' : 'passed',
    headline: `claims: ${tellCounts(report)}; gates: ${gates.length - notPassed.length} of ${gates.length} passed`,
    reasons: holds.length > 0 ? holds : gaps,
    figures: listFigures(report, file),
    gaps: [],
  }
}

/** The rules that claims, gates, risks and decisions decide. */
const HOLDING: ReadonlySet<string> = new Set(['H6', 'H7', 'H8', 'H9'])
const LASTING: ReadonlySet<string> = new Set(['G3', 'G4', 'G5', 'G6'])

function listFigures(report: ClaimsReport, file: string): Figure[] {
  const figure = (name: string, value: number, field: string): Figure => ({
    name,
    value,
    source: { file, field },
  })
  const open = report.risks.filter(({ state }) => state === 'open').length
  const decisions = report.decisions.filter(({ state }) => state === 'open').length
  return [
    figure('claims', report.claims.length, 'claims.length'),
    figure('claims proven', report.counts.proven, 'counts.proven'),
    figure('claims partly proven', report.counts.partly, 'counts.partly'),
    figure('claims not proven', report.counts.unproven, 'counts.unproven'),
    figure('claims without evidence', report.counts['no-evidence'], 'counts["no-evidence"]'),
    figure('claims broken', report.counts.broken, 'counts.broken'),
    figure('gates', report.gates.length, 'gates.length'),
    figure(
      'gates passed',
      gateFacts(report).filter(({ outcome }) => outcome === 'passed').length,
      'count of gates[].last.outcome = "passed" without gates[].stale',
    ),
    figure('risks open', open, 'count of risks[].state = "open"'),
    figure('decisions open', decisions, 'count of decisions[].state = "open"'),
  ]
}

/** Each gate with its last result; one that does not count for this state was not run. */
function gateFacts({ gates }: Pick<ClaimsReport, 'gates'>): Facts['gates'] {
  return gates.map(({ id, last, stale }) => ({
    id,
    outcome:
      last === undefined || (last.outcome === 'passed' && stale !== undefined) ? 'not-run' : last.outcome,
  }))
}

export interface Gathered {
  readonly phases: readonly PhaseReport[]
  readonly claims: ClaimsReport | undefined
  readonly interrupted: boolean
  readonly moved: boolean | undefined
}

/** All that the verdict rests on. */
export function gatherFacts({ phases, claims, interrupted, moved }: Gathered): Facts {
  const named = PHASES.flatMap((phase) => {
    const report = phases.find((one) => one.phase === phase)
    return report ? [[phase, { state: report.state, reasons: report.reasons }] as const] : []
  })
  return {
    interrupted,
    moved,
    phases: Object.fromEntries(named),
    gaps: phases.flatMap(({ gaps }) => gaps),
    claims: (claims?.claims ?? []).map(({ id, severity, state }) => ({ id, severity, state })),
    gates: claims ? gateFacts(claims) : [],
    strangers: claims?.strangers.length ?? 0,
    risks: (claims?.risks ?? []).map(({ id, severity, state }) => ({ id, severity, state })),
    decisions: (claims?.decisions ?? []).map(({ id, state, blocks }) => ({ id, state, blocks })),
  }
}
