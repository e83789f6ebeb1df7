/** The whole way, against real HTTP servers: what is asked, what is told, what is kept secret. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { runParity } from './run.ts'
import type { ParityOptions } from './run-types.ts'
import type { ParityReport } from './types.ts'

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

interface Server {
  readonly url: string
  readonly seen: readonly Seen[]
}

type Answer = (seen: Seen, response: ServerResponse) => void

/** Answers each request after its body is read. Ended with the test. */
async function serve(answer: Answer): Promise<Server> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
      seen.push(one)
      answer(one, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return { url: `http://127.0.0.1:${address.port}`, seen }
}

const asJson =
  (body: unknown, status = 200): Answer =>
  (_seen, response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

function write(text: string, name = 'cases.toml'): string {
  const folder = mkdtempSync(join(tmpdir(), 'parity-run-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

const ONE = 'name = "api"\n[[cases]]\nname = "one"\npath = "/v1/thing"\n'

async function run(o: Partial<ParityOptions> & { readonly cases: string }): Promise<ParityReport> {
  const done = await runParity({
    env: {},
    signal: new AbortController().signal,
    lend: () => Promise.reject(new Error('nothing is to be booted')),
    ...o,
  })
  if (!done.ok) throw new Error(done.error.messages.join('\n'))
  return done.value
}

const refusal = async (o: Partial<ParityOptions> & { readonly cases: string }): Promise<string> => {
  try {
    await run(o)
    return 'taken'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

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

it.each<[string, Answer, RegExp]>([
  ['hangs', () => undefined, /^right: no complete answer within 50 ms$/],
  [
    'breaks off',
    (_seen, response) =>
      void response.writeHead(200, { 'content-length': '10' }).write('{', () => response.destroy()),
    /^right: no answer: /,
  ],
  [
    'sends more than is allowed',
    (_seen, response) => response.end('x'.repeat(2_000)),
    /^right: its body is larger than 1.0 KiB \("max_body"\)$/,
  ],
])('a side that %s is unknown, never a match', async (_what, answer, reason) => {
  const [left, right] = [await serve(asJson({})), await serve(answer)]
  const cases = write(
    `${ONE}timeout = "50ms"\nmax_body = "1KiB"\n`.replace('"50ms"', _what === 'hangs' ? '"50ms"' : '"20s"'),
  )
  const report = await run({ cases, left: left.url, right: right.url })
  expect(report).toMatchObject({ verdict: 'unknown', exitCode: 3, cases: [{ verdict: 'unknown' }] })
  expect(report.cases[0]?.unknown[0]).toMatch(reason)
})

it('two sides that are down are not alike', async () => {
  const gone = await serve(asJson({}))
  const report = await run({ cases: write(ONE), left: 'http://127.0.0.1:1', right: 'http://127.0.0.1:1/x' })
  expect(report).toMatchObject({
    verdict: 'unknown',
    exitCode: 3,
    headline: '0/1 status codes match · 0/1 body shapes match · 1/1 unknown',
    counts: { verdicts: { unknown: 1, match: 0 } },
  })
  expect(gone.seen).toEqual([])
})

it('takes ten megabytes a body', async () => {
  const rows = Array.from({ length: 40_000 }, (_, id) => ({ id, text: 'x'.repeat(240) }))
  const big = JSON.stringify({ rows })
  expect(big.length).toBeGreaterThan(10_000_000)
  const other = big.replace('"id":39999', '"id":"39999"')
  const [left, right] = [await serve(asJson(big)), await serve(asJson(other))]
  const report = await run({ cases: write(ONE), left: left.url, right: right.url })
  expect(report.cases[0]?.divergences).toMatchObject([
    {
      aspect: 'shape',
      path: '$.rows[*].id',
      at: '$.rows[39999].id',
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

it('asks the cases in order, and tells those that were not reached when it is interrupted', async () => {
  const stop = new AbortController()
  const left = await serve((seen, response) => {
    if (seen.url === '/b') stop.abort()
    else asJson({})(seen, response)
  })
  const right = await serve(asJson({}))
  const cases = write(
    'name = "api"\n[[cases]]\nname = "a"\npath = "/a"\n[[cases]]\nname = "b"\npath = "/b"\n[[cases]]\nname = "c"\npath = "/c"\n',
  )
  const done: string[] = []
  const report = await run({
    cases,
    left: left.url,
    right: right.url,
    signal: stop.signal,
    interruptedBy: () => 'SIGTERM',
    onCase: ({ name }) => done.push(name),
  })
  expect(done).toEqual(['a', 'b', 'c'])
  expect(report).toMatchObject({ exitCode: 143, interrupted: 'SIGTERM', verdict: 'unknown' })
  expect(report.cases.map(({ verdict }) => verdict)).toEqual(['match', 'unknown', 'unknown'])
  expect(report.cases[2]?.unknown).toEqual(['left: not asked: interrupted', 'right: not asked: interrupted'])
})

it('selects cases by name', async () => {
  const server = await serve(asJson({}))
  const cases = write(
    'name = "api"\n[[cases]]\nname = "a"\npath = "/a"\n[[cases]]\nname = "b"\npath = "/b"\n',
  )
  const report = await run({ cases, left: server.url, right: server.url, only: ['b'] })
  expect(report.cases.map(({ name }) => name)).toEqual(['b'])
  expect(await refusal({ cases, left: server.url, right: server.url, only: ['bb'] })).toContain(
    'no case named "bb"; did you mean "b"?',
  )
})

it.each([
  ['no side', {}, 'there is no left side'],
  [
    'a name without a stack file',
    { left: 'web', right: 'http://127.0.0.1:1' },
    '"web": no URL (http://…), and there is no stack file',
  ],
  ['https', { left: 'https://example.org', right: 'http://127.0.0.1:1' }, 'only plain http://'],
  [
    'a password',
    { left: 'http://a:hunter2@127.0.0.1', right: 'http://127.0.0.1:1' },
    'a URL with a user or a password is not taken',
  ],
  ['a query', { left: 'http://127.0.0.1/?a', right: 'http://127.0.0.1:1' }, 'a base URL has no query'],
])('refuses %s', async (_what, sides, message) => {
  const said = await refusal({ cases: write(ONE), ...sides })
  expect(said).toContain(message)
  expect(said).not.toContain('hunter2')
})

it('asks daemons that are lent, and nobody when they do not come up', async () => {
  const server = await serve(asJson({}))
  const cases = write(`left = "a"\nright = "b"\nstack = "s.toml"\n${ONE}`)
  const lent = await run({
    cases,
    lend: async (stack, daemons, use) => {
      expect([stack.endsWith('/s.toml'), daemons]).toEqual([true, ['a', 'b']])
      await use({
        urls: new Map([
          ['a', server.url],
          ['b', server.url],
        ]),
        secrets: [],
      })
      return { up: true, troubles: [{ kind: 'leak', headline: 'port left behind', detail: [] }] }
    },
  })
  expect(lent).toMatchObject({ verdict: 'match', exitCode: 1, left: { label: 'a', url: server.url } })
  const down = await run({
    cases,
    lend: () =>
      Promise.resolve({
        up: false,
        troubles: [{ kind: 'not-up', headline: 'a could not be started', detail: [] }],
      }),
  })
  expect(down).toMatchObject({ verdict: 'unknown', exitCode: 3, left: { label: 'a', url: null } })
  expect(down.cases[0]?.unknown[0]).toBe('left: the stack did not come up: a could not be started')
  expect(await refusal({ cases, lend: () => Promise.resolve({ unusable: ['error: no daemon "a"'] }) })).toBe(
    'error: no daemon "a"',
  )
})
