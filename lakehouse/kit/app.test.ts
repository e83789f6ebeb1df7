import { once } from 'node:events'
import { request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createApp, parseBody, parseQuery } from './app.ts'
import { conflict } from './errors.ts'

const bodySchema = z.strictObject({ items: z.array(z.strictObject({ id: z.number() })) })
let ready = true
let log: string[] = []

function buildTestApp(token?: string): FastifyInstance {
  const app = createApp({
    service: 'testd',
    bodyLimit: 1_000,
    isReady: () => ready,
    notReadyReason: () => 'it warms up',
    logger: { write: (line) => log.push(line) },
    ...(token !== undefined && { auth: { token } }),
  })
  app.post('/v1/items', async (request) => ({ got: parseBody(bodySchema, request.body) }))
  app.get('/v1/items/:id', async () => ({}))
  app.put('/v1/files/*', async () => ({}))
  app.get('/v1/query', async (request) => parseQuery(z.strictObject({ a: z.string() }), request.query))
  app.get('/v1/boom', async () => {
    throw new TypeError('a secret detail')
  })
  app.get('/v1/conflict', async () => {
    throw conflict('both cannot be', { details: { other: 1 }, headers: { 'x-why': 'y' } })
  })
  return app
}

let app: FastifyInstance
beforeEach(() => {
  ready = true
  log = []
  app = buildTestApp()
})
afterEach(() => app.close())

async function listen(): Promise<AddressInfo> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return app.server.address() as AddressInfo
}

describe('health', () => {
  it('answers as itself', async () => {
    const answer = await app.inject('/health')
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { status: 'ok', service: 'testd', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
    ])
  })

  it('is 503 with the reason before it can serve, and so is every other route', async () => {
    ready = false
    const health = await app.inject('/health')
    expect(health.statusCode).toBe(503)
    expect(health.json()).toMatchObject({ status: 'starting', service: 'testd', reason: 'it warms up' })
    const other = await app.inject('/v1/items/1')
    expect([other.statusCode, other.json().error.code, other.headers['retry-after']]).toEqual([
      503,
      'starting',
      '1',
    ])
  })
})

describe('errors', () => {
  it.each([
    ['GET', '/nope', 404, 'not_found', undefined],
    ['DELETE', '/v1/items/7', 405, 'method_not_allowed', 'GET, HEAD'],
    ['GET', '/v1/files/a/b', 405, 'method_not_allowed', 'PUT'],
    ['PUT', '/health', 405, 'method_not_allowed', 'GET, HEAD'],
    ['GET', '/v1/items', 405, 'method_not_allowed', 'POST'],
    ['GET', '/v1/items/%zz', 400, 'bad_url', undefined],
    ['GET', '/v1/query?b=1', 400, 'bad_request', undefined],
  ] as const)('%s %s is %i %s', async (method, url, status, code, allow) => {
    const answer = await app.inject({ method, url })
    expect([answer.statusCode, answer.json().error.code, answer.headers.allow]).toEqual([status, code, allow])
    expect(answer.headers['x-request-id']).toBeTruthy()
  })

  it.each([
    ['{"items":[{"id":"x"}]}', 400, { code: 'bad_request', field: 'items[0].id' }],
    ['{"items":[],"more":1}', 400, { code: 'bad_request', field: 'more' }],
    ['[]', 400, { code: 'bad_request' }],
    ['{"items"', 400, { code: 'malformed_json' }],
    ['', 400, { code: 'malformed_json' }],
    ['{"__proto__":{"x":1}}', 400, { code: 'malformed_json' }],
    [JSON.stringify({ items: 'x'.repeat(2_000) }), 413, { code: 'too_large' }],
  ])('refuses the body %j', async (payload, status, error) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await app.inject({ method: 'POST', url: '/v1/items', payload, headers })
    expect(answer.json().error).toMatchObject(error)
    expect(answer.statusCode).toBe(status)
  })

  it.each(['text/plain', 'text/csv', 'application/xml'])('does not take %s', async (type) => {
    const headers = { 'content-type': type }
    const answer = await app.inject({ method: 'POST', url: '/v1/items', payload: 'x', headers })
    expect([answer.statusCode, answer.json().error.code]).toEqual([415, 'unsupported_media_type'])
  })

  it('tells nothing of a fault of its own but the request id, under which the log has the stack', async () => {
    const answer = await app.inject({ url: '/v1/boom', headers: { 'x-request-id': 'r-1' } })
    expect(answer.statusCode).toBe(500)
    expect(answer.body).toContain('r-1')
    expect(answer.body).not.toMatch(/secret|at /)
    const entry = log.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'unexpected error')
    expect(entry).toMatchObject({
      request_id: 'r-1',
      err: { stack: expect.stringContaining('a secret detail') },
    })
  })

  it('passes details and headers of an expected error on, code and message first', async () => {
    const answer = await app.inject('/v1/conflict')
    expect(answer.body).toBe('{"error":{"code":"conflict","message":"both cannot be","other":1}}')
    expect([answer.statusCode, answer.headers['x-why']]).toEqual([409, 'y'])
  })
})

describe('request ids', () => {
  it('takes a sane one over', async () => {
    const answer = await app.inject({ url: '/health', headers: { 'x-request-id': 'abc-123' } })
    expect(answer.headers['x-request-id']).toBe('abc-123')
  })
  it.each(['', 'a b', 'x'.repeat(129), '"quoted"'])('replaces %j', async (id) => {
    const answer = await app.inject({ url: '/health', headers: { 'x-request-id': id } })
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('with a token', () => {
  it.each([
    ['/v1/items/1', undefined, 401],
    ['/v1/items/1', 'Bearer wrong', 401],
    ['/v1/items/1', 't0ken', 401],
    ['/v1/items/1', 'Bearer t0ken', 200],
    ['/nope', undefined, 401],
    ['/nope', 'Bearer t0ken', 404],
    ['/health', undefined, 200],
  ])('%s with %s is %i', async (url, authorization, status) => {
    await using guarded = buildTestApp('t0ken')
    const answer = await guarded.inject({
      url,
      headers: authorization === undefined ? {} : { authorization },
    })
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined)
  })
})

describe('on a real connection', () => {
  it('answers a raw control character in the URL with a JSON 400', async () => {
    const { port } = await listen()
    const socket = connect(port, '127.0.0.1').end('GET /v1/items/a\u0001b HTTP/1.1\r\nHost: x\r\n\r\n')
    const answer = await text(socket)
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ error: { code: 'bad_url' } })
  })

  it('answers 413 to a client that has not sent its body yet, and takes the rest of it off the wire', async () => {
    const { port } = await listen()
    const size = 4_000_000
    const headers = { 'content-type': 'application/json', 'content-length': size }
    const call = request({ port, host: '127.0.0.1', method: 'POST', path: '/v1/items', headers })
    call.flushHeaders()
    const [answer] = await once(call, 'response')
    expect(answer.statusCode).toBe(413)
    call.end(Buffer.alloc(size))
    await once(call, 'finish')
    expect(JSON.parse(await text(answer)).error.code).toBe('too_large')
  })

  it('tells a client to go on that asks first, but not when the answer is no', async () => {
    const { port } = await listen()
    const ask = async (length: number) => {
      const headers = { 'content-type': 'application/json', 'content-length': length, expect: '100-continue' }
      const call = request({ port, host: '127.0.0.1', method: 'POST', path: '/v1/items', headers })
      let told = false
      call.once('continue', () => {
        told = true
        call.end('{"items":[]}')
      })
      call.flushHeaders()
      const [answer] = await once(call, 'response')
      answer.resume()
      call.destroy()
      return [answer.statusCode, told]
    }
    expect(await ask(12)).toEqual([200, true])
    ready = false
    expect(await ask(12)).toEqual([503, false])
  })

  it('logs each request once, and says when the client did not wait for the answer', async () => {
    const large = Readable.from(Array.from({ length: 1_000 }, () => Buffer.alloc(65_536)))
    app.get('/v1/large', async (_request, reply) => reply.send(large))
    const { port } = await listen()
    await (await fetch(`http://127.0.0.1:${port}/v1/items/1`)).text()
    const call = request({ port, host: '127.0.0.1', path: '/v1/large' }).end()
    await once(call, 'response')
    call.destroy()
    await once(large, 'close')
    await app.close()
    const entries = log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request')
    expect(entries).toMatchObject([
      { method: 'GET', path: '/v1/items/1', status: 200 },
      { method: 'GET', path: '/v1/large', status: 200, aborted: true },
    ])
    expect(entries[0]).not.toHaveProperty('aborted')
  })

  it('refuses a route with a Fastify schema, which nothing would check', async () => {
    app.post('/v1/schema', { schema: { body: { type: 'object' } } }, async () => ({}))
    await expect(app.ready()).rejects.toThrow('check bodies with parseBody')
  })
})
