import { describe, expect, it } from 'vitest'
import { AnswerView } from '../runtime/answer-view.ts'
import { checkAnswer, countClauses, findExpectationProblem, parseJson, wantsOnlyDigest } from './answer.ts'
import { match } from './match.ts'

const answer = (
  body: string | Buffer,
  headers: Record<string, string | string[]> = {},
  status = 200,
): AnswerView => new AnswerView('GET /', { status, headers, body: Buffer.from(body) })

describe('checkAnswer', () => {
  it('counts clauses, each header for one', () => {
    const expectation = { status: 200, headers: { a: 'b', c: /d/ }, json: { x: 1 }, within: '1s' }
    expect(countClauses(expectation)).toBe(4)
    expect(checkAnswer(expectation, answer('{"x":1}', { a: 'b', c: 'd' }))).toEqual({
      expectations: 4,
      mismatches: [],
    })
  })

  it('shows all that is wrong at once, and the body of an unexpected status', () => {
    const { mismatches } = checkAnswer(
      { status: 201, headers: { ETag: match.string() }, json: { id: 1 }, text: 'x' },
      answer('{"error":"gone"}', {}, 404),
    )
    expect(mismatches).toEqual([
      { what: 'status', expected: '201', received: '404 {"error":"gone"}' },
      { what: 'header etag', expected: 'a string', received: 'nothing' },
      { what: '$.id', expected: '1', received: 'nothing (keys here: error)' },
      { what: 'text', expected: '"x"', received: '"{\\"error\\":\\"gone\\"}"' },
    ])
  })

  it('joins a header that came several times, and knows an absent one', () => {
    const many = answer('', { 'set-cookie': ['a=1', 'b=2'] })
    expect(
      checkAnswer({ headers: { 'Set-Cookie': 'a=1, b=2', etag: match.absent } }, many).mismatches,
    ).toEqual([])
  })

  it.each([
    ['', 'an empty body'],
    ['<html>', 'not JSON'],
    ['{"a":', 'not JSON'],
  ])('says of %j that it is no JSON', (body, why) => {
    expect(checkAnswer({ json: {} }, answer(body)).mismatches[0]?.received).toContain(why)
  })

  it('compares bytes, and names the first that differs', () => {
    const bytes = Buffer.from([1, 2, 3, 4])
    expect(checkAnswer({ bytes }, answer(bytes)).mismatches).toEqual([])
    const [wrong] = checkAnswer({ bytes }, answer(Buffer.from([1, 2, 9, 4]))).mismatches
    expect(wrong?.received).toContain('first difference at offset 2: 09 04')
    const [short] = checkAnswer({ bytes }, answer(Buffer.from([1, 2]))).mismatches
    expect(short?.received).toContain('first difference at offset 2: the end')
  })

  it('compares length and digest where the bytes are too many to write down', () => {
    const sha256 = '9f64a747e1b97f131fabb6b447296c9b6f0201e79fb3c5356e6c77e89b6a806a'
    expect(
      checkAnswer({ bytes: { sha256, length: 4 } }, answer(Buffer.from([1, 2, 3, 4]))).mismatches,
    ).toEqual([])
    expect(checkAnswer({ bytes: { sha256, length: 5 } }, answer(Buffer.from([1]))).mismatches).toHaveLength(2)
  })
})

describe('findExpectationProblem', () => {
  it.each([
    [{ satus: 200 }, 'did you mean "status"'],
    [{ status: undefined }, 'proves nothing'],
    [200, 'an object like'],
    [{ rows: [] }, 'unknown clause "rows"'],
  ])('finds what is wrong with %j', (expectation, said) => {
    expect(findExpectationProblem(expectation, { sql: false })).toContain(said)
  })
  it('finds nothing wrong with a good one', () => {
    expect(findExpectationProblem({ rows: [], status: 200 }, { sql: true })).toBeUndefined()
    expect(findExpectationProblem(undefined, { sql: false })).toBeUndefined()
  })
})

describe('parseJson', () => {
  it('rounds no integer', () => {
    const parsed = parseJson(
      Buffer.from('{"id":9007199254740993,"n":12,"x":1234567890123456.5,"t":"9007199254740993"}'),
    )
    expect(parsed).toEqual({
      ok: true,
      value: { id: 9007199254740993n, n: 12, x: 1234567890123456.5, t: '9007199254740993' },
    })
  })
})

describe('an answer in hand', () => {
  it('has text and JSON, and says whose body is no JSON', () => {
    expect(answer('{"a":1}').json).toEqual({ a: 1 })
    expect(answer('plain').text).toBe('plain')
    expect(() => answer('plain').json).toThrow('the answer to GET / is not JSON')
  })
})

describe('a body that was hashed as it came', () => {
  const hashed = new AnswerView('GET /big', {
    status: 404,
    headers: {},
    body: Buffer.from('the start'),
    digest: { length: 1_000_000, sha256: 'ab12' },
  })

  it('is asked for where nothing but a digest is expected of the body', () => {
    expect(wantsOnlyDigest({ status: 200, bytes: { length: 4 } })).toBe(true)
    expect(wantsOnlyDigest({ bytes: { sha256: 'ab' }, text: /x/ })).toBe(false)
    expect(wantsOnlyDigest({ bytes: { sha256: 'ab' }, json: {} })).toBe(false)
    expect(wantsOnlyDigest({ bytes: Buffer.from('ab') })).toBe(false)
    expect(wantsOnlyDigest({ status: 200 })).toBe(false)
    expect(wantsOnlyDigest(undefined)).toBe(false)
  })

  it('is judged by its digest, and shown by its start', () => {
    expect(checkAnswer({ bytes: { length: 1_000_000, sha256: 'AB12' } }, hashed).mismatches).toEqual([])
    expect(checkAnswer({ status: 200, bytes: { length: 9, sha256: 'cd' } }, hashed).mismatches).toEqual([
      { what: 'status', expected: '200', received: '404 the start' },
      { what: 'bytes', expected: '9 bytes', received: '1000000 bytes' },
      { what: 'bytes', expected: 'sha256 cd', received: '1000000 bytes, sha256 ab12' },
    ])
  })

  it('says why it is not there, where a smoke wants it after all', () => {
    expect(hashed.size).toBe(1_000_000)
    expect(() => hashed.body).toThrow(
      'the answer to GET /big was hashed as it came, because its digest was expected: of its 976.6 KiB only the first 9 B were kept',
    )
  })
})
