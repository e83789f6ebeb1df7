import { expect, it } from 'vitest'
import { parseLedgerJson } from './json.ts'
import { renderLedgerJson } from './json-document.ts'
import { createStepBudget, STEPS_KEPT, StepList } from './step-list.ts'
import { Script } from './test-events.ts'
import { verdictOf } from './verdict.ts'

const started = new Script().start(['d1', 'd2', 'd3']).events[0]
const claims = { d1: ['a', 'b'], d3: ['c'] }

/** A run that knows its claims, of which only the first smoke ran. */
function run(): Script {
  const script = new Script()
  if (started?.type !== 'run.started') throw new Error('the script begins with something else')
  const { atMs: _, ...body } = started
  return script.add({ ...body, claims }, 0)
}

const step = { type: 'step.finished', smoke: 'd1', ok: true, ms: 1, expectations: 1 } as const

it('a row names its claims, also that of a smoke which never began', () => {
  const { rows } = verdictOf(run().smoke('d1').finish().events)
  expect(rows.map(({ smoke, class: verdict, claims: ids }) => [smoke, verdict, ids])).toEqual([
    ['d1', 'PASS', ['a', 'b']],
    ['d2', 'NOT RUN', []],
    ['d3', 'NOT RUN', ['c']],
  ])
})

it('ledger.json has the claims of smokes and steps', () => {
  const script = run().begin('d1')
  script.add({ ...step, step: 'one', index: 0 }).add({ ...step, step: 'two', index: 1, claims: ['b'] })
  const { rows } = parseLedgerJson(renderLedgerJson(verdictOf(script.end('d1', 'PASS').finish().events)))
  expect(rows[0]?.claims).toEqual(['a', 'b'])
  expect(rows[0]?.stepList?.map(({ title, claims: ids }) => [title, ids])).toEqual([
    ['one', undefined],
    ['two', ['b']],
  ])
})

it('a step that names a claim is kept where others are left out', () => {
  const list = new StepList(createStepBudget())
  for (let index = 0; index < STEPS_KEPT.smoke; index += 1) {
    list.add({ ...step, step: `${index}`, index, atMs: 0 })
  }
  const index = STEPS_KEPT.smoke
  list.add({ ...step, step: 'late', index, atMs: 0 })
  list.add({ ...step, step: 'late, for a', index: index + 1, atMs: 0, claims: ['a'] })
  expect(list.steps(() => undefined).at(-1)).toMatchObject({ title: 'late, for a', claims: ['a'] })
  expect(list.leftOut).toBe(1)
})
