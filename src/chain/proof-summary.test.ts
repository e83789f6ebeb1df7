import { expect, it } from 'vitest'
import { answerOf, summarizeProof } from './proof-summary.ts'
import type { NullResult } from './prove.ts'

const result = (more: Partial<NullResult>): NullResult => ({
  mode: 'object',
  smoke: 'd1',
  verdict: 'FAIL',
  steps: [],
  ...more,
})

it('counts a smoke and a step once, whatever the number of null stacks on which they pass', () => {
  const steps = [
    { title: 'says 200', passed: true },
    { title: 'says who it is', passed: false },
  ]
  const summary = summarizeProof([
    result({ steps }),
    result({ mode: 'empty', steps }),
    result({ mode: 'error', steps: steps.map((step) => ({ ...step, passed: false })) }),
    result({ smoke: 'd2', verdict: 'PASS', steps: [{ title: 'says 200', passed: true }] }),
    result({ smoke: 'd2', mode: 'empty', verdict: 'PASS' }),
  ])
  expect(summary).toEqual({
    smokes: 2,
    passing: ['d2'],
    untried: [],
    steps: 3,
    passingSteps: [
      { smoke: 'd1', title: 'says 200', modes: ['object', 'empty'] },
      { smoke: 'd2', title: 'says 200', modes: ['object'] },
    ],
  })
})

it('counts neither a skipped smoke nor an untried one as passing', () => {
  expect(
    summarizeProof([result({ verdict: 'SKIP' }), result({ smoke: 'd2', verdict: 'BLOCKED' })]),
  ).toMatchObject({ smokes: 2, passing: [], untried: ['d2'] })
})

it('names a null stack by what its daemons answer', () => {
  expect([answerOf('object'), answerOf('empty'), answerOf('error')]).toEqual(['200 {}', '200 empty', '500'])
})
