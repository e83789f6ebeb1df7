import { expect, it } from 'vitest'
import { compare, compareExactly } from './compare.ts'
import { createHollow, isHollow } from './hollow.ts'
import { match } from './match.ts'

it('takes whatever a smoke does with a value, and stays hollow', async () => {
  const answer = createHollow<{ json: { id: string; rows: number[]; next(): { name: string } } }>()
  expect(isHollow(answer.json.id)).toBe(true)
  expect(isHollow(answer.json.next().name)).toBe(true)
  expect(isHollow(answer.json.rows.map((n) => n + 1))).toBe(true)
  expect([...answer.json.rows]).toEqual([])
  expect(JSON.parse(`${answer.json.id}`)).toEqual({})
  expect(isHollow(await answer)).toBe(true)
})

it('equals nothing, not even itself, on either side and at any depth', () => {
  const hollow = createHollow<string>()
  for (const [expected, actual] of [
    [hollow, hollow],
    [hollow, {}],
    [{}, hollow],
    [match.any, hollow],
    [match.exactly(hollow), hollow],
    [{ id: hollow }, { id: hollow }],
    [{ id: match.any }, { id: hollow }],
  ] as const) {
    expect(compare(expected, actual)).toHaveLength(1)
    expect(compareExactly(expected, actual)).toHaveLength(1)
  }
})

it('is told from every other value', () => {
  for (const value of [undefined, null, {}, [], () => undefined, '{}']) expect(isHollow(value)).toBe(false)
})
