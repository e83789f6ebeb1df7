/** From cases to counts, the line to quote, the verdict and the exit code. */
import type {
  Aspect,
  CaseReport,
  CaseVerdict,
  GapReport,
  GapState,
  Outcome,
  OutcomeCounts,
  ParityCounts,
  ParityReport,
  ParityVerdict,
  Trouble,
} from './types.ts'

/**
 * Each case counts once in every aspect, and in one verdict. A divergence is known when a gap explains it; those that
 * were too many to be listed count as new.
 */
export function countParity(cases: readonly CaseReport[], gaps: readonly GapReport[]): ParityCounts {
  const outcomes = (aspect: keyof CaseReport['outcomes']): OutcomeCounts => {
    const count = (outcome: Outcome) => cases.filter((one) => one.outcomes[aspect] === outcome).length
    return { match: count('match'), diverges: count('diverges'), unknown: count('unknown') }
  }
  const verdicts = (verdict: CaseVerdict) => cases.filter((one) => one.verdict === verdict).length
  const states = (state: GapState) => gaps.filter((gap) => gap.state === state).length
  const divergences = cases.flatMap((one) => one.divergences)
  const unlisted = sum(cases.map(({ moreDivergences }) => moreDivergences))
  const known = divergences.filter(({ gap }) => gap !== undefined).length
  return {
    cases: cases.length,
    status: outcomes('status'),
    mediaType: outcomes('mediaType'),
    shape: outcomes('shape'),
    value: outcomes('value'),
    verdicts: {
      match: verdicts('match'),
      known: verdicts('known'),
      diverges: verdicts('diverges'),
      unknown: verdicts('unknown'),
    },
    divergences: { new: divergences.length - known + unlisted, known },
    gaps: {
      open: states('open'),
      'partly-closed': states('partly-closed'),
      closed: states('closed'),
      unknown: states('unknown'),
    },
    noise: sum(cases.map(({ noise }) => noise.length)),
    unproven: sum(cases.map(({ unproven }) => unproven.length)),
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

/**
 * `6/6 status codes match · 5/6 body shapes diverge`. Media types and values are named only where they diverge by
 * themselves: values of which the shapes already differ are not counted twice.
 */
export function renderHeadline(cases: readonly CaseReport[], counts: ParityCounts): string {
  const all = counts.cases
  const share = ({ match, diverges }: OutcomeCounts, noun: string): string =>
    diverges > 0 ? `${diverges}/${all} ${noun} diverge` : `${match}/${all} ${noun} match`
  const having = (...aspects: readonly Aspect[]): number =>
    cases.filter(({ divergences }) => divergences.some(({ aspect }) => aspects.includes(aspect))).length
  const values = having('value', 'pattern')
  const { unknown } = counts.verdicts
  return [
    share(counts.status, 'status codes'),
    ...(counts.mediaType.diverges > 0 ? [share(counts.mediaType, 'media types')] : []),
    share(counts.shape, 'body shapes'),
    ...(values > 0 ? [`${values}/${all} body values diverge`] : []),
    ...(unknown > 0 ? [`${unknown}/${all} unknown`] : []),
  ].join(' · ')
}

/**
 * What is not known comes first: nobody may take it for a match, nor for a finding. Answers of a daemon that died, or
 * whose port a stranger took, are not known to be its own.
 */
export function judgeParity(counts: ParityCounts, troubles: readonly Trouble[]): ParityVerdict {
  const doubtful = troubles.some(({ kind }) => kind === 'died' || kind === 'not-up')
  if (counts.verdicts.unknown > 0 || doubtful) return 'unknown'
  if (counts.divergences.new > 0) return 'diverges'
  return counts.divergences.known > 0 ? 'known-gaps' : 'match'
}

/** docs/exit-codes.md; the first that holds of: tool fault, interrupted, not up, failed, passed. */
export function chooseExitCode(report: Pick<ParityReport, 'verdict' | 'troubles' | 'interrupted'>): number {
  const has = (...kinds: readonly ParityReport['troubles'][number]['kind'][]) =>
    report.troubles.some(({ kind }) => kinds.includes(kind))
  if (has('fault')) return 70
  if (report.interrupted !== undefined) return report.interrupted === 'SIGINT' ? 130 : 143
  if (has('not-up', 'died') || report.verdict === 'unknown') return 3
  return has('leak') || report.verdict === 'diverges' ? 1 : 0
}
