import { describe, expect, it } from 'vitest'
import { AnswerView } from './answer-view.ts'
import { pathOf, Trace } from './trace.ts'

const call = (url = 'http://127.0.0.1:1/v1/a?b=c', summary = '') => ({
  line: { daemon: 'shop', method: 'GET', url },
  summary,
})
const view = (body: string | Buffer): AnswerView =>
  new AnswerView('GET /', { status: 200, headers: {}, body: Buffer.from(body) })

describe('the trace of a step', () => {
  it('tells requests with their answers, and what was expected of them', () => {
    const trace = new Trace()
    const request = trace.addRequest(call(undefined, '{"x":1}'), view('{"n":3}'), 12.34)
    expect(request).toBe(0)
    trace.addClauses(
      { status: 200, json: { n: 4 } },
      view('{"n":3}'),
      [{ what: '$.n', expected: '4', received: '3' }],
      0,
    )
    trace.addValue('the sum', 3, 3)
    expect(trace.evidence()).toEqual({
      requests: [
        {
          daemon: 'shop',
          method: 'GET',
          path: '/v1/a?b=c',
          sent: '{"x":1}',
          status: 200,
          ms: 12.3,
          bytes: 7,
          answer: '{"n":3}',
        },
      ],
      checks: [
        { what: 'status', ok: true, expected: '200', received: '200', request: 0 },
        { what: '$.n', ok: false, expected: '4', received: '3', request: 0 },
        { what: 'the sum', ok: true, expected: '3', received: '3' },
      ],
    })
  })

  it('tells a request without an answer, and no bytes that are no text', () => {
    const trace = new Trace()
    trace.addRequest(call(), { kind: 'refused', detail: '' }, 1)
    trace.addRequest(call(), view(Buffer.from([80, 65, 0, 1])), 1)
    expect(trace.evidence().requests).toMatchObject([
      { fault: 'refused', bytes: 0 },
      { status: 200, bytes: 4 },
    ])
    expect(trace.evidence().requests?.[1]).not.toHaveProperty('answer')
  })

  it('takes over the last attempt of a condition', () => {
    const trace = new Trace()
    trace.addRequest(call(), view('first'), 1)
    const last = new Trace()
    last.addRequest(call(), view('last'), 1)
    last.addClauses({ text: 'last' }, view('last'), [], 0)
    trace.absorb(last, 7)
    expect(trace.evidence().requests?.[1]).toMatchObject({ answer: 'last', attempts: 7 })
    expect(trace.evidence().checks?.[0]).toMatchObject({ what: 'text', request: 1 })
  })

  it('is bounded, keeps what failed, and says what it left out', () => {
    const trace = new Trace()
    for (let i = 0; i < 1_000; i += 1) {
      const request = trace.addRequest(call(), view('x'.repeat(100)), 1)
      if (request !== undefined) trace.addClauses({ text: /x/ }, view('x'.repeat(100)), [], request)
      trace.addValue('n', i, i)
    }
    trace.addMismatches([{ what: 'the end', expected: '1', received: '2' }])
    const { requests = [], checks = [], omitted } = trace.evidence()
    expect(requests.length).toBeLessThanOrEqual(40)
    expect(checks.length).toBeLessThanOrEqual(81)
    expect(checks.at(-1)).toMatchObject({ what: 'the end', ok: false })
    expect(omitted?.requests).toBe(1_000 - requests.length)
    expect(omitted?.checks).toBeGreaterThan(900)
    expect(JSON.stringify(trace.evidence()).length).toBeLessThan(40_000)
  })

  it('is empty for a step that asks nothing', () => {
    expect(new Trace().evidence()).toEqual({})
  })
})

it.each([
  ['http://127.0.0.1:3211/v1/x?y=1', '/v1/x?y=1'],
  ['http://[::1]:1/', '/'],
  ['http://127.0.0.1:3211', ''],
])('the path of %s', (url, path) => {
  expect(pathOf(url)).toBe(path)
})
