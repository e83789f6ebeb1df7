import { describe, expect, it } from 'vitest'
import { failure, row, runOf } from '../claims/fixture.ts'
import type { LedgerDocument } from '../ledger/json.ts'
import type { CaseReport, ParityReport } from '../parity/types.ts'
import { judgeClaims } from './assessment-phase.ts'
import { explain, judgeChain } from './chain-phase.ts'
import { goodClaims, greenChain, parityReport, reviewReport } from './fixture.ts'
import { judgeParity } from './parity-phase.ts'
import { judgeReview } from './review-phase.ts'

const ledgerOf = (rows: Parameters<typeof runOf>[0], more: Partial<LedgerDocument> = {}): LedgerDocument => ({
  ...runOf(rows).ledger,
  ...more,
})
const tagged = (tag: string, headline: string) => ({ ...failure(headline), tag })

describe('phase 1', () => {
  it('passes only for a green ledger', () => {
    expect(judgeChain(greenChain(), 'l.json')).toMatchObject({ state: 'passed', reasons: [] })
    // A skipped smoke ends with exit code 0, and proves nothing.
    const skipped = ledgerOf([row('d1', [], { class: 'SKIP', reason: 'no network' })], { exitCode: 0 })
    expect(judgeChain({ ledger: skipped, exitCode: 0 }, 'l.json')).toMatchObject({
      state: 'failed',
      reasons: ['d1 is SKIP: no network'],
    })
  })
  it('tells the boot first, and no consequences', () => {
    const blocked = row('d1', [], { class: 'BLOCKED', failures: [tagged('blocked', 'd1 is blocked')] })
    const boot = {
      ok: false,
      ms: 1,
      failures: [
        tagged('needs-failed', 'api was not started'),
        { ...tagged('exited-before-ready', 'web exited'), detail: ['its last words'] },
      ],
    }
    expect(explain(ledgerOf([blocked], { boot }))).toEqual({
      reasons: ['web exited'],
      detail: ['its last words'],
    })
  })
  it('tells the first failure of each smoke, then deaths, leaks and what was lost', () => {
    const rows = [row('d1', [], { class: 'FAIL', failures: [failure('d1: no'), failure('d1: nor this')] })]
    const more = {
      deaths: [failure('web died')],
      leaks: [failure('PID 7 is left')],
      evidenceLost: [failure('the disk is full')],
      faults: [failure('a bug')],
    }
    expect(explain(ledgerOf(rows, more)).reasons).toEqual([
      'a bug',
      'd1: no',
      'web died',
      'PID 7 is left',
      'the disk is full',
    ])
  })
  it('is never without a reason when it is not green', () => {
    const ledger = ledgerOf([row('d1', [])], {
      green: false,
      gateLine: '--- 1 PASS / 0 FAIL / UNFINISHED ---',
    })
    expect(judgeChain({ ledger, exitCode: 70 }, 'l').reasons).toEqual([
      'the chain is not green: --- 1 PASS / 0 FAIL / UNFINISHED ---',
    ])
  })
  it('is interrupted, or failed when it never began', () => {
    const ledger = ledgerOf([row('d1', [])], { green: false, interrupted: 'SIGINT' })
    expect(judgeChain({ ledger, exitCode: 130 }, 'l').state).toBe('interrupted')
    expect(judgeChain({ exitCode: 3 }, '')).toMatchObject({
      state: 'failed',
      reasons: ['the chain did not begin: verify ended with exit code 3'],
    })
    expect(judgeChain({ exitCode: 3, reason: 'web cannot bind 127.0.0.1:80' }, '').headline).toBe(
      'the chain did not begin: web cannot bind 127.0.0.1:80',
    )
  })
  it('gives the source of each figure', () =>
    expect(judgeChain(greenChain(), 'x.d/ledger.json').figures).toContainEqual({
      name: 'smokes passed',
      value: 1,
      source: { file: 'x.d/ledger.json', field: 'counts.PASS' },
    }))
})

describe('phase 2', () => {
  it.each([
    ['clear', 'passed'],
    ['blocking', 'failed'],
    ['incomplete', 'unknown'],
  ] as const)('a review that is %s: %s', (outcome, state) =>
    expect(
      judgeReview({ kind: 'report', report: reviewReport({ outcome }), unseen: [] }, 'r.json').state,
    ).toBe(state),
  )
  it.each([
    ['clear', 'gaps', ['two commits were not reviewed']],
    ['blocking', 'failed', ['the review is blocking']],
  ] as const)('a review that is %s and has not seen everything: %s', (outcome, state, reasons) =>
    expect(
      judgeReview(
        {
          kind: 'report',
          report: reviewReport({ outcome, reasons: [] }),
          unseen: ['two commits were not reviewed'],
        },
        'r.json',
      ),
    ).toMatchObject({ state, reasons }),
  )
  it('without reviewers it is skipped, and says so; one that came to nothing is unknown', () => {
    expect(judgeReview({ kind: 'skipped', reason: 'nobody' }, '')).toMatchObject({
      state: 'skipped',
      headline: 'nobody',
      reasons: ['skipped: nobody'],
    })
    expect(judgeReview({ kind: 'failed', reason: 'no endpoint' }, '').state).toBe('unknown')
    expect(judgeReview({ kind: 'interrupted' }, '').state).toBe('interrupted')
  })
})

const caseOf = (more: Partial<CaseReport>): CaseReport => ({
  name: 'a receipt',
  request: { method: 'GET', path: '/' },
  verdict: 'match',
  unknown: [],
  left: { asked: 2 },
  right: { asked: 2 },
  outcomes: { status: 'match', mediaType: 'match', shape: 'match', value: 'match' },
  divergences: [],
  moreDivergences: 0,
  noise: [],
  unproven: [],
  notes: [],
  views: [],
  ...more,
})

describe('phase 3', () => {
  const judge = (more: Partial<ParityReport>) =>
    judgeParity([{ suite: 'parity/till.toml', report: parityReport(more) }], () => 'p.json')

  it('a match passes; known gaps are told with their source', () => {
    expect(judge({})).toMatchObject({ state: 'passed', reasons: [], gaps: [] })
    const gap = {
      id: 'k',
      case: 'a',
      reason: 'it differs',
      date: '2026-11-01',
      openPaths: [],
      closedPaths: [],
    }
    expect(
      judge({
        verdict: 'known-gaps',
        gaps: [
          { ...gap, state: 'open' },
          { ...gap, id: 'l', state: 'closed' },
        ],
      }),
    ).toMatchObject({
      state: 'gaps',
      gaps: [
        {
          id: 'k',
          state: 'open',
          text: 'it differs (known since 2026-11-01)',
          source: { file: 'p.json', field: 'gaps[0]' },
        },
        { id: 'l', state: 'closed', source: { field: 'gaps[1]' } },
      ],
    })
  })
  it('a new divergence fails, at its path', () => {
    const divergence = {
      aspect: 'shape',
      path: '$.total',
      at: '$.total',
      places: 1,
      left: 'int',
      right: 'string',
    } as const
    expect(
      judge({
        verdict: 'diverges',
        cases: [
          caseOf({
            verdict: 'diverges',
            divergences: [{ ...divergence, path: '$.id', gap: 'k' }, divergence],
          }),
        ],
      }),
    ).toMatchObject({ state: 'failed', reasons: ['till: a receipt: $.total: int beside string'] })
  })
  it('what could not be compared is unknown, never a match', () => {
    expect(
      judge({ verdict: 'unknown', cases: [caseOf({ verdict: 'unknown', unknown: ['right is down'] })] }),
    ).toMatchObject({ state: 'unknown', reasons: ['till: a receipt: right is down'] })
    expect(judge({ troubles: [{ kind: 'died', headline: 'new died', detail: [] }] })).toMatchObject({
      state: 'unknown',
      reasons: ['till: new died'],
    })
    expect(judge({ counts: { ...parityReport().counts, cases: 0 } })).toMatchObject({
      state: 'unknown',
      reasons: ['till: it has no case'],
    })
    expect(judge({ interrupted: 'SIGINT' }).state).toBe('interrupted')
  })
  it('a suite that is broken makes the phase unknown, whatever the others say', () =>
    expect(
      judgeParity(
        [
          { suite: 'parity/till.toml', report: parityReport() },
          { suite: 'parity/door.toml', fault: 'a key is unknown' },
        ],
        () => 'p.json',
      ),
    ).toMatchObject({ state: 'unknown', reasons: ['parity/door.toml: a key is unknown'] }))
  it('without a suite it is skipped', () =>
    expect(judgeParity([], () => '')).toMatchObject({
      state: 'skipped',
      reasons: ['skipped: there is no suite of cases (parity/*.toml)'],
    }))
})

describe('phase 4', () => {
  it('passes when every claim is proven and every gate passed', () =>
    expect(judgeClaims(goodClaims(), 'c.json')).toMatchObject({ state: 'passed', reasons: [] }))
  it('fails with its reasons, or has gaps', () => {
    const risk = { id: 'r', sentence: 's', closes: 'c', claims: [], state: 'open' } as const
    expect(judgeClaims(goodClaims({ risks: [{ ...risk, severity: 'high' }] }), 'c')).toMatchObject({
      state: 'failed',
      reasons: ['risk r is open'],
    })
    expect(judgeClaims(goodClaims({ risks: [{ ...risk, severity: 'low' }] }), 'c')).toMatchObject({
      state: 'gaps',
      reasons: ['risk r (low) is open'],
    })
  })
})
