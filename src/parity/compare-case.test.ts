/** Statuses, media types, bodies that are no JSON, sides that do not answer, and what a report may grow to. */
import { describe, expect, it } from 'vitest'
import { compareCase } from './compare-case.ts'
import { answers, compareTexts, divergencesOf, ruleOf, show, standardCase } from './rig.ts'
import type { ParityCase } from './suite-types.ts'

describe('status and media type', () => {
  const typed = (contentType: string | undefined, text = '') => {
    const one = { contentType, body: Buffer.from(text) }
    return answers(one, one)
  }
  it('diverge by themselves', () => {
    const one = compareCase(
      standardCase,
      answers({ status: 200, contentType: 'text/plain' }),
      answers({ status: 404, contentType: undefined }),
      show,
    )
    expect(divergencesOf(one)).toEqual([
      'status status: 200 / 404',
      'media-type media-type: text/plain / (none)',
    ])
    expect(one.outcomes).toEqual({
      status: 'diverges',
      mediaType: 'diverges',
      shape: 'match',
      value: 'match',
    })
  })
  it.each([
    ['application/json', 'Application/JSON; charset=utf-8', true],
    ['text/plain; charset=utf-8', 'text/plain;charset="UTF-8"', true],
    ['text/plain; charset=utf-8', 'text/plain', false],
    ['text/plain; a=1; b=2', 'text/plain; b=2; a=1;', true],
    ['application/problem+json; charset=utf-8', 'application/problem+json', true],
    ['application/json; profile="a b"', 'application/json; profile=x', false],
    ['nonsense', 'nonsense', true],
    ['nonsense', 'other nonsense', false],
    ['text/html; q="a;b"', 'text/html; q="a;b"', true],
  ])('%s and %s', (left, right, same) => {
    expect(compareCase(standardCase, typed(left), typed(right), show).outcomes.mediaType).toBe(
      same ? 'match' : 'diverges',
    )
  })
})

describe('bodies that are no JSON', () => {
  const plain = (text: string | Buffer, more: object = {}) => {
    const one = { contentType: 'text/plain', body: Buffer.from(text), ...more }
    return answers(one, one)
  }
  const of = (left: ReturnType<typeof plain>, right: ReturnType<typeof plain>, o: Partial<ParityCase> = {}) =>
    compareCase({ ...standardCase, ...o }, left, right, show)

  it('a byte order mark that one side alone has is told', () => {
    const told =
      'the body of right begins with a byte order mark, that of the other side does not; it is skipped'
    expect(compareTexts('{"a":1}', '\ufeff{"a":1}')).toMatchObject({ verdict: 'match', notes: [told] })
    expect(compareTexts('\ufeff1', '\ufeff1').notes).toEqual([])
  })

  it('texts are compared as a whole', () => {
    expect(of(plain('a'), plain('a')).verdict).toBe('match')
    const one = of(plain('a\nb\nc\nd'), plain('a\nb\nX\nd'))
    expect(divergencesOf(one)).toEqual(['value $: a b c d / a b X d'])
    expect(one.views[0]?.rows.filter(({ differs }) => differs)).toEqual([
      { key: '3', left: 'c', right: 'X', differs: true },
    ])
    expect(of(plain('a'), plain('b'), { mode: { kind: 'shape' } }).verdict).toBe('match')
    expect(of(plain('v1'), plain('x'), { rules: [ruleOf('$', /^v\d$/)] }).divergences).toMatchObject([
      { aspect: 'pattern' },
    ])
  })
  it('JSON under another name is still JSON', () => {
    expect(divergencesOf(of(plain('{"a":1}'), answers('{"a":"1"}', '{"a":"1"}')))).toEqual([
      'media-type media-type: text/plain / application/json',
      'shape $.a: integer / string',
    ])
  })
  it('bytes are compared by their digest', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0])
    expect(of(plain(bytes), plain(bytes)).verdict).toBe('match')
    expect(of(plain(bytes), plain(Buffer.from([0xff]))).divergences).toMatchObject([
      { aspect: 'value', path: '$' },
    ])
    expect(of(plain(bytes), plain('x')).divergences).toMatchObject([
      { aspect: 'shape', left: 'bytes', right: 'text' },
    ])
    expect(of(plain('{}', { encoded: true }), plain('{}')).divergences).toMatchObject([
      { left: 'bytes', right: 'JSON object' },
    ])
  })
  it('nothing is not an empty text of JSON', () => {
    const empty = answers({ body: Buffer.from('') })
    expect(divergencesOf(of(empty, answers('null')))).toEqual(['shape $: empty / JSON null'])
    expect(of(empty, empty, { rules: [ruleOf('$', /x/)] }).verdict).toBe('match')
  })
  it('what says it is JSON and is none diverges from JSON, and is unknown on both sides', () => {
    const broken = answers('{"a":1', '{"a":1')
    const one = of(broken, answers('{"a":1}', '{"a":1}'))
    expect(divergencesOf(one)).toEqual([
      'shape $: invalid JSON (line 1, column 7: "," or "}" was expected, not the end of the text) / JSON object',
    ])
    expect(of(broken, broken)).toMatchObject({
      verdict: 'unknown',
      outcomes: { shape: 'unknown', value: 'unknown' },
    })
  })
  it('that change their name are read under each of their names', () => {
    const broken = Buffer.from('{"a"')
    const left = answers({ body: broken }, { body: broken, contentType: 'text/plain' })
    expect(compareCase(standardCase, left, answers('{}', '{}'), show).unknown).toEqual([
      'left differs from itself: its media type is application/json, then text/plain',
      'left differs from itself: its body is invalid JSON, then text',
    ])
  })
  it('that change their kind are unknown', () => {
    const one = compareCase(standardCase, answers('{}', ''), answers('{}', '{}'), show)
    expect(one.unknown).toEqual(['left differs from itself: its body is json, then empty'])
  })
})

describe('a side without an answer', () => {
  it('is unknown, whatever the other says', () => {
    const down = { received: [], fault: 'no answer: connection refused', asked: 1 }
    const one = compareCase(standardCase, down, answers('{}', '{}'), show)
    expect(one).toMatchObject({
      verdict: 'unknown',
      unknown: ['left: no answer: connection refused'],
      outcomes: { status: 'unknown', mediaType: 'unknown', shape: 'unknown', value: 'unknown' },
      right: { status: 200, excerpt: '{}' },
    })
    expect(compareCase(standardCase, down, down, show).verdict).toBe('unknown')
  })
  it('is unknown when only its second answer is lacking', () => {
    const half = { ...answers('{}'), fault: 'no complete answer within 10 s', asked: 2 }
    expect(compareCase(standardCase, half, answers('{}', '{}'), show).verdict).toBe('unknown')
  })
})

describe('bounds', () => {
  it('lists so many divergences, and counts the others', () => {
    const keys = (prefix: string) =>
      `{${Array.from({ length: 700 }, (_, at) => `"${prefix}${at}":1`).join(',')}}`
    const one = compareTexts(keys('a'), keys('b'))
    expect(one.divergences).toHaveLength(500)
    expect(one.moreDivergences).toBe(900)
    expect(one.views[0]?.rows.length).toBeLessThan(20)
    expect(one.views[0]?.omitted.differing).toBeGreaterThan(1_000)
  })
  it('the report of a large body is small', () => {
    const big = (n: number) =>
      `{"rows":[${Array.from({ length: 4_000 }, (_, id) => `{"id":${id},"n":${n},"name":"${'x'.repeat(80)}"}`).join(',')}]}`
    const one = compareTexts(big(1), big(2))
    expect(one.divergences).toMatchObject([{ path: '$.rows[*].n', places: 4_000 }])
    expect(JSON.stringify(one).length).toBeLessThan(10_000)
  })
  it('bounds keys, values and control characters of strangers', () => {
    const evil = JSON.stringify(`\u001b[31m\u202e${'k'.repeat(100_000)}`)
    const one = compareTexts(`{${evil}: ${evil}}`, '{}')
    const text = JSON.stringify(one)
    expect(text.length).toBeLessThan(5_000)
    expect(text).not.toMatch(/(?<!\\)\\u001b|\u202e/)
  })
})
