import { describe, expect, it } from 'vitest'
import { compare, compareExactly } from './compare.ts'
import { match } from './match.ts'

/** `path: expected X, received Y`, as a person reads it. */
const diff = (expected: unknown, actual: unknown): string[] =>
  compare(expected, actual).map((d) => `${d.path}: expected ${d.expected}, received ${d.received}`)

describe('compare', () => {
  it.each([
    [1, 1],
    ['a', 'a'],
    [null, null],
    [true, true],
    [10n, 10n],
    [Number.NaN, Number.NaN],
    [0, -0],
    [{}, { more: 1 }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 2, d: 3 }], e: 4 } }],
    [[], []],
    [/^o-\d+$/, 'o-12'],
    [Buffer.from('ab'), Buffer.from('ab')],
  ])('%o accepts %o', (expected, actual) => expect(diff(expected, actual)).toEqual([]))

  it.each([
    [1, 2, '$: expected 1, received 2'],
    [1, '1', '$: expected 1, received "1"'],
    [10n, 10, '$: expected 10n, received 10'],
    [null, undefined, '$: expected null, received nothing'],
    [{ a: null }, {}, '$.a: expected null, received nothing (keys here: none)'],
    [{}, null, '$: expected {}, received null'],
    [{}, [], '$: expected {}, received []'],
    [[], {}, '$: expected [], received {}'],
    [[], [1], '$: expected 0 items: [], received 1 item: [1]'],
    [{ rows: [{ n: 3 }] }, { rows: [{ n: 2 }] }, '$.rows[0].n: expected 3, received 2'],
    [{ 'a b': 1 }, { 'a b': 2 }, '$["a b"]: expected 1, received 2'],
    [/x/, 'abc', '$: expected text matching /x/, received "abc"'],
    [/x/, 5, '$: expected text matching /x/, received 5'],
    [{ a: 1 }, { b: 1, c: 2 }, '$.a: expected 1, received nothing (keys here: b, c)'],
  ])('%o refuses %o', (expected, actual, said) => expect(diff(expected, actual)).toEqual([said]))

  it('shows every difference, those inside arrays of another length too', () => {
    expect(diff([1, 2, 3], [1, 5])).toEqual([
      '$: expected 3 items: [1, 2, 3], received 2 items: [1, 5]',
      '$[1]: expected 2, received 5',
    ])
  })

  it('takes keys from the value itself, never from its prototype', () => {
    expect(diff({ toString: match.any }, {})).toHaveLength(1)
    expect(diff({ constructor: match.absent }, {})).toEqual([])
  })

  it('refuses an expected value that is undefined: a slip that would prove nothing', () => {
    expect(diff({ a: undefined }, {})[0]).toContain('match.absent')
    expect(diff(undefined, undefined)[0]).toContain('match.absent')
  })

  it('carries no state of a global regular expression from one value to the next', () => {
    const global = /a/g
    expect([diff(global, 'a'), diff(global, 'a'), diff(global, 'a')]).toEqual([[], [], []])
  })

  it('shows long texts around their first difference', () => {
    const [said] = diff(`${'a'.repeat(200)}x`, `${'a'.repeat(200)}y`)
    expect(said).toContain('first difference at character 200')
    expect((said ?? '').length).toBeLessThan(400)
  })

  it('bounds what it shows of values without end', () => {
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key${i}`, 'x'.repeat(1_000)]))
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    expect(diff(1, wide)[0]?.length).toBeLessThan(400)
    expect(diff(1, loop)[0]).toContain('"self"')
  })

  it('makes control characters harmless', () => {
    expect(diff('a', '\u001b[2J\u202e')[0]).not.toContain('\u001b')
  })
})

describe('compareExactly', () => {
  it('names keys that were not expected, at any depth', () => {
    expect(compareExactly({ a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }).map((d) => d.path)).toEqual([
      '$.a.c',
      '$.d',
    ])
    expect(compareExactly({ a: [1] }, { a: [1] })).toEqual([])
  })
})
