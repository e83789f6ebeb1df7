import { expect, it } from 'vitest'
import { match } from './match.ts'
import { pickExpected } from './pick.ts'

it.each([
  [{ a: 1 }, { a: 2, b: 3 }, { a: 2 }],
  [{ a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }, { a: { b: 1 } }],
  [[{ n: 1 }], [{ n: 1, m: 2 }], [{ n: 1 }]],
  [[{ n: 1 }], [{ n: 1, m: 2 }, { n: 3 }], [{ n: 1 }, { n: 3 }]],
  [{ a: 1 }, {}, {}],
  [{ a: 1 }, [1], [1]],
  [{ a: 1 }, null, null],
  [match.any, { x: 1 }, { x: 1 }],
  [{ a: match.any }, { a: [{ x: 1 }], b: 1 }, { a: [{ x: 1 }] }],
  ['x', { y: 1 }, { y: 1 }],
  [undefined, 5, 5],
])('of an answer, what %j speaks of', (expected, actual, picked) => {
  expect(pickExpected(expected, actual)).toEqual(picked)
})

it('does not follow a value without end', () => {
  const loop: Record<string, unknown> = {}
  loop['a'] = loop
  expect(pickExpected(loop, loop)).toHaveProperty('a.a.a')
})
