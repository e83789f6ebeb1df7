import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { badGateway } from '../kit/errors.ts'
import { buildApp } from './app.ts'
import { type Catalog, createCatalog } from './catalog.ts'
import { FakeObjects } from './testing/fake-objects.ts'

const ORDERS = {
  name: 'orders',
  columns: [
    { name: 'id', type: 'BIGINT' },
    { name: 'total', type: 'DOUBLE' },
  ],
  fingerprint: 'f1',
  objects: ['data/1.parquet', 'data/2.parquet'],
}
const down = () => badGateway('storaged', 'storaged is not reachable')

let objects: FakeObjects
let catalog: Catalog
let app: FastifyInstance
beforeEach(() => {
  objects = new FakeObjects()
  catalog = createCatalog(objects)
  app = buildApp({ catalog, logger: false })
})
afterEach(() => app.close())

const register = async (body: unknown, headers: Record<string, string> = {}) => {
  const answer = await app.inject({ method: 'POST', url: '/v1/datasets', payload: body as object, headers })
  return { status: answer.statusCode, body: answer.json() }
}
const list = async () => (await app.inject('/v1/datasets')).json().datasets
const load = (target = catalog) => target.load({ signal: new AbortController().signal })

describe('registering', () => {
  it('answers 201 with the dataset, its manifest being stored by then', async () => {
    const { status, body } = await register(ORDERS, { 'x-request-id': 'r-7' })
    const { added_objects, ...dataset } = body
    expect(status).toBe(201)
    expect(dataset).toEqual({
      ...ORDERS,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      version: 1,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      updated_at: dataset.created_at,
    })
    expect(added_objects).toEqual(ORDERS.objects)
    expect(JSON.parse(String(objects.stored.get('catalog/datasets/orders.json')))).toEqual(dataset)
    expect(objects.requestIds).toEqual(['r-7'])
  })

  it('again is 200, the same id, and writes nothing [claim:idempotent-ingest]', async () => {
    const first = await register(ORDERS)
    const second = await register(ORDERS)
    expect(second.status).toBe(200)
    expect(second.body).toEqual({ ...first.body, added_objects: [] })
    expect(objects.requestIds).toHaveLength(1)
  })

  it('adds new objects once, also when a new fingerprint comes with the same columns', async () => {
    const first = await register(ORDERS)
    const more = { ...ORDERS, fingerprint: 'f2', objects: ['data/3', 'data/1.parquet', 'data/3'] }
    const { status, body } = await register(more)
    expect([status, body.id, body.version, body.fingerprint]).toEqual([200, first.body.id, 2, 'f1'])
    expect([body.added_objects, body.objects]).toEqual([['data/3'], [...ORDERS.objects, 'data/3']])
  })

  it('refuses other columns, names them, and changes nothing, even under the same fingerprint [claim:schema-drift]', async () => {
    const { body: dataset } = await register(ORDERS)
    const columns = [
      { name: 'id', type: 'VARCHAR' },
      { name: 'note', type: 'VARCHAR' },
    ]
    const { status, body } = await register({ ...ORDERS, columns, objects: ['data/9'] })
    expect(status).toBe(409)
    expect(body.error).toMatchObject({
      code: 'schema_drift',
      dataset: 'orders',
      id: dataset.id,
      message: expect.stringContaining(
        'changed: id BIGINT -> VARCHAR; removed: total DOUBLE; added: note VARCHAR',
      ),
      columns: [
        { name: 'id', change: 'changed', expected: 'BIGINT', received: 'VARCHAR' },
        { name: 'total', change: 'removed', expected: 'DOUBLE', received: null },
        { name: 'note', change: 'added', expected: null, received: 'VARCHAR' },
      ],
    })
    expect((await list())[0].objects).toEqual(ORDERS.objects)
  })

  it('at the same time makes one dataset that loses no object', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => register({ ...ORDERS, objects: [`data/${n}`] })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 201])
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    const [dataset] = await list()
    expect([dataset.objects.length, dataset.version]).toEqual([20, 20])
    expect(JSON.parse(String(objects.stored.get('catalog/datasets/orders.json')))).toEqual(dataset)
  })

  it('is not acknowledged while storaged is down, and works afterwards', async () => {
    objects.fault = down()
    const failed = await register(ORDERS)
    expect([failed.status, failed.body.error]).toMatchObject([
      502,
      { code: 'upstream_unavailable', upstream: 'storaged' },
    ])
    expect(await list()).toEqual([])
    objects.fault = undefined
    expect((await register(ORDERS)).status).toBe(201)
  })

  it.each([
    [{ ...ORDERS, name: 'Orders' }, 'name'],
    [{ ...ORDERS, columns: [{ name: 'id', type: 7 }] }, 'columns[0].type'],
    [{ ...ORDERS, extra: 1 }, 'extra'],
    [{ ...ORDERS, objects: undefined }, 'objects'],
  ])('refuses %j naming the field', async (body, field) => {
    const answer = await register(body)
    expect([answer.status, answer.body.error]).toMatchObject([400, { code: 'bad_request', field }])
  })
})

describe('reading and deleting', () => {
  it('lists by name and gives one', async () => {
    for (const name of ['b', 'a', 'a_', 'a1']) await register({ ...ORDERS, name })
    expect((await list()).map(({ name }: { name: string }) => name)).toEqual(['a', 'a1', 'a_', 'b'])
    expect((await app.inject('/v1/datasets/a1')).json()).toMatchObject({ name: 'a1', version: 1 })
    expect((await app.inject('/v1/datasets?x=1')).statusCode).toBe(400)
  })

  it('answers 304 until something changes', async () => {
    const ask = (etag: unknown) =>
      app.inject({ url: '/v1/datasets', headers: { 'if-none-match': String(etag) } })
    const { etag } = (await ask('"none"')).headers
    expect([(await ask(etag)).statusCode, (await ask(etag)).body]).toEqual([304, ''])
    await register(ORDERS)
    const changed = await ask(etag)
    expect([changed.statusCode, changed.json().datasets.length]).toEqual([200, 1])
    await register(ORDERS)
    expect((await ask(changed.headers.etag)).statusCode).toBe(304)
  })

  it('deletes the dataset and its manifest; the name can be used again, under another id', async () => {
    const { body } = await register(ORDERS)
    const deleted = await app.inject({ method: 'DELETE', url: '/v1/datasets/orders' })
    expect([deleted.statusCode, deleted.json()]).toEqual([
      200,
      { id: body.id, name: 'orders', deleted: true },
    ])
    expect(objects.stored.size).toBe(0)
    for (const method of ['GET', 'DELETE'] as const) {
      const gone = await app.inject({ method, url: '/v1/datasets/orders' })
      expect([gone.statusCode, gone.json().error]).toMatchObject([
        404,
        { code: 'not_found', dataset: 'orders' },
      ])
    }
    const again = await register({ ...ORDERS, columns: [{ name: 'other', type: 'DATE' }] })
    expect([again.status, again.body.id === body.id]).toEqual([201, false])
  })

  it('keeps the dataset when its manifest cannot be deleted', async () => {
    await register(ORDERS)
    objects.fault = down()
    expect((await app.inject({ method: 'DELETE', url: '/v1/datasets/orders' })).statusCode).toBe(502)
    expect(await list()).toHaveLength(1)
  })
})

describe('loading', () => {
  it('finds every dataset as it was', async () => {
    for (let n = 0; n < 30; n += 1) await register({ ...ORDERS, name: `t${n}` })
    const other = createCatalog(objects)
    await load(other)
    expect(other.list()).toEqual(catalog.list())
    expect(other.revision).not.toBe(catalog.revision)
  })

  it('waits for storaged and tells each new cause once', async () => {
    await register(ORDERS)
    const other = createCatalog(objects)
    const causes: string[] = []
    objects.fault = down()
    const loaded = other.load({ signal: new AbortController().signal, report: (cause) => causes.push(cause) })
    await expect.poll(() => objects.failures).toBeGreaterThan(2)
    objects.fault = undefined
    await loaded
    expect([causes, other.list().length]).toEqual([['storaged is not reachable'], 1])
  })

  it('ends when it is told to', async () => {
    objects.fault = down()
    const stop = new AbortController()
    const loaded = catalog.load({ signal: stop.signal, report: () => stop.abort(new Error('stopping')) })
    await expect(loaded).rejects.toThrow()
  })

  it.each([
    ['orders', '{"id":', 'the manifest catalog/datasets/orders.json is damaged: '],
    ['orders', '{}', 'the manifest catalog/datasets/orders.json is damaged: '],
    ['other', undefined, 'the manifest catalog/datasets/other.json is damaged: it describes "orders"'],
  ])('refuses the damaged manifest %s %s rather than lose a dataset', async (name, content, message) => {
    await register(ORDERS)
    const manifest = content ?? String(objects.stored.get('catalog/datasets/orders.json'))
    objects.stored.set(`catalog/datasets/${name}.json`, Buffer.from(manifest))
    await expect(load(createCatalog(objects))).rejects.toThrow(message)
  })

  it('does not wait for what no waiting mends', async () => {
    objects.fault = badGateway('storaged', 'storaged answered 401', { code: 'upstream_error' })
    await expect(load()).rejects.toThrow('storaged answered 401')
  })
})
