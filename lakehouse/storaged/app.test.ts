import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createObjectClient } from '../kit/objects.ts'
import { makeTemporaryFolder } from '../kit/testing/daemon-process.ts'
import { createUpstream } from '../kit/upstream.ts'
import { buildApp, type StoragedDeps } from './app.ts'
import { createFsStore } from './fs-store.ts'

const MAX = 100_000
let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>
let app: FastifyInstance

async function build(changes: Partial<StoragedDeps> = {}): Promise<FastifyInstance> {
  const store = createFsStore(folder.path)
  await store.open(new AbortController().signal)
  const limits = { maxObjectBytes: MAX, maxUploads: 4, retryAfterS: 5, uploadIdleTimeoutMs: 60_000 }
  return buildApp({ store, ...limits, logger: false, ...changes })
}

beforeEach(async () => {
  folder = await makeTemporaryFolder()
  app = await build()
})
afterEach(async () => {
  await app.close()
  await folder[Symbol.asyncDispose]()
})

const url = (key: string) => `/v1/objects/${encodeURIComponent(key)}`
const put = (key: string, payload: string | Buffer) => app.inject({ method: 'PUT', url: url(key), payload })
const list = async (query = '') => (await app.inject(`/v1/objects${query}`)).json()

async function listen(): Promise<{ port: number; host: string }> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return { port: (app.server.address() as AddressInfo).port, host: '127.0.0.1' }
}

async function answerTo(
  call: ClientRequest,
): Promise<{ status: number; headers: IncomingMessage['headers']; error?: { code: string } }> {
  const [answer] = (await once(call, 'response')) as [IncomingMessage]
  const body = (await json(answer)) as { error?: { code: string } }
  return { status: answer.statusCode ?? 0, headers: answer.headers, ...body }
}

describe('objects', () => {
  it('are put, read, headed, replaced and deleted', async () => {
    const bytes = Buffer.from([0, 1, 255, 13, 10])
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const created = await put('a/ö b', bytes)
    expect([created.statusCode, created.json()]).toEqual([200, { key: 'a/ö b', size: 5, sha256 }])
    const read = await app.inject(url('a/ö b'))
    expect([read.statusCode, read.rawPayload]).toEqual([200, bytes])
    const facts = { 'content-length': '5', 'content-type': 'application/octet-stream', etag: `"${sha256}"` }
    expect(read.headers).toMatchObject(facts)
    const head = await app.inject({ method: 'HEAD', url: url('a/ö b') })
    expect([head.statusCode, head.rawPayload.length]).toEqual([200, 0])
    expect(head.headers).toMatchObject(facts)
    await put('a/ö b', 'newer')
    expect((await app.inject(url('a/ö b'))).body).toBe('newer')
    const deleted = await app.inject({ method: 'DELETE', url: url('a/ö b') })
    expect([deleted.statusCode, deleted.json()]).toEqual([200, { key: 'a/ö b', deleted: true }])
    for (const method of ['GET', 'DELETE', 'HEAD'] as const) {
      const gone = await app.inject({ method, url: url('a/ö b') })
      expect(gone.statusCode).toBe(404)
      if (method !== 'HEAD') expect(gone.json().error).toMatchObject({ code: 'not_found', key: 'a/ö b' })
    }
  })

  it.each(['application/json', 'text/plain', 'image/png', undefined])(
    'are bytes, even as %s',
    async (type) => {
      const headers = type === undefined ? {} : { 'content-type': type }
      const answer = await app.inject({ method: 'PUT', url: url('k'), payload: '{"not json', headers })
      expect([answer.statusCode, answer.json().size]).toEqual([200, 10])
    },
  )

  it('may be empty', async () => {
    expect((await put('k', '')).json()).toMatchObject({ size: 0 })
    const read = await app.inject(url('k'))
    expect([read.statusCode, read.body, read.headers['content-length']]).toEqual([200, '', '0'])
  })

  it.each([
    '/v1/objects/',
    '/v1/objects/a%00',
    '/v1/objects//a',
    '/v1/objects/%FF',
    '/v1/objects/%zz',
    '/v1/objects/a%0d%0ab',
  ])('refuses %s for every method', async (path) => {
    for (const method of ['PUT', 'GET', 'DELETE'] as const) {
      const answer = await app.inject({ method, url: path, ...(method === 'PUT' && { payload: 'x' }) })
      expect([answer.statusCode, answer.json().error.code]).toEqual([400, 'bad_key'])
    }
    expect((await list()).objects).toEqual([])
  })

  it('answers 405 to other methods', async () => {
    const answer = await app.inject({ method: 'POST', url: url('k'), payload: 'x' })
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'DELETE, GET, HEAD, PUT'])
  })

  it("are what the kit's client takes them for", async () => {
    const { port } = await listen()
    const client = createObjectClient(
      createUpstream({ name: 'storaged', baseUrl: `http://127.0.0.1:${port}` }),
    )
    const keys = ['a', 'a/./b', 'a/b', 'q?x=1&y#z', 'ö%2F']
    for (const key of keys) expect(await client.put(key, key)).toMatchObject({ key })
    expect((await Array.fromAsync(client.list(''))).map(({ key }) => key)).toEqual(keys)
    expect((await client.get('a/./b'))?.toString()).toBe('a/./b')
    expect(await client.head('a/b')).toEqual({
      key: 'a/b',
      size: 3,
      sha256: createHash('sha256').update('a/b').digest('hex'),
    })
    expect([
      await client.delete('a'),
      await client.delete('a'),
      await client.get('a'),
      await client.head('a'),
    ]).toEqual([true, false, undefined, undefined])
  })
})

describe('the listing', () => {
  beforeEach(async () => {
    for (const key of ['b', 'a/2', 'a/1', 'a']) await put(key, key)
  })

  it('is ordered and pages with next', async () => {
    expect(await list('?prefix=a&limit=2')).toEqual({
      objects: [
        { key: 'a', size: 1 },
        { key: 'a/1', size: 3 },
      ],
      truncated: true,
      next: 'a/1',
    })
    expect(await list('?prefix=a&limit=2&after=a/1')).toEqual({
      objects: [{ key: 'a/2', size: 3 }],
      truncated: false,
      next: null,
    })
  })

  it.each([
    'limit=0',
    'limit=10001',
    'limit=x',
    'limit=',
    'limit=1.5',
    'limit=-1',
    'prefx=a',
    'limit=1&limit=2',
  ])('refuses ?%s', async (query) => {
    const answer = await app.inject(`/v1/objects?${query}`)
    expect([answer.statusCode, answer.json().error]).toMatchObject([
      400,
      { code: 'bad_request', field: query.split('=')[0] },
    ])
  })
})

describe('the size limit', () => {
  it('refuses a Content-Length over it before a byte of the body has come', async () => {
    const call = request({
      ...(await listen()),
      method: 'PUT',
      path: '/v1/objects/k',
      headers: { 'content-length': MAX + 1 },
    })
    call.flushHeaders()
    expect(await answerTo(call)).toMatchObject({ status: 413, error: { code: 'too_large' } })
    call.destroy()
  })

  it('lets an object of exactly that size pass, chunked or not', async () => {
    const target = await listen()
    const plain = request({ ...target, method: 'PUT', path: '/v1/objects/plain' }).end(Buffer.alloc(MAX))
    expect(await answerTo(plain)).toMatchObject({ status: 200, size: MAX })
    const chunks = request({
      ...target,
      method: 'PUT',
      path: '/v1/objects/chunks',
      headers: { 'transfer-encoding': 'chunked' },
    })
    chunks.write(Buffer.alloc(MAX - 1))
    chunks.end('x')
    expect(await answerTo(chunks)).toMatchObject({ status: 200, size: MAX })
  })

  it('refuses a chunked body that grows past it, and leaves nothing', async () => {
    const call = request({
      ...(await listen()),
      method: 'PUT',
      path: '/v1/objects/k',
      headers: { 'transfer-encoding': 'chunked' },
    })
    call.write(Buffer.alloc(MAX))
    call.write('x')
    // The client has not ended its body: the answer does not wait for that.
    expect(await answerTo(call)).toMatchObject({ status: 413, error: { code: 'too_large' } })
    call.end(Buffer.alloc(MAX))
    await once(call, 'finish')
    expect((await list()).objects).toEqual([])
    expect(await readdir(join(folder.path, 'uploads'))).toEqual([])
    expect(await readdir(join(folder.path, 'objects'))).toEqual([])
  })

  it('does not ask a client with Expect: 100-continue for a body that it will not take', async () => {
    const headers = { 'content-length': MAX + 1, expect: '100-continue' }
    const call = request({ ...(await listen()), method: 'PUT', path: '/v1/objects/k', headers })
    let told = false
    call.once('continue', () => {
      told = true
    })
    call.flushHeaders()
    expect(await answerTo(call)).toMatchObject({ status: 413 })
    expect(told).toBe(false)
    call.destroy()
  })
})

describe('the upload slots', () => {
  /** An upload whose slot is taken: storaged has begun to receive it. */
  async function hold(target: { port: number; host: string }, key: string): Promise<ClientRequest> {
    const headers = { 'content-length': 10, expect: '100-continue' }
    const call = request({ ...target, method: 'PUT', path: url(key), headers })
    call.flushHeaders()
    await once(call, 'continue')
    call.write('12345')
    return call
  }

  it('are four; the fifth upload is refused at once, before its body, and passes after', async () => {
    const target = await listen()
    const held = await Promise.all(['1', '2', '3', '4'].map((key) => hold(target, key)))
    const fifth = request({ ...target, method: 'PUT', path: url('5'), headers: { 'content-length': 10 } })
    fifth.flushHeaders()
    const refused = await answerTo(fifth)
    expect(refused).toMatchObject({ status: 503, error: { code: 'too_many_uploads' } })
    expect(refused.headers['retry-after']).toBe('5')
    fifth.destroy()
    // Reading takes no slot.
    expect((await app.inject('/v1/objects')).statusCode).toBe(200)
    const [first, ...others] = held
    first?.end('67890')
    if (first) expect(await answerTo(first)).toMatchObject({ status: 200, size: 10 })
    expect((await put('5', 'x')).statusCode).toBe(200)
    for (const call of others) {
      call.end('67890')
      expect(await answerTo(call)).toMatchObject({ status: 200 })
    }
    expect((await list()).objects.map(({ key }: { key: string }) => key)).toEqual(['1', '2', '3', '4', '5'])
  })

  it('are free again after an upload that breaks off, grows too large, or has a bad key', async () => {
    await app.close()
    app = await build({ maxUploads: 1 })
    const target = await listen()
    const broken = await hold(target, 'broken')
    expect((await put('k', 'x')).statusCode).toBe(503)
    broken.on('error', (error: NodeJS.ErrnoException) => expect(error.code).toBe('ECONNRESET')).destroy()
    await expect.poll(async () => (await put('k', 'x')).statusCode).toBe(200)
    const large = request({
      ...target,
      method: 'PUT',
      path: url('l'),
      headers: { 'transfer-encoding': 'chunked' },
    })
    large.end(Buffer.alloc(MAX + 1))
    expect(await answerTo(large)).toMatchObject({ status: 413 })
    expect((await put('', 'x')).statusCode).toBe(400)
    expect((await put('k', 'y')).statusCode).toBe(200)
    expect((await list()).objects.map(({ key }: { key: string }) => key)).toEqual(['k'])
    expect(await readdir(join(folder.path, 'uploads'))).toEqual([])
  })

  it('are given back by a client that falls silent', async () => {
    await app.close()
    app = await build({ maxUploads: 1, uploadIdleTimeoutMs: 50 })
    const silent = await hold(await listen(), 'silent')
    expect(await answerTo(silent)).toMatchObject({ status: 408, error: { code: 'upload_timeout' } })
    silent.destroy()
    expect((await put('k', 'x')).statusCode).toBe(200)
  })
})
