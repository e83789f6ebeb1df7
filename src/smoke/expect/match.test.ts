import { describe, expect, it } from 'vitest'
import { compare } from './compare.ts'
import { match } from './match.ts'

const holds = (expected: unknown, actual: unknown): boolean => compare(expected, actual).length === 0

describe('matchers', () => {
  it.each([
    ['any', match.any, [0, '', null, [], {}], [undefined]],
    ['absent', match.absent, [undefined], [null, 0, '']],
    ['string()', match.string(), ['', 'a'], [1, null, undefined, ['a']]],
    ['string(/re/)', match.string(/^\d+$/), ['12'], ['a12', 12]],
    ['number()', match.number(), [0, -1.5, Number.POSITIVE_INFINITY], ['1', Number.NaN, 1n, null]],
    ['number(min,max)', match.number({ min: 1, max: 3 }), [1, 2.5, 3], [0.99, 3.01]],
    ['number(integer)', match.number({ integer: true }), [1, 2], [1.5]],
    ['approx', match.approx(3.14, 0.01), [3.14, 3.149, 3.131], [3.16, 3, '3.14', Number.NaN]],
    [
      'includes',
      match.includes({ a: 1 }, 2),
      [
        [2, { a: 1, b: 2 }],
        [{ a: 1 }, 0, 2],
      ],
      [[2], [{ a: 1 }], 'x', {}],
    ],
    ['includes text', match.includes('b', 'c'), ['abc', ['c', 'b']], ['ab', '']],
    [
      'arrayOf',
      match.arrayOf({ n: match.number() }),
      [[{ n: 1 }], [{ n: 1 }, { n: 2, m: 3 }]],
      [[], [{ n: 'x' }], {}],
    ],
    ['arrayOf min 0', match.arrayOf(1, { min: 0 }), [[], [1, 1]], [[2], [1, 2]]],
    ['length', match.length(2), ['ab', [1, 2], Buffer.from('ab')], ['a', [1], { length: 2 }, undefined]],
    ['length(matcher)', match.length(match.number({ min: 1 })), ['a', [1, 2]], ['', []]],
    ['not', match.not(match.string()), [1, null, []], ['a', undefined]],
    ['oneOf', match.oneOf('up', 'ok', match.number()), ['up', 'ok', 7], ['down', null]],
    [
      'exactly',
      match.exactly({ a: { b: 1 } }),
      [{ a: { b: 1 } }],
      [{ a: { b: 1, c: 2 } }, { a: { b: 1 }, d: 1 }, {}],
    ],
    ['type(object)', match.type('object'), [{}, { a: 1 }], [null, [], 'x']],
    ['type(array)', match.type('array'), [[], [1]], [{}, 'x']],
    ['type(integer)', match.type('integer'), [1, 2n], [1.5, '1']],
    ['type(null)', match.type('null'), [null], [undefined, 0]],
    ['where', match.where('even', (v) => typeof v === 'number' && v % 2 === 0), [2, 0], [1, '2']],
  ])('%s', (_, matcher, accepted, refused) => {
    for (const value of accepted) expect([value, holds(matcher, value)]).toEqual([value, true])
    for (const value of refused) expect([value, holds(matcher, value)]).toEqual([value, false])
  })

  it('includes gives each item one of its own, whatever the order', () => {
    expect(holds(match.includes(1, 1), [1])).toBe(false)
    expect(holds(match.includes(1, 1), [1, 2, 1])).toBe(true)
    // The loose item must not take the only value that the strict one can have.
    expect(holds(match.includes(match.number(), 2), [2, 7])).toBe(true)
    expect(holds(match.includes(match.any, match.any, 3), [3, 4])).toBe(false)
  })

  it('exactly reaches into matchers, and matchers into exactly', () => {
    expect(holds(match.exactly({ rows: match.arrayOf({ n: 1 }) }), { rows: [{ n: 1, m: 2 }] })).toBe(false)
    expect(holds({ rows: match.arrayOf(match.exactly({ n: 1 })) }, { rows: [{ n: 1 }], more: 1 })).toBe(true)
  })

  it('name the place and what they wanted', () => {
    const expected = { rows: match.arrayOf({ id: match.string(/^o-/) }), n: match.number({ min: 2 }) }
    expect(compare(expected, { rows: [{ id: 'o-1' }, { id: 'x' }], n: 1 })).toEqual([
      { path: '$.rows[1].id', expected: 'text matching /^o-/', received: '"x"' },
      { path: '$.n', expected: 'a number ≥ 2', received: '1' },
    ])
  })

  it.each([() => match.includes(), () => match.type('text' as 'string')])(
    'refuse arguments that have no meaning',
    (make) => expect(make).toThrow(TypeError),
  )
})
