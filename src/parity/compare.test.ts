/** Two answers to one request: what is told of them. */
import { describe, expect, it } from 'vitest'
import { compareCase } from './compare-case.ts'
import { answers, compareTexts, divergencesOf, ruleOf, show, standardCase } from './rig.ts'
import type { ParityCase } from './suite-types.ts'

const told = (left: string, right: string, o: Partial<ParityCase> = {}): string[] =>
  divergencesOf(compareTexts(left, right, o))

describe('shapes', () => {
  it.each([
    ['equal ones', '{"a": [1, null]}', '{"a": [null, 1]}', { mode: { kind: 'shape' } }, []],
    [
      'a renamed field',
      '{"name": "x"}',
      '{"fullName": "x"}',
      {},
      ['shape $.name: string / (absent)', 'shape $.fullName: (absent) / string'],
    ],
    ['an integer that became a string', '{"id": 1}', '{"id": "1"}', {}, ['shape $.id: integer / string']],
    ['null is not absent', '{"a": null}', '{}', {}, ['shape $.a: null / (absent)']],
    [
      'a field of some elements',
      '[{"a": 1}, {"a": 2}]',
      '[{"a": 1}, {}]',
      {},
      ['shape $[*].a: integer / integer, not always there'],
    ],
    ['a type of some elements', '[1, 2]', '[1, "2"]', {}, ['shape $[*]: integer / integer | string']],
    ['an object for an array', '{"a": {}}', '{"a": []}', {}, ['shape $.a: object / array']],
    [
      'a key given twice',
      '{"a": 1}',
      '{"a": 2, "a": 1}',
      {},
      ['shape $.a: integer / integer, key given twice'],
    ],
    [
      'special keys',
      '{"__proto__": 1}',
      '{"constructor": 1}',
      {},
      ['shape $.__proto__: integer / (absent)', 'shape $.constructor: (absent) / integer'],
    ],
    [
      'both below an array of arrays',
      '[[{"a": 1}]]',
      '[[{"a": true}]]',
      {},
      ['shape $[*][*].a: integer / boolean'],
    ],
  ] as const)('%s', (_what, left, right, o, expected) =>
    expect(told(left, right, o as Partial<ParityCase>)).toEqual(expected),
  )

  it('tells integers and floats apart as the file says', () => {
    const of = (numbers: ParityCase['numbers'], left: string, right: string) => told(left, right, { numbers })
    expect(of('literal', '[1]', '[1.0]')).toEqual(['shape $[*]: integer / float'])
    expect(of('value', '[1]', '[1.0]')).toEqual([])
    expect(of('value', '[1]', '[1.5]')).toEqual(['shape $[*]: integer / float'])
    expect(of('any', '[1]', '[1.5]')).toEqual(['value $[*]: 1 / 1.5'])
    expect(of('any', '[10]', '[1e1]')).toEqual([])
  })

  it('an empty array proves nothing of its elements', () => {
    const one = compareTexts('{"a": [], "b": []}', '{"a": [1], "b": []}', { mode: { kind: 'shape' } })
    expect(one.verdict).toBe('match')
    expect(one.unproven).toEqual([
      { path: '$.a[*]', sides: ['left'] },
      { path: '$.b[*]', sides: ['left', 'right'] },
    ])
  })
})

describe('values', () => {
  it.each([
    [
      'beyond 2^53',
      '[9007199254740993]',
      '[9007199254740992]',
      ['value $[*]: 9007199254740993 / 9007199254740992'],
    ],
    ['many places are one row', '[{"a":1},{"a":2}]', '[{"a":3},{"a":4}]', ['value $[*].a: 1 / 3']],
    ['the length of an array', '[1,2]', '[1,2,3]', ['value $: 2 elements / 3 elements']],
    ['the order of an array', '["a",1]', '[1,"a"]', ['value $[*]: "a" / 1']],
    ['which element lacks a field', '[{"a":1},{}]', '[{},{"a":1}]', ['value $[*].a: 1 / (absent)']],
    ['the order of keys is none', '{"a":1,"b":2}', '{"b":2,"a":1}', []],
    [
      'where types differ, only the types',
      '{"a":1,"b":1}',
      '{"a":"1","b":2}',
      ['shape $.a: integer / string', 'value $.b: 1 / 2'],
    ],
  ])('%s', (_what, left, right, expected) => expect(told(left, right)).toEqual(expected))

  it('counts the places and names the first', () => {
    const [one] = compareTexts(
      '{"x":[{"a":1},{"a":2},{"a":5}]}',
      '{"x":[{"a":1},{"a":3},{"a":6}]}',
    ).divergences
    expect(one).toMatchObject({ path: '$.x[*].a', at: '$.x[1].a', places: 2 })
  })

  it('shows long texts where they part ways', () => {
    const long = 'x'.repeat(5_000)
    const [one] = compareTexts(`"${long}left"`, `"${long}right"`).divergences
    expect(one?.left).toMatch(/^…"x+left"$/)
    expect(one?.right).toMatch(/^…"x+right"$/)
  })
})

describe('modes', () => {
  const left = '{"id": 1, "at": "2026-11-20", "meta": {"version": "1", "host": "a"}, "rows": [{"n": 1}]}'
  const right =
    '{"id": 2, "at": "2026-11-21", "meta": {"version": "2", "port": 1}, "rows": [{"n": 2}, {"n": 3}]}'
  it('shape, pattern, ignore and value, each where it is asked for', () => {
    const rules = [
      ruleOf('$.id', 'shape'),
      ruleOf('$.at', /^\d{4}-\d{2}-\d{2}$/),
      ruleOf('$.meta', 'ignore'),
      ruleOf('$.meta.version', 'value'),
      ruleOf('$.rows', 'shape'),
    ]
    expect(told(left, right, { rules })).toEqual(['value $.meta.version: "1" / "2"'])
  })
  it('a pattern says which side does not match, and still wants equal types', () => {
    expect(told('{"a": "12"}', '{"a": "x"}', { rules: [ruleOf('$.a', /^\d+$/)] })).toEqual([
      'pattern $.a: "12" matches / "x" does not match /^\\d+$/',
    ])
    expect(told('{"a": "12"}', '{"a": 12}', { rules: [ruleOf('$.a', /^\d+$/)] })).toEqual([
      'shape $.a: string / integer',
    ])
    expect(told('{"a": 12.0}', '{"a": 12}', { rules: [ruleOf('$.a', /^\d+$/)], numbers: 'any' })).toEqual([
      'pattern $.a: 12.0 does not match /^\\d+$/ / 12 matches',
    ])
  })
  it('ignored is ignored even where it is absent', () => {
    expect(
      told('{"a": 1}', '{"b": [1]}', { rules: [ruleOf('$.a', 'ignore'), ruleOf('$.b', 'ignore')] }),
    ).toEqual([])
    expect(told('[{"a": 1}, {}]', '[{}, {}]', { rules: [ruleOf('$[*].a', 'ignore')] })).toEqual([])
    const all = compareTexts('{"a": 1}', '"b"', { mode: { kind: 'ignore' } })
    expect(all).toMatchObject({ verdict: 'match', notes: ['the body is ignored, as the file says'] })
  })
})

describe('noise', () => {
  const compare = (left: readonly string[], right: readonly string[], o: Partial<ParityCase> = {}) =>
    compareCase({ ...standardCase, ...o }, answers(...left), answers(...right), show)

  it('a value that differs from itself is noise, and its shape is still compared', () => {
    const one = compare(
      ['{"at": 1, "n": 5}', '{"at": 2, "n": 5}'],
      ['{"at": 3, "n": 5}', '{"at": 3, "n": 5}'],
    )
    expect(one.verdict).toBe('match')
    expect(one.noise).toEqual([
      { aspect: 'value', path: '$.at', places: 1, sides: ['left'], samples: ['1', '2'] },
    ])
    expect(divergencesOf(compare(['{"at": 1}', '{"at": 2}'], ['{"at": "3"}', '{"at": "4"}']))).toEqual([
      'shape $.at: integer / string',
    ])
  })
  it('a shape that differs from itself is noise', () => {
    const one = compare(['{"a": 1}', '{}'], ['{"a": 1}', '{"a": 1}'])
    expect(one).toMatchObject({ verdict: 'match', divergences: [] })
    expect(one.noise).toEqual([
      { aspect: 'shape', path: '$.a', places: 1, sides: ['left'], samples: ['integer', '(absent)'] },
    ])
  })
  it('is noise at one place and a divergence at another', () => {
    const one = compare(['[1, 1]', '[2, 1]'], ['[3, 4]', '[3, 4]'])
    expect(one.divergences).toMatchObject([{ path: '$[*]', at: '$[1]', places: 1, left: '1', right: '4' }])
    expect(one.noise).toMatchObject([{ path: '$[*]', sides: ['left'] }])
  })
  it('the length of an array that differs from itself covers its elements', () => {
    expect(compare(['[1]', '[1, 2]'], ['[7]', '[7]'])).toMatchObject({
      verdict: 'match',
      noise: [{ path: '$' }],
    })
  })
  it('of both sides is one row', () => {
    expect(compare(['1', '2'], ['3', '4']).noise).toMatchObject([{ path: '$', sides: ['left', 'right'] }])
  })
  it('does not hide a pattern that is violated', () => {
    const rules = [ruleOf('$.a', /^\d+$/)]
    expect(compare(['{"a":"x"}', '{"a":"y"}'], ['{"a":"1"}', '{"a":"2"}'], { rules }).verdict).toBe(
      'diverges',
    )
  })
  it('in the type of the whole body leaves nothing to compare: unknown', () => {
    const one = compare(['{}', '[]'], ['{}', '{}'])
    expect(one.verdict).toBe('unknown')
    expect(one.unknown).toEqual(['left differs from itself: its body is of type object, then array'])
  })
  it('in status or media type is no noise but unknown', () => {
    const left = answers({ status: 201 }, { status: 200 })
    const right = answers({ status: 200 }, { status: 200 })
    const one = compareCase(standardCase, left, right, show)
    expect(one).toMatchObject({
      verdict: 'unknown',
      outcomes: { status: 'unknown' },
      unknown: ['left differs from itself: its status is 201, then 200'],
    })
  })
})
