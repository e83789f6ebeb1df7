import { describe, expect, it } from 'vitest'
import { badGateway } from '../kit/errors.ts'
import { buildApp } from './app.ts'
import { createFakeObjects } from './fake-objects.ts'
import { VectorStore } from './store.ts'

async function start(load = true) {
  const objects = createFakeObjects()
  const store = new VectorStore({ objects })
  if (load) await store.load()
  const app = buildApp({ store, logger: false })
  const call = async (method: 'GET' | 'POST' | 'DELETE', url: string, body?: unknown) => {
    const answer = await app.inject({
      method,
      url,
      ...(body === undefined
        ? {}
        : { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    return { status: answer.statusCode, body: answer.json(), headers: answer.headers }
  }
  return { objects, store, call }
}

async function startWithIndex(metric = 'cosine') {
  const started = await start()
  await started.call('POST', '/v1/indexes', { name: 'docs', dimension: 2, metric })
  return started
}

describe('indexes', () => {
  it('are created once, listed in order, shown and dropped', async () => {
    const { call } = await start()
    const index = { name: 'b', dimension: 3, metric: 'l2' }
    expect(await call('POST', '/v1/indexes', index)).toMatchObject({
      status: 201,
      body: { ...index, count: 0 },
    })
    expect(await call('POST', '/v1/indexes', index)).toMatchObject({
      status: 200,
      body: { ...index, count: 0 },
    })
    expect(await call('POST', '/v1/indexes', { ...index, dimension: 4 })).toMatchObject({
      status: 409,
      body: { error: { code: 'index_conflict', existing: { dimension: 3, metric: 'l2' } } },
    })
    expect((await call('POST', '/v1/indexes', { ...index, metric: 'dot' })).status).toBe(409)
    await call('POST', '/v1/indexes', { name: 'a', dimension: 1 })
    const { body } = await call('GET', '/v1/indexes')
    expect(body.indexes.map(({ name, metric }: { name: string; metric: string }) => [name, metric])).toEqual([
      ['a', 'cosine'],
      ['b', 'l2'],
    ])
    expect(await call('GET', '/v1/indexes/b')).toMatchObject({ status: 200, body: index })
    expect(await call('DELETE', '/v1/indexes/b')).toMatchObject({
      status: 200,
      body: { deleted: true, items: 0 },
    })
    for (const method of ['GET', 'DELETE'] as const) {
      expect(await call(method, '/v1/indexes/b')).toMatchObject({
        status: 404,
        body: { error: { code: 'index_not_found', index: 'b' } },
      })
    }
  })

  it.each([
    [{ dimension: 2 }, 'name'],
    [{ name: '../x', dimension: 2 }, 'name'],
    [{ name: '', dimension: 2 }, 'name'],
    [{ name: 'x'.repeat(129), dimension: 2 }, 'name'],
    [{ name: 'x', dimension: 0 }, 'dimension'],
    [{ name: 'x', dimension: 1.5 }, 'dimension'],
    [{ name: 'x', dimension: 4097 }, 'dimension'],
    [{ name: 'x', dimension: '2' }, 'dimension'],
    [{ name: 'x', dimension: 2, metric: 'hamming' }, 'metric'],
    [{ name: 'x', dimension: 2, colour: 1 }, 'colour'],
  ])('%j is refused for its %s', async (body, field) => {
    const { call } = await start()
    expect(await call('POST', '/v1/indexes', body)).toMatchObject({ status: 400, body: { error: { field } } })
  })
})

describe('items', () => {
  it('are inserted, updated, read, searched and deleted', async () => {
    const { call } = await startWithIndex()
    const items = [
      { id: 'north', vector: [0, 1], metadata: { lang: 'en', n: 1 } },
      { id: 'east/1', vector: [1, 0] },
      { id: 'south', vector: [0, -1], metadata: { lang: 'de' } },
    ]
    expect(await call('POST', '/v1/indexes/docs/items', { items })).toMatchObject({
      status: 200,
      body: { index: 'docs', upserted: 3, inserted: 3, updated: 0, count: 3 },
    })
    expect((await call('POST', '/v1/indexes/docs/items', { items: items.slice(0, 1) })).body).toMatchObject({
      inserted: 0,
      updated: 1,
      count: 3,
    })
    expect((await call('GET', '/v1/indexes/docs/items/east%2F1')).body).toEqual({
      id: 'east/1',
      vector: [1, 0],
      metadata: {},
    })
    const found = await call('POST', '/v1/indexes/docs/search', { vector: [0, 2], k: 2 })
    expect(found.body).toEqual({
      index: 'docs',
      metric: 'cosine',
      results: [
        { id: 'north', score: 1, distance: 0, metadata: { lang: 'en', n: 1 } },
        { id: 'east/1', score: 0, distance: 1, metadata: {} },
      ],
    })
    const german = await call('POST', '/v1/indexes/docs/search', {
      vector: [0, 1],
      k: 2,
      filter: { lang: 'de' },
    })
    expect(german.body.results.map(({ id }: { id: string }) => id)).toEqual(['south'])
    expect((await call('DELETE', '/v1/indexes/docs/items/east%2F1')).body).toEqual({
      index: 'docs',
      deleted: 1,
      count: 2,
    })
    expect(await call('DELETE', '/v1/indexes/docs/items/east%2F1')).toMatchObject({
      status: 404,
      body: { error: { code: 'item_not_found', item: 'east/1' } },
    })
    expect(
      (await call('POST', '/v1/indexes/docs/items/delete', { ids: ['north', 'who', 'north'] })).body,
    ).toEqual({ index: 'docs', deleted: 1, missing: ['who'], count: 1 })
  })

  it('of an unknown index are a 404 that names it', async () => {
    const { call } = await start()
    for (const [path, body] of [
      ['items', { items: [{ id: 'a', vector: [1] }] }],
      ['items/delete', { ids: ['a'] }],
      ['search', { vector: [1], k: 1 }],
    ] as const) {
      expect(await call('POST', `/v1/indexes/nowhere/${path}`, body)).toMatchObject({
        status: 404,
        body: { error: { code: 'index_not_found', index: 'nowhere' } },
      })
    }
  })

  const good = { id: 'good', vector: [1, 1] }
  it.each([
    ['a wrong dimension', { id: 'a', vector: [1, 2, 3] }, 'wrong_dimension', 'items[1].vector'],
    ['an empty vector', { id: 'a', vector: [] }, 'wrong_dimension', 'items[1].vector'],
    ['a NaN, as JSON can spell it', { id: 'a', vector: [1, null] }, 'bad_vector', 'items[1].vector[1]'],
    ['text', { id: 'a', vector: [1, 'NaN'] }, 'bad_vector', 'items[1].vector[1]'],
    ['a component too large', { id: 'a', vector: [1e16, 0] }, 'bad_vector', 'items[1].vector[0]'],
    ['no direction', { id: 'a', vector: [0, 0] }, 'bad_vector', 'items[1].vector'],
    ['no direction in 32 bits', { id: 'a', vector: [1e-60, 0] }, 'bad_vector', 'items[1].vector'],
    ['the same id twice', { id: 'good', vector: [0, 1] }, 'duplicate_id', 'items[1].id'],
    ['no id', { vector: [0, 1] }, 'bad_request', 'items[1].id'],
    ['an empty id', { id: '', vector: [0, 1] }, 'bad_request', 'items[1].id'],
    ['a control character', { id: 'a\n', vector: [0, 1] }, 'bad_request', 'items[1].id'],
    [
      'metadata that is a list',
      { id: 'a', vector: [0, 1], metadata: [1] },
      'bad_request',
      'items[1].metadata',
    ],
    ['an unknown field', { id: 'a', vector: [0, 1], colour: 1 }, 'bad_request', 'items[1].colour'],
    ['nothing', null, 'bad_request', 'items[1]'],
  ])('with %s refuse the whole batch', async (_what, bad, code, field) => {
    const { call, store } = await startWithIndex()
    expect(await call('POST', '/v1/indexes/docs/items', { items: [good, bad] })).toMatchObject({
      status: 400,
      body: { error: { code, field } },
    })
    expect(store.get('docs').size).toBe(0)
  })

  it('a number beyond double precision is no number', async () => {
    const { store } = await startWithIndex('dot')
    const app = buildApp({ store, logger: false })
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/indexes/docs/items',
      headers: { 'content-type': 'application/json' },
      payload: '{"items":[{"id":"a","vector":[1e999,1]}]}',
    })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().error).toMatchObject({ code: 'bad_vector', field: 'items[0].vector[0]' })
  })

  it('a zero vector is welcome where it has a meaning', async () => {
    const { call } = await startWithIndex('l2')
    expect(
      (await call('POST', '/v1/indexes/docs/items', { items: [{ id: 'o', vector: [0, 0] }] })).status,
    ).toBe(200)
  })

  it.each([
    [{ vector: [1, 2, 3], k: 1 }, 'vector'],
    [{ vector: [1, null], k: 1 }, 'vector[1]'],
    [{ vector: [0, 0], k: 1 }, 'vector'],
    [{ vector: [1, 2], k: 0 }, 'k'],
    [{ vector: [1, 2], k: 10_001 }, 'k'],
    [{ vector: [1, 2], k: 1, filter: { a: { b: 1 } } }, 'filter.a'],
    [{ k: 1 }, 'vector'],
  ])('a search %j is refused for its %s', async (body, field) => {
    const { call } = await startWithIndex()
    expect(await call('POST', '/v1/indexes/docs/search', body)).toMatchObject({
      status: 400,
      body: { error: { field } },
    })
  })
})

describe('storage and readiness', () => {
  it('storaged down: 503 with Retry-After, nothing acknowledged, searches go on', async () => {
    const { call, objects } = await startWithIndex()
    await call('POST', '/v1/indexes/docs/items', { items: [{ id: 'a', vector: [1, 0] }] })
    objects.beforePut = () => {
      throw badGateway('storaged', 'storaged is not reachable')
    }
    for (const refused of [
      await call('POST', '/v1/indexes/docs/items', { items: [{ id: 'b', vector: [1, 0] }] }),
      await call('DELETE', '/v1/indexes/docs/items/a'),
      await call('DELETE', '/v1/indexes/docs'),
      await call('POST', '/v1/indexes', { name: 'new', dimension: 1 }),
    ]) {
      expect(refused).toMatchObject({
        status: 503,
        headers: { 'retry-after': '1' },
        body: { error: { code: 'storage_unavailable', upstream: 'storaged' } },
      })
    }
    const { body } = await call('POST', '/v1/indexes/docs/search', { vector: [1, 0], k: 5 })
    expect(body.results.map(({ id }: { id: string }) => id)).toEqual(['a'])
  })

  it('answers 503 until it has loaded', async () => {
    const { call, store } = await start(false)
    expect((await call('GET', '/health')).status).toBe(503)
    expect(await call('GET', '/v1/indexes')).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { error: { code: 'starting' } },
    })
    await store.load()
    expect(await call('GET', '/health')).toMatchObject({ status: 200, body: { service: 'vectord' } })
  })
})
