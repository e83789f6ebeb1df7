import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createObjectClient } from '../kit/objects.ts'
import { createUpstream } from '../kit/upstream.ts'
import { type AppFixture, makeApp, url } from './testing/app-fixture.ts'

let fixture: AppFixture
beforeEach(async () => {
  fixture = await makeApp()
})
afterEach(async () => fixture[Symbol.asyncDispose]())

const list = async (query = '') => (await fixture.app.inject(`/v1/objects${query}`)).json()

describe('objects', () => {
  it('are put, read, headed, replaced and deleted', async () => {
    const bytes = Buffer.from([0, 1, 255, 13, 10])
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const created = await fixture.put('a/ö b', bytes)
    expect([created.statusCode, created.json()]).toEqual([200, { key: 'a/ö b', size: 5, sha256 }])
    const read = await fixture.app.inject(url('a/ö b'))
    expect([read.statusCode, read.rawPayload]).toEqual([200, bytes])
    const facts = { 'content-length': '5', 'content-type': 'application/octet-stream', etag: `"${sha256}"` }
    expect(read.headers).toMatchObject(facts)
    const head = await fixture.app.inject({ method: 'HEAD', url: url('a/ö b') })
    expect([head.statusCode, head.rawPayload.length]).toEqual([200, 0])
    expect(head.headers).toMatchObject(facts)
    await fixture.put('a/ö b', 'newer')
    expect((await fixture.app.inject(url('a/ö b'))).body).toBe('newer')
    const deleted = await fixture.app.inject({ method: 'DELETE', url: url('a/ö b') })
    expect([deleted.statusCode, deleted.json()]).toEqual([200, { key: 'a/ö b', deleted: true }])
    for (const method of ['GET', 'DELETE', 'HEAD'] as const) {
      const gone = await fixture.app.inject({ method, url: url('a/ö b') })
      expect(gone.statusCode).toBe(404)
      if (method !== 'HEAD') expect(gone.json().error).toMatchObject({ code: 'not_found', key: 'a/ö b' })
    }
  })

  it.each(['application/json', 'text/plain', 'image/png', undefined])(
    'are bytes, even as %s',
    async (type) => {
      const headers = type === undefined ? {} : { 'content-type': type }
      const answer = await fixture.app.inject({
        method: 'PUT',
        url: url('k'),
        payload: '{"not json',
        headers,
      })
      expect([answer.statusCode, answer.json().size]).toEqual([200, 10])
    },
  )

  it('may be empty', async () => {
    expect((await fixture.put('k', '')).json()).toMatchObject({ size: 0 })
    const read = await fixture.app.inject(url('k'))
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
      const answer = await fixture.app.inject({
        method,
        url: path,
        ...(method === 'PUT' && { payload: 'x' }),
      })
      expect([answer.statusCode, answer.json().error.code]).toEqual([400, 'bad_key'])
    }
    expect(await fixture.keys()).toEqual([])
  })

  it('answers 405 to other methods', async () => {
    const answer = await fixture.app.inject({ method: 'POST', url: url('k'), payload: 'x' })
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'DELETE, GET, HEAD, PUT'])
  })

  it("are what the kit's client takes them for", async () => {
    const { port } = await fixture.listen()
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
    for (const key of ['b', 'a/2', 'a/1', 'a']) await fixture.put(key, key)
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
    const answer = await fixture.app.inject(`/v1/objects?${query}`)
    expect([answer.statusCode, answer.json().error]).toMatchObject([
      400,
      { code: 'bad_request', field: query.split('=')[0] },
    ])
  })
})
