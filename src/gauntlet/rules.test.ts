import { describe, expect, it } from 'vitest'
import { CLAIM_STATES, RISK_STATES, SEVERITIES } from '../claims/types.ts'
import { facts } from './fixture.ts'
import { decide, RULES } from './rules.ts'
import { type Facts, PHASE_STATES, type PhaseState } from './types.ts'

type Given = PhaseState | 'missing'
const STATES: readonly Given[] = [...PHASE_STATES, 'missing']

const phasesOf = (chain: Given, review: Given, parity: Given, assessment: Given): Facts['phases'] =>
  Object.fromEntries(
    Object.entries({ chain, review, parity, assessment })
      .filter(([, state]) => state !== 'missing')
      .map(([phase, state]) => [phase, { state, reasons: [] }]),
  )

describe('the verdict', () => {
  it('is ship when everything passed and nothing is known to be wrong', () =>
    expect(decide(facts())).toEqual({ verdict: 'ship', holds: [], gaps: [] }))

  it('follows from the phases, in every combination of their states', () => {
    const bad: readonly Given[] = ['failed', 'unknown', 'interrupted', 'not-begun', 'missing']
    let combinations = 0
    for (const chain of STATES)
      for (const review of STATES)
        for (const parity of STATES)
          for (const assessment of STATES) {
            combinations += 1
            const all = [chain, review, parity, assessment]
            const holds =
              all.some((state) => bad.includes(state)) ||
              chain === 'gaps' ||
              chain === 'skipped' ||
              assessment === 'skipped'
            const expected = holds
              ? 'hold'
              : all.every((state) => state === 'passed')
                ? 'ship'
                : 'ship-with-known-gap'
            const decided = decide(facts({ phases: phasesOf(chain, review, parity, assessment) }))
            expect([...all, decided.verdict]).toEqual([...all, expected])
            if (expected === 'hold') expect(decided.holds.length).toBeGreaterThan(0)
          }
    expect(combinations).toBe(8 ** 4)
  })

  it.each(SEVERITIES.flatMap((severity) => CLAIM_STATES.map((state) => [severity, state] as const)))(
    'with a claim of severity %s that is %s',
    (severity, state) => {
      const grave = severity === 'critical' || severity === 'high'
      const expected =
        state === 'proven' ? 'ship' : state === 'broken' || grave ? 'hold' : 'ship-with-known-gap'
      expect(decide(facts({ claims: [{ id: 'a', severity, state }] })).verdict).toBe(expected)
    },
  )

  it.each(SEVERITIES.flatMap((severity) => RISK_STATES.map((state) => [severity, state] as const)))(
    'with a risk of severity %s that is %s',
    (severity, state) => {
      const grave = severity === 'critical' || severity === 'high'
      const expected =
        state === 'open' && grave
          ? 'hold'
          : state === 'open' || state === 'accepted'
            ? 'ship-with-known-gap'
            : 'ship'
      expect(decide(facts({ risks: [{ id: 'r', severity, state }] })).verdict).toBe(expected)
    },
  )

  it.each([
    ['passed', 'ship'],
    ['not-run', 'ship-with-known-gap'],
    ['failed', 'hold'],
    ['over-deadline', 'hold'],
    ['not-started', 'hold'],
    ['interrupted', 'hold'],
  ] as const)('with a gate that is %s: %s', (outcome, verdict) =>
    expect(decide(facts({ gates: [{ id: 'g', outcome }] })).verdict).toBe(verdict),
  )

  it.each([
    ['open', true, 'hold'],
    ['open', false, 'ship-with-known-gap'],
    ['taken', true, 'ship'],
    ['taken', false, 'ship'],
  ] as const)('with a decision that is %s (blocks: %s): %s', (state, blocks, verdict) =>
    expect(decide(facts({ decisions: [{ id: 'd', state, blocks }] })).verdict).toBe(verdict),
  )

  it.each([
    ['open', 'ship-with-known-gap'],
    ['unknown', 'ship-with-known-gap'],
    ['closed', 'ship'],
  ] as const)('with a known gap that is %s: %s', (state, verdict) => {
    const gap = { id: 'k', text: 'it differs', state, source: { file: 'parity.json', field: 'gaps[0]' } }
    expect(decide(facts({ gaps: [gap] })).verdict).toBe(verdict)
  })

  it.each([
    ['interrupted', { interrupted: true }, 'hold'],
    ['files that changed', { moved: true }, 'hold'],
    ['no tree that tells', { moved: undefined }, 'ship'],
    ['evidence for no claim', { strangers: 1 }, 'ship-with-known-gap'],
  ] as const)('with %s: %j → %s', (_, more, verdict) => expect(decide(facts(more)).verdict).toBe(verdict))

  it('tells every reason, the phase with its first cause, and the gaps beside a hold', () => {
    const decided = decide(
      facts({
        phases: {
          ...facts().phases,
          chain: {
            state: 'failed',
            reasons: ['web exited with code 1 before it was ready', 'd1 is NOT RUN'],
          },
          review: { state: 'skipped', reasons: ['skipped: nobody is there'] },
        },
        claims: [{ id: 'a', severity: 'low', state: 'broken' }],
      }),
    )
    expect(decided).toEqual({
      verdict: 'hold',
      holds: [
        { rule: 'H1', text: 'full chain: web exited with code 1 before it was ready' },
        { rule: 'H6', text: 'claim a (low) is broken' },
      ],
      gaps: [{ rule: 'G1', text: 'review: skipped: nobody is there' }],
    })
  })

  it('names the assessment only when nothing in it is named', () => {
    const phases = { ...facts().phases, assessment: { state: 'failed', reasons: ['oh'] } } as const
    expect(decide(facts({ phases })).holds).toEqual([{ rule: 'H11', text: 'assessment: oh' }])
    const gates = [{ id: 'g', outcome: 'failed' }] as const
    expect(decide(facts({ phases, gates })).holds).toEqual([{ rule: 'H7', text: 'gate g: failed' }])
  })
})

it('the rules have distinct ids, which say where they lead', () => {
  expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length)
  for (const { id, verdict } of RULES) expect(id.startsWith('H')).toBe(verdict === 'hold')
})
