import { describe, expect, it } from 'vitest'
import type { SqlExpectation } from '../context.ts'
import { AnswerView } from '../runtime/answer-view.ts'
import { checkAnswer } from './answer.ts'
import { describeClauses } from './clauses.ts'
import { match } from './match.ts'

const answer = new AnswerView('GET /', {
  status: 201,
  headers: { etag: '"7"', 'set-cookie': ['a', 'b'] },
  body: Buffer.from('{"id":"o-1","rows":3,"more":[1,2]}'),
})

function clausesOf(expectation: SqlExpectation, max = 100): string[] {
  const { mismatches } = checkAnswer(expectation, answer)
  return describeClauses(expectation, answer, mismatches, max).map(
    ({ what, expected, received }) => `${what}: ${expected} | ${received}`,
  )
}

describe('the clauses that hold', () => {
  it('are told with what was expected and what came, the JSON only where it was asked for', () => {
    expect(
      clausesOf({
        status: 201,
        json: { id: match.string(/^o-/), rows: 3 },
        headers: { ETag: '"7"', 'set-cookie': /a, b/ },
        text: /rows/,
        bytes: { length: 34 },
        within: '2s',
      }),
    ).toEqual([
      'status: 201 | 201',
      'json: { "id": text matching /^o-/, "rows": 3 } | { "id": "o-1", "rows": 3 }',
      'text: /rows/ | {"id":"o-1","rows":3,"more":[1,2]}',
      'bytes: { "length": 34 } | 34 bytes',
      'header etag: "\\"7\\"" | "7"',
      'header set-cookie: /a, b/ | a,b',
    ])
  })

  it('leave out those that do not', () => {
    expect(clausesOf({ status: 200, json: { rows: 4 }, headers: { etag: '"7"' }, text: 'x' })).toEqual([
      'header etag: "\\"7\\"" | "7"',
    ])
  })

  it('know rows and columns from other places in the answer', () => {
    const given = { rows: [{ n: 1 }], columns: ['n'], status: 201 }
    const wrong = [{ what: '$.rows[0].n', expected: '1', received: '2' }]
    expect(describeClauses(given, answer, wrong, 60).map(({ what }) => what)).toEqual(['columns', 'status'])
  })

  it('are bounded', () => {
    const long = describeClauses({ text: 'x'.repeat(5_000) }, answer, [], 50)
    expect(long[0]?.expected).toHaveLength(50)
    expect(long[0]?.received.length).toBeLessThanOrEqual(50)
  })
})
