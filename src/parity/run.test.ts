/** The whole way, against real HTTP servers: what is asked, what is told, what is kept secret. */
import { expect, it } from 'vitest'
import { type Answer, asJson, ONE, refusal, run, type Server, serve, write } from './run-rig.ts'

it('a third implementation: each of its deviations is found at its path', async () => {
  const order = {
    id: 17,
    customer: { name: 'Ada', email: 'ada@example.org' },
    lines: [
      { sku: 'a', count: 2, note: 'urgent' },
      { sku: 'b', count: 1 },
    ],
  }
  // One field renamed, one integer a string, one optional field missing.
  const third = {
    id: 17,
    customer: { fullName: 'Ada', email: 'ada@example.org' },
    lines: [
      { sku: 'a', count: '2' },
      { sku: 'b', count: '1' },
    ],
  }
  const [left, right] = [await serve(asJson(order)), await serve(asJson(third))]
  const report = await run({ cases: write(ONE), left: left.url, right: right.url })
  expect(
    report.cases[0]?.divergences.map(({ aspect, path, at, left, right }) => [aspect, path, at, left, right]),
  ).toEqual([
    ['shape', '$.customer.name', '$.customer.name', 'string', '(absent)'],
    ['shape', '$.customer.fullName', '$.customer.fullName', '(absent)', 'string'],
    ['shape', '$.lines[*].count', '$.lines[0].count', 'integer', 'string'],
    ['shape', '$.lines[*].note', '$.lines[0].note', 'string, not always there', '(absent)'],
  ])
  expect(report).toMatchObject({
    verdict: 'diverges',
    exitCode: 1,
    headline: '1/1 status codes match · 1/1 body shapes diverge',
  })
  const rows = report.cases[0]?.views.map(({ at, rows }) => [
    at,
    ...rows.filter((row) => row.differs).map((row) => [row.key, row.left, row.right]),
  ])
  expect(rows).toEqual([
    ['$.customer', ['name', '"Ada"', null], ['fullName', null, '"Ada"']],
    ['$.lines[0]', ['count', '2', '"2"'], ['note', '"urgent"', null]],
  ])
})

it('sends both sides the same bytes, twice, and adds a base path', async () => {
  const body = '{"n": 1.0, "big": 9007199254740993}'
  const [left, right] = [await serve(asJson({})), await serve(asJson({}))]
  const cases = write(
    `name = "api"\n[[cases]]\nname = "one"\npath = "/a/../b?x=%20&y"\nmethod = "PUT"\njson = '${body}'\nheaders = { X-A = "1" }\n`,
  )
  const report = await run({ cases, left: `${left.url}/base/`, right: right.url })
  expect(report.verdict).toBe('match')
  const told = ({ seen }: Server) =>
    seen.map(({ method, url, body, headers: { host: _, ...headers } }) => ({ method, url, body, headers }))
  expect(told(left)).toHaveLength(2)
  expect(told(left)[0]).toMatchObject({
    method: 'PUT',
    url: '/base/a/../b?x=%20&y',
    body,
    headers: { 'content-type': 'application/json', 'x-a': '1' },
  })
  expect(told(right)).toEqual(told(left).map((one) => ({ ...one, url: '/a/../b?x=%20&y' })))
})

it('asks once more where something diverges: what then differs from itself is noise, or unknown', async () => {
  const times = (answers: readonly Answer[]): Answer => {
    let asked = 0
    return (seen, response) => {
      const answer = answers[Math.min(asked, answers.length - 1)]
      asked += 1
      answer?.(seen, response)
    }
  }
  const right = await serve(asJson({ at: 8 }))
  const ticking = await serve(times([asJson({ at: 7 }), asJson({ at: 7 }), asJson({ at: 8 })]))
  const clock = await run({ cases: write(ONE), left: ticking.url, right: right.url })
  expect(clock).toMatchObject({
    verdict: 'match',
    cases: [{ noise: [{ path: '$.at' }], left: { asked: 3 } }],
  })

  const busy = asJson({ error: 'busy' }, 503)
  const recovering = await serve(times([busy, busy, asJson({ at: 8 })]))
  const transient = await run({ cases: write(ONE), left: recovering.url, right: right.url })
  expect(transient).toMatchObject({ verdict: 'unknown', exitCode: 3 })

  const once = await serve(times([asJson({ at: 7 }), asJson({ at: 8 })]))
  const trusted = await run({ cases: write(`${ONE}asks = 1\n`), left: once.url, right: right.url })
  expect([trusted.verdict, once.seen.length]).toEqual(['diverges', 1])
})

it('follows no redirect', async () => {
  const target = await serve(asJson({}))
  const left = await serve((_seen, response) => response.writeHead(302, { location: target.url }).end())
  const right = await serve(asJson({}))
  const report = await run({ cases: write(ONE), left: left.url, right: right.url })
  expect(report.cases[0]?.divergences).toMatchObject([
    { aspect: 'status', left: '302', right: '200' },
    { aspect: 'media-type' },
    { aspect: 'shape' },
  ])
  expect(target.seen).toEqual([])
})

it('takes ten megabytes a body', async () => {
  const rows = Array.from({ length: 4_000 }, (_, id) => ({ id, text: 'x'.repeat(2_600) }))
  const big = JSON.stringify({ rows })
  expect(big.length).toBeGreaterThan(10_000_000)
  const other = big.replace('"id":3999', '"id":"3999"')
  const [left, right] = [await serve(asJson(big)), await serve(asJson(other))]
  const report = await run({ cases: write(ONE), left: left.url, right: right.url })
  expect(report.cases[0]?.divergences).toMatchObject([
    {
      aspect: 'shape',
      path: '$.rows[*].id',
      at: '$.rows[3999].id',
      left: 'integer',
      right: 'integer | string',
    },
  ])
  expect(JSON.stringify(report).length).toBeLessThan(5_000)
})

it('keeps what came from the environment out of the report', async () => {
  const secret = 'sw0rdf1sh-token'
  const echo: Answer = ({ headers }, response) =>
    asJson({ you: headers['authorization'], [`k ${headers['authorization']}`]: headers['x-tenant'] })(
      undefined as never,
      response,
    )
  const [left, right] = [await serve(echo), await serve(asJson({}))]
  const cases = write(`${ONE}headers = { authorization = "Bearer {env.TOKEN}", x-tenant = "{env.TENANT}" }\n`)
  const report = await run({
    cases,
    left: left.url,
    right: right.url,
    env: { TOKEN: secret, TENANT: 'c1rcus-tenant' },
  })
  expect(left.seen[0]?.headers['authorization']).toBe(`Bearer ${secret}`)
  expect(report.verdict).toBe('diverges')
  expect(JSON.stringify(report)).not.toMatch(/sw0rdf1sh|c1rcus/)
  expect(await refusal({ cases, left: left.url, right: right.url, env: { TENANT: '' } })).toBe(
    'error: case "one": header authorization: the environment variable TOKEN is not set',
  )
})
