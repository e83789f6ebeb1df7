import { describe, expect, it } from 'vitest'
import { assessClaims, stateOf } from './assess.ts'
import { claim, claimsFile, failure, found, gate, OTHER_TREE, record, row, runOf } from './fixture.ts'
import type { ClaimState, Evidence, EvidenceResult } from './types.ts'

const of = (kind: 'smoke' | 'test' | 'gate', result: EvidenceResult): Evidence => {
  if (kind === 'gate') return { kind, gate: 'g', result }
  if (kind === 'test') return { kind, test: 't', report: '/r.json', result }
  return { kind, smoke: 's', run: 'r', steps: [], of: 1, result }
}

describe('the state of a claim', () => {
  const RESULTS: readonly EvidenceResult[] = ['PASS', 'FAIL', 'BLOCKED', 'SKIP', 'NOT RUN']
  const KINDS = ['smoke', 'test', 'gate'] as const

  it.each(KINDS.flatMap((kind) => RESULTS.map((result) => [kind, result] as const)))(
    'of one %s that is %s',
    (kind, result) => {
      const expected = result === 'PASS' ? 'proven' : result === 'FAIL' ? 'broken' : 'unproven'
      expect(stateOf([of(kind, result)], true)).toBe(expected)
    },
  )

  it.each<[string, ClaimState, Evidence[], whole?: boolean]>([
    ['nothing', 'no-evidence', []],
    ['nothing in a part of the chain', 'unproven', [], false],
    ['all pass', 'proven', [of('smoke', 'PASS'), of('test', 'PASS'), of('gate', 'PASS')]],
    ['one fails', 'broken', [of('smoke', 'PASS'), of('gate', 'FAIL')]],
    ['one fails, the rest was not taken', 'broken', [of('smoke', 'FAIL'), of('smoke', 'NOT RUN')]],
    ['a gate that was not run takes nothing', 'proven', [of('smoke', 'PASS'), of('gate', 'NOT RUN')]],
    ['a smoke that was not run does', 'partly', [of('smoke', 'PASS'), of('smoke', 'NOT RUN')]],
    ['a blocked one does', 'partly', [of('smoke', 'PASS'), of('smoke', 'BLOCKED')]],
    ['a skipped test does', 'partly', [of('smoke', 'PASS'), of('test', 'SKIP')]],
    ['only a gate passed', 'partly', [of('gate', 'PASS'), of('smoke', 'SKIP')]],
    ['a part of the chain', 'partly', [of('smoke', 'PASS')], false],
    ['a part of the chain, and no smoke', 'proven', [of('gate', 'PASS')], false],
    ['a part of the chain, and a failure', 'broken', [of('smoke', 'FAIL')], false],
  ])('%s: %s', (_, state, evidence, whole = true) => expect(stateOf(evidence, whole)).toBe(state))
})

const assess = (...rows: Parameters<typeof runOf>[0]) => assessClaims(found({ run: runOf(rows) }))
const stepOf = (title: string, ok: boolean, claims?: string[], at?: number) => ({
  title,
  ok,
  ms: 1,
  expectations: 1,
  ...(claims && { claims }),
  ...(at !== undefined && { failure: at }),
})

describe('a smoke as evidence', () => {
  it('says which run, when, on which tree, and which steps', () => {
    const steps = [stepOf('one', true), stepOf('two', true, ['a'])]
    const [report] = assess(row('d1', ['a'], { stepList: steps })).claims
    expect(report).toMatchObject({
      state: 'proven',
      evidence: [
        {
          kind: 'smoke',
          smoke: 'd1',
          run: '20261120T100200.000Z-ab12cd',
          result: 'PASS',
          at: '2026-11-20T10:02:00.000Z',
          tree: { id: 'a'.repeat(40), dirty: false },
          steps: [{ title: 'two', ok: true }],
          of: 3,
        },
      ],
    })
  })

  it('fails the claim when the step for it failed, or one that is for no claim', () => {
    for (const claims of [['a'], undefined, ['a', 'b']]) {
      const stepList = [stepOf('one', false, claims, 0)]
      const report = assess(row('d1', ['a'], { class: 'FAIL', stepList, failures: [failure('oh')] }))
      expect(report.claims[0]).toMatchObject({ state: 'broken', evidence: [{ result: 'FAIL', note: 'oh' }] })
    }
  })

  it('says nothing when only a step for another claim failed', () => {
    const stepList = [stepOf('one', true, ['a']), stepOf('two', false, ['b'], 0)]
    const report = assess(row('d1', ['a', 'b'], { class: 'FAIL', stepList, failures: [failure('oh')] }))
    expect(report.claims[0]).toMatchObject({ state: 'unproven', evidence: [{ result: 'NOT RUN' }] })
  })

  it('fails the claim when something beside its steps went wrong, too', () => {
    const stepList = [stepOf('two', false, ['b'], 0)]
    const failures = [failure('oh'), failure('queryd died')]
    const report = assess(row('d1', ['a', 'b'], { class: 'FAIL', stepList, failures }))
    expect(report.claims[0]?.state).toBe('broken')
  })
})

describe('a gate as evidence', () => {
  const withGate = (last?: Parameters<typeof record>[1], more = {}) =>
    assessClaims(
      found({
        file: claimsFile({ gates: [gate('g', 'a')] }),
        records: new Map(last ? [['g', record('g', last)]] : []),
        ...more,
      }),
    )
  it.each([
    ['passed', {}, 'proven', 'PASS'],
    ['failed', { outcome: 'failed', exitCode: 2 }, 'broken', 'FAIL'],
    ['over its deadline', { outcome: 'over-deadline', exitCode: null }, 'broken', 'FAIL'],
    ['never started', { outcome: 'not-started', exitCode: null }, 'broken', 'FAIL'],
    ['interrupted', { outcome: 'interrupted', exitCode: null }, 'unproven', 'NOT RUN'],
    ['of another tree', { tree: OTHER_TREE }, 'unproven', 'NOT RUN'],
    ['of another command', { command: ['false'] }, 'unproven', 'NOT RUN'],
    ['failed on another tree', { outcome: 'failed', exitCode: 1, tree: OTHER_TREE }, 'broken', 'FAIL'],
  ] as const)('%s', (_, last, state, result) =>
    expect(withGate(last).claims[0]).toMatchObject({ state, evidence: [{ kind: 'gate', result }] }),
  )

  it('never run: not proven, and said so', () =>
    expect(withGate().claims[0]).toMatchObject({
      state: 'unproven',
      evidence: [{ result: 'NOT RUN', note: 'it was never run here' }],
    }))

  it('counts when it passed on the tree of the run, though that is not the working state any more', () =>
    expect(withGate({}, { tree: OTHER_TREE, run: runOf([row('d1', ['a'])]) }).claims[0]?.state).toBe(
      'proven',
    ))

  it('counts where no tree is known', () => {
    const { tree: _, ...without } = found({
      file: claimsFile({ gates: [gate('g', 'a')] }),
      records: new Map([['g', record('g')]]),
    })
    expect(assessClaims(without).claims[0]?.state).toBe('proven')
  })
})

describe('the exit code', () => {
  it('is 0 when every claim is proven', () => expect(assess(row('d1', ['a'])).exitCode).toBe(0))

  it('is 1 when one is not', () =>
    expect(
      assessClaims(
        found({ file: claimsFile({ claims: [claim('a'), claim('b')] }), run: runOf([row('d1', ['a'])]) }),
      ),
    ).toMatchObject({ exitCode: 1, counts: { proven: 1, 'no-evidence': 1 } }))

  it('is 1 when evidence names a claim that is not there', () => {
    const stepList = [stepOf('one', true, ['aa'])]
    const report = assess(row('d1', ['a', 'loopback'], { stepList }))
    expect(report.exitCode).toBe(1)
    expect(report.strangers).toEqual([
      { claim: 'loopback', named: 'smoke d1' },
      { claim: 'aa', named: 'smoke d1, step "one"', nearest: 'a' },
    ])
  })

  it('is 1 without any run', () => expect(assessClaims(found()).exitCode).toBe(1))
})

describe('a test as evidence', () => {
  const report = (result: 'PASS' | 'FAIL' | 'SKIP') => ({
    file: '/shop/logs/tests.json',
    at: '2026-11-20T09:00:00.000Z',
    results: [{ title: 'it keeps', claims: ['a'], result }],
  })
  it('counts, and fails the claim when it failed', () => {
    expect(assessClaims(found({ tests: [report('PASS')] })).claims[0]?.state).toBe('proven')
    expect(assessClaims(found({ tests: [report('FAIL')] })).claims[0]?.state).toBe('broken')
    expect(assessClaims(found({ tests: [report('SKIP')] })).claims[0]?.state).toBe('unproven')
  })
  it('of a report that is not there: a note, no more', () => {
    const missing = { file: '/shop/logs/tests.json', fault: 'it is not there', results: [] }
    expect(assessClaims(found({ tests: [missing] })).notes).toEqual([
      'no tests are known: /shop/logs/tests.json: it is not there',
    ])
  })
})
