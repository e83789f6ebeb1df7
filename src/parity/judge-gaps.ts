/** Holds divergences against the known gaps: what is known, what is new, which gap has closed. */
import type { KnownGap } from './gap-types.ts'
import type { CaseReport, Divergence, GapReport, GapState } from './types.ts'

export interface Judged {
  readonly cases: readonly CaseReport[]
  readonly gaps: readonly GapReport[]
}

/** A case all of whose divergences are known becomes `known`. */
export function judgeGaps(cases: readonly CaseReport[], gaps: readonly KnownGap[]): Judged {
  return {
    cases: cases.map((one) =>
      judgeCase(
        one,
        gaps.filter((gap) => gap.case === one.name),
      ),
    ),
    gaps: gaps.map((gap) =>
      describeGap(
        gap,
        cases.find(({ name }) => name === gap.case),
      ),
    ),
  }
}

function judgeCase(one: CaseReport, gaps: readonly KnownGap[]): CaseReport {
  const divergences = one.divergences.map((divergence): Divergence => {
    const gap = gaps.find((known) => covers(known, divergence))
    return gap === undefined ? divergence : { ...divergence, gap: gap.id }
  })
  const allKnown = one.moreDivergences === 0 && divergences.every(({ gap }) => gap !== undefined)
  return { ...one, divergences, verdict: one.verdict === 'diverges' && allKnown ? 'known' : one.verdict }
}

function covers(gap: KnownGap, { aspect, path, left, right }: Divergence): boolean {
  return (
    gap.paths.includes(path) &&
    (gap.aspect === undefined || gap.aspect === aspect) &&
    (gap.left === undefined || gap.left === left) &&
    (gap.right === undefined || gap.right === right)
  )
}

/** @param one undefined: the case was not selected. */
function describeGap(gap: KnownGap, one: CaseReport | undefined): GapReport {
  const { id, case: name, reason, date } = gap
  const open = gap.paths.filter((path) =>
    one?.divergences.some((divergence) => divergence.path === path && covers(gap, divergence)),
  )
  const about = { id, case: name, reason, date, openPaths: open }
  // Of a case that could not be compared, or not wholly, nothing can be said to have closed.
  const compared = one !== undefined && one.verdict !== 'unknown' && one.moreDivergences === 0
  const rest = gap.paths.filter((path) => !open.includes(path))
  const closed = compared ? rest.filter((path) => !isUndecided(path, one)) : []
  return { ...about, state: stateOf(open, rest, closed), closedPaths: closed }
}

function stateOf(open: readonly string[], rest: readonly string[], closed: readonly string[]): GapState {
  if (rest.length === 0) return 'open'
  if (closed.length === 0) return open.length > 0 ? 'open' : 'unknown'
  return closed.length === rest.length && open.length === 0 ? 'closed' : 'partly-closed'
}

/** What is noise or unproven there, or above, has not been seen to agree. */
function isUndecided(path: string, { noise, unproven }: CaseReport): boolean {
  return [...noise, ...unproven].some(
    ({ path: above }) => path === above || (path.startsWith(above) && /^[.[]/.test(path.slice(above.length))),
  )
}
