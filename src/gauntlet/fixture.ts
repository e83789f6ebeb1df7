/** For the tests of this room: results of phases and reports in few words. */
import { assessClaims } from '../claims/assess.ts'
import { claim, claimsFile, found, gate, record, row, runOf, TREE } from '../claims/fixture.ts'
import type { ClaimsReport } from '../claims/types.ts'
import type { ParityReport } from '../parity/types.ts'
import type { ReviewReport } from '../review/types.ts'
import type { ChainResult } from './chain-phase.ts'
import type { Facts } from './types.ts'

export const greenChain = (): ChainResult => ({ ledger: runOf([row('d1', ['a'])]).ledger, exitCode: 0 })

/** One claim that a smoke and a gate prove; nothing else. */
export const goodClaims = (more: Parameters<typeof claimsFile>[0] = {}): ClaimsReport =>
  assessClaims(
    found({
      file: claimsFile({ claims: [claim('a', { severity: 'high' })], gates: [gate('g', 'a')], ...more }),
      run: runOf([row('d1', ['a'])]),
      records: new Map([['g', record('g')]]),
      tree: TREE,
    }),
  )

const ZERO = { match: 0, diverges: 0, unknown: 0 }

export const parityReport = (more: Partial<ParityReport> = {}): ParityReport => ({
  schema: 1,
  suite: 'till',
  file: '/shop/parity/till.toml',
  gapsFile: null,
  at: '2026-11-20T10:10:00.000Z',
  ms: 20,
  left: { label: 'old', url: 'http://127.0.0.1:1' },
  right: { label: 'new', url: 'http://127.0.0.1:2' },
  verdict: 'match',
  exitCode: 0,
  headline: '6/6 status codes match · 6/6 body shapes match',
  counts: {
    cases: 6,
    status: { ...ZERO, match: 6 },
    mediaType: { ...ZERO, match: 6 },
    shape: { ...ZERO, match: 6 },
    value: { ...ZERO, match: 6 },
    verdicts: { match: 6, known: 0, diverges: 0, unknown: 0 },
    divergences: { new: 0, known: 0 },
    gaps: { open: 0, 'partly-closed': 0, closed: 0, unknown: 0 },
    noise: 0,
    unproven: 0,
  },
  cases: [],
  gaps: [],
  troubles: [],
  ...more,
})

export const reviewReport = (more: Partial<ReviewReport> = {}): ReviewReport => ({
  schema: 1,
  label: 'a-b',
  startedAt: '2026-11-20T10:05:00.000Z',
  elapsedMs: 40,
  source: { kind: 'range', range: 'a..b', from: 'a', to: 'b', commits: 3 },
  diff: { bytes: 100, sha256: '0', files: 1, hunks: 1 },
  hunks: { sent: 1, leftOut: 0, split: 0 },
  guard: { warnBytes: 60_000, refuseBytes: 100_000, overridden: false },
  bundles: [],
  leftOut: [],
  reviewers: [],
  answers: [],
  denominator: { verdicts: 2, asked: 2, lineagesHeard: 2, lineages: 2, unheard: [] },
  locations: [],
  outcome: 'clear',
  reasons: [],
  warnings: [],
  files: {
    folder: '/shop/reports/review/2026-11-20',
    tallyJson: 'a-b/tally.json',
    tallyMarkdown: 'a-b/tally.md',
  },
  ...more,
})

/** Everything passed, nothing is known to be wrong. */
export const facts = (more: Partial<Facts> = {}): Facts => ({
  interrupted: false,
  moved: false,
  phases: {
    chain: { state: 'passed', reasons: [] },
    review: { state: 'passed', reasons: [] },
    parity: { state: 'passed', reasons: [] },
    assessment: { state: 'passed', reasons: [] },
  },
  gaps: [],
  claims: [{ id: 'a', severity: 'high', state: 'proven' }],
  gates: [{ id: 'g', outcome: 'passed' }],
  strangers: 0,
  risks: [],
  decisions: [],
  ...more,
})
