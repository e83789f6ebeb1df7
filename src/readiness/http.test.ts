import { createServer, type RequestListener } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { now } from '../kernel/clock.ts'
import type { Json } from '../stack/types.ts'
import { contextOf, portOf } from './fixtures/context.ts'
import { createHttpProbe } from './http.ts'
import { pollUntil } from './poll.ts'

interface Wanted {
  readonly target?: string
  readonly json?: Json
  readonly status?: number
}

async function probeOf(listener: RequestListener, { target = '/health', status = 200, json }: Wanted) {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const spec = { kind: 'http', target, status, ...(json === undefined ? {} : { json }) } as const
  return createHttpProbe(spec, contextOf({ port: portOf(server) }))
}

const LONG = 20_000

async function poll(listener: RequestListener, o: Wanted = {}) {
  const probe = await probeOf(listener, o)
  const startedAt = now()
  return await pollUntil(probe, { startedAt, deadline: startedAt + LONG, attemptTimeoutMs: LONG })
}

test('holds on the expected status', async () => {
  const asked: (string | undefined)[] = []
  const outcome = await poll(
    (request, response) => {
      asked.push(request.url)
      response.writeHead(204).end()
    },
    { target: '/a/../%2e?x=1', status: 204 },
  )
  expect(outcome).toMatchObject({
    how: 'held',
    attempts: 1,
    results: [{ kind: 'http', ok: true, saw: 'answered 204' }],
  })
  expect(asked).toEqual(['/a/../%2e?x=1'])
})

test('holds on JSON that has at least what is expected', async () => {
  const outcome = await poll((_, response) => response.end('{"status":"ok","more":[1,{"a":2}]}'), {
    json: { more: [1, { a: 2 }], status: 'ok' },
  })
  expect(outcome.how).toBe('held')
})

test('holds once 500 has become 200, and shows both', async () => {
  let asked = 0
  const outcome = await poll((_, response) => {
    asked += 1
    response.writeHead(asked < 4 ? 500 : 200).end()
  })
  expect(outcome).toMatchObject({ how: 'held', attempts: 4 })
  // The shared table of listeners may be a moment older than the server: then the first look finds nobody.
  expect(outcome.results.filter(({ kind }) => kind === 'http')).toMatchObject([
    { saw: expect.stringMatching(/^answered 500, expected 200 \(×3, last at /) },
    { saw: 'answered 200' },
  ])
})

const isSilent = /^no complete answer within/

test.each<[string, RequestListener, RegExp, Json?]>([
  ['hangs', () => undefined, isSilent],
  ['drips', (_, response) => response.writeHead(200, { 'content-length': 9_999 }).write('.'), isSilent],
  [
    'redirects for ever',
    (_, response) => response.writeHead(302, { location: '/health' }).end(),
    /^answered 302 to \/health \(redirects are not followed\), expected 200/,
  ],
  [
    'sends a gigabyte',
    (_, response) => response.end(Buffer.alloc(1 << 20)),
    /^answered 200 with more than 256.0 KiB, expected JSON/,
    {},
  ],
  [
    'is not up',
    (_, response) => response.writeHead(503).end('not\u001b[31m now\n'),
    /^answered 503, expected 200: not now/,
  ],
  ['is no JSON', (_, response) => response.end('<html>'), /^answered 200, expected JSON, got <html>/, {}],
  [
    'is other JSON',
    (_, response) => response.end('{"a":[1,2]}'),
    /^answered 200 \{"a":\[1,2\]\}, expected \{"a":\[1\]\}/,
    { a: [1] },
  ],
  ['breaks off', (request) => request.socket.destroy(), /^(reset|protocol|other): /],
])('does not hold on a /health that %s, and shows it', async (_, listener, saw, json) => {
  const probe = await probeOf(listener, json === undefined ? {} : { json })
  const answer = await probe.attempt(new AbortController().signal, saw === isSilent ? 50 : LONG)
  expect([probe.kind, answer.ok, answer.fatal ?? false]).toEqual(['http', false, false])
  expect(answer.saw).toMatch(saw)
})

test('an answer without end is enough where no JSON is expected', async () => {
  const outcome = await poll((_, response) => response.end(Buffer.alloc(1 << 20)))
  expect(outcome.how).toBe('held')
})

test.each([
  ['https://127.0.0.1/', 'https:// cannot be probed; use http://, or the kind "tcp" or "command"'],
  ['http://[::1/', '"http://[::1/" is no URL'],
])('a target that cannot be asked ends the wait at once: %s', async (target, saw) => {
  const outcome = await poll(() => undefined, { target })
  expect(outcome).toMatchObject({ how: 'fatal', attempts: 1, results: [{ saw }] })
})

test('a whole URL is asked where it points', async () => {
  const other = createServer((request, response) =>
    response.end(JSON.stringify({ host: request.headers.host, url: request.url })),
  )
  await new Promise<void>((resolve) => other.listen({ host: '::1', port: 0 }, resolve))
  onTestFinished(() => void other.close())
  const host = `[::1]:${portOf(other)}`
  const outcome = await poll(() => undefined, {
    target: `http://${host}?q`,
    json: { host, url: '/?q' },
  })
  expect(outcome.how).toBe('held')
})
