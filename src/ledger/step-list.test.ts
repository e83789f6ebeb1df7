import { describe, expect, it } from 'vitest'
import type { EventOf } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { parseLedgerJson } from './json.ts'
import { renderLedgerJson } from './json-document.ts'
import { createStepBudget, STEPS_KEPT, StepList } from './step-list.ts'
import { Script } from './test-events.ts'
import { verdictOf } from './verdict.ts'

const step = (index: number, more: Partial<EventOf<'step.finished'>> = {}): EventOf<'step.finished'> => ({
  ...{ type: 'step.finished', atMs: index, smoke: 'd1', step: `step ${index}`, index, ok: true, ms: 1 },
  expectations: 2,
  ...more,
})
const failureOf = (smoke: string, title: string): Failure => ({
  ...{ tag: 'step-failed', smoke, step: title },
  mismatches: [{ what: 'status', expected: '200', received: '500' }],
})

describe('the steps of a row', () => {
  it('tell title, outcome, time, expectations, and which failure is theirs', () => {
    const failure = failureOf('d1', 'two')
    const script = new Script().start(['d1']).begin('d1').step('d1', 'one').step('d1', 'two', failure)
    script.died('queryd', 'd1').end('d1', 'FAIL', { steps: 2, failures: [failure] })
    const [row] = verdictOf(script.stop().finish().events).rows
    expect(row?.stepList).toEqual([
      { title: 'one', ok: true, ms: 41, expectations: 2 },
      { title: 'two', ok: false, ms: 41, expectations: 2, failure: 0 },
    ])
    expect(row?.failures[0]).toEqual(failure)
    expect(row?.stepsLeftOut).toBe(0)
  })
  it('are there for a smoke that never ended', () => {
    const script = new Script().start(['d1']).begin('d1').step('d1', 'one')
    expect(verdictOf(script.events).rows[0]?.stepList).toMatchObject([{ title: 'one', ok: true }])
  })
  it('stand in the order in which they began', () => {
    const list = new StepList(createStepBudget())
    for (const index of [2, 0, 1]) list.add(step(index))
    expect(list.steps(() => undefined).map(({ title }) => title)).toEqual(['step 0', 'step 1', 'step 2'])
  })
  it('are in ledger.json, which old readers still understand and old ledgers still match', () => {
    const script = new Script().start(['d1']).smoke('d1').stop().finish()
    const text = renderLedgerJson(verdictOf(script.events))
    expect(parseLedgerJson(text).rows[0]).toMatchObject({ steps: 1, stepList: [{ ok: true, ms: 41 }] })
    const old = JSON.parse(text)
    for (const row of old.rows) delete row.stepList
    expect(parseLedgerJson(JSON.stringify(old)).schema).toBe(1)
  })
})

describe('thousands of steps', () => {
  it('of one smoke: the first ones, and those that failed, to a limit; the rest is counted', () => {
    const list = new StepList(createStepBudget())
    for (let i = 0; i < 3_000; i += 1) list.add(step(i, { ok: i % 10 !== 9 }))
    const kept = list.steps(() => undefined)
    expect(kept).toHaveLength(STEPS_KEPT.smoke + STEPS_KEPT.toldBeyond)
    expect(kept.slice(STEPS_KEPT.smoke).every(({ ok }) => !ok)).toBe(true)
    expect(list.leftOut + kept.length).toBe(3_000)
  })
  it('of the run: a smoke that comes late still keeps what failed', () => {
    const budget = createStepBudget()
    for (let smoke = 0; smoke < 26; smoke += 1) {
      const list = new StepList(budget)
      for (let i = 0; i < 200; i += 1) list.add(step(i))
    }
    const late = new StepList(budget)
    for (let i = 0; i < 4; i += 1) late.add(step(i, { ok: i !== 2 }))
    expect(late.steps(() => undefined).map(({ title }) => title)).toEqual(['step 2'])
    expect(late.leftOut).toBe(3)
  })
  it('with endless titles: a ledger of a few megabytes', () => {
    const script = new Script()
    const chain = Array.from({ length: 60 }, (_, i) => `s${i}`)
    script.start(chain)
    for (const smoke of chain) {
      script.begin(smoke)
      for (let i = 0; i < 300; i += 1) script.step(smoke, `${'x'.repeat(5_000)}${i}`)
      script.end(smoke, 'PASS', { steps: 300 })
    }
    const verdict = verdictOf(script.stop().finish().events)
    expect(renderLedgerJson(verdict).length).toBeLessThan(4_000_000)
    expect(verdict.rows.every((row) => row.stepList.length + row.stepsLeftOut === 300)).toBe(true)
  })
})
