/** What a person reads of claims, whatever the format. */
import { formatDuration } from '../kernel/units.ts'
import type { ClaimState, ClaimsReport, Evidence, Gate, GateRecord, NotedTree } from './types.ts'

export const STATE_WORDS: Readonly<Record<ClaimState, string>> = {
  proven: 'proven',
  partly: 'partly proven',
  unproven: 'not proven',
  'no-evidence': 'without evidence',
  broken: 'broken',
}

/** `2026-11-21 12:50 UTC`; what is no time as it is. */
export function tellTime(at: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(at)
  return match ? `${match[1]} ${match[2]} UTC` : at
}

/** `tree 1e13585f0a`, and whether it is a commit's. */
export function tellTree({ id, dirty }: NotedTree): string {
  return `tree ${id.slice(0, 10)}${dirty ? ' (uncommitted changes)' : ''}`
}

/** `20 of 22 proven, 1 partly proven, 1 broken` */
export function tellCounts({ claims, counts }: Pick<ClaimsReport, 'claims' | 'counts'>): string {
  const others = (['partly', 'unproven', 'no-evidence', 'broken'] as const)
    .filter((state) => counts[state] > 0)
    .map((state) => `${counts[state]} ${STATE_WORDS[state]}`)
  return [`${counts.proven} of ${claims.length} proven`, ...others].join(', ')
}

/** What stands in place of evidence, where there is none. */
export const tellNothing = ({ state }: { readonly state: ClaimState }): string =>
  state === 'no-evidence' ? 'nothing names it' : 'nothing that was run names it'

/** Where a piece of evidence comes from; which steps of a smoke is told apart from it. */
export function tellSource(evidence: Evidence): string {
  switch (evidence.kind) {
    case 'gate':
      return `gate ${evidence.gate}`
    case 'test':
      return `test "${evidence.test}"`
    case 'smoke': {
      const { smoke, steps, of } = evidence
      if (steps.length > 0) return `smoke ${smoke}, ${steps.length} of ${of} steps`
      return of > 1 ? `smoke ${smoke}, all ${of} steps` : `smoke ${smoke}`
    }
  }
}

/** How a gate came out, in a few words. */
export function tellOutcome(record: GateRecord, gate?: Gate): string {
  switch (record.outcome) {
    case 'passed':
      return `passed in ${formatDuration(record.ms)}`
    case 'failed':
      return record.signal === null ? `failed with exit code ${record.exitCode}` : `ended by ${record.signal}`
    case 'over-deadline':
      return `not over after ${formatDuration(gate?.deadlineMs ?? record.ms)}`
    case 'not-started':
      return `not started: ${record.note ?? 'no reason known'}`
    case 'interrupted':
      return 'interrupted'
  }
}

/** Claims that are not proven come first; each group in the file's order. */
export function sortClaims(claims: ClaimsReport['claims']): ClaimsReport['claims'] {
  const rank: Record<ClaimState, number> = {
    broken: 0,
    'no-evidence': 1,
    unproven: 2,
    partly: 3,
    proven: 4,
  }
  return claims.toSorted((a, b) => rank[a.state] - rank[b.state])
}
