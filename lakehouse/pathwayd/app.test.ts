import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildApp } from './app.ts'
import { TraceStore } from './store.ts'

let folder: string
let store: TraceStore

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pathwayd-'))
  store = new TraceStore(join(folder, 'traces.jsonl'))
})

afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

async function call(method: 'GET' | 'POST' | 'PATCH', url: string, body?: unknown) {
  const app = buildApp({ store, logger: false })
  const answer = await app.inject({
    method,
    url,
    ...(body === undefined
      ? {}
      : { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  return { status: answer.statusCode, body: answer.json() }
}

it('answers 503 until the log is read', async () => {
  expect((await call('GET', '/health')).status).toBe(503)
  expect((await call('GET', '/v1/traces/stats')).status).toBe(503)
  await store.open()
  expect((await call('GET', '/health')).status).toBe(200)
})

describe('routes', () => {
  beforeEach(() => store.open())

  it('a life: added, replayed, updated, revised, retired, told', async () => {
    const added = await call('POST', '/v1/traces', { content: 'first way', tags: ['x'] })
    expect(added).toMatchObject({ status: 201, body: { replayed: false, replays: 0, status: 'active' } })
    const { id } = added.body
    expect(await call('POST', '/v1/traces', { content: 'first way' })).toMatchObject({
      status: 200,
      body: { id, replayed: true, replays: 1 },
    })
    expect(await call('PATCH', `/v1/traces/${id}`, { metadata: { seen: true } })).toMatchObject({
      status: 200,
      body: { version: 2, metadata: { seen: true }, tags: ['x'] },
    })
    const revised = await call('POST', `/v1/traces/${id}/revise`, { content: 'second way', reason: 'faster' })
    const next = revised.body.successor.id
    expect(revised).toMatchObject({
      status: 200,
      body: { trace: { id, status: 'superseded', superseded_by: next }, successor: { supersedes: [id] } },
    })
    expect(await call('POST', `/v1/traces/${next}/revise`, { successor_id: id })).toMatchObject({
      status: 409,
      body: { error: { code: 'revision_cycle', path: [next, id, next] } },
    })
    const found = await call('POST', '/v1/traces/search', { query: 'way' })
    expect(found.body.results).toMatchObject([{ id: next, content: 'second way', score: expect.any(Number) }])
    expect(await call('POST', `/v1/traces/${next}/retire`)).toMatchObject({
      status: 200,
      body: { status: 'retired' },
    })
    expect((await call('POST', '/v1/traces/search', { query: 'way' })).body).toEqual({ results: [] })
    expect((await call('GET', `/v1/traces/${next}`)).body.status).toBe('retired')
    const history = await call('GET', `/v1/traces/${id}/history`)
    expect(history.body).toMatchObject({ id, lineage: [id, next] })
    expect(history.body.events.map(({ op }: { op: string }) => op)).toEqual([
      'ADD',
      'REPLAY',
      'UPDATE',
      'REVISE',
      'RETIRE',
    ])
    expect((await call('GET', '/v1/traces/stats')).body).toEqual({
      traces: 2,
      active: 0,
      superseded: 1,
      retired: 1,
      replays: 1,
      entries: 5,
      torn: null,
    })
  })

  it('lists page by page', async () => {
    for (const content of ['a', 'b', 'c']) await call('POST', '/v1/traces', { content })
    const first = await call('GET', '/v1/traces?limit=2')
    expect(first.body).toMatchObject({ traces: [{ content: 'a' }, { content: 'b' }], truncated: true })
    const second = await call('GET', `/v1/traces?limit=2&after=${first.body.next}`)
    expect(second.body).toMatchObject({ traces: [{ content: 'c' }], truncated: false, next: null })
    expect((await call('GET', '/v1/traces?status=retired')).body.traces).toEqual([])
  })

  it.each(['/v1/traces/tr-none', '/v1/traces/tr-none/history'])('GET %s is a 404', async (url) =>
    expect(await call('GET', url)).toMatchObject({
      status: 404,
      body: { error: { code: 'trace_not_found' } },
    }),
  )

  it.each([
    ['/v1/traces', {}, 'content'],
    ['/v1/traces', { content: '  ' }, 'content'],
    ['/v1/traces', { content: 7 }, 'content'],
    ['/v1/traces', { content: '\ud800' }, 'content'],
    ['/v1/traces', { content: 'x'.repeat(65_537) }, 'content'],
    ['/v1/traces', { content: 'a', tags: 'x' }, 'tags'],
    ['/v1/traces', { content: 'a', tags: [''] }, 'tags[0]'],
    ['/v1/traces', { content: 'a', metadata: [] }, 'metadata'],
    ['/v1/traces', { content: 'a', colour: 1 }, 'colour'],
    ['/v1/traces/x/revise', {}, undefined],
    ['/v1/traces/x/revise', { content: 'a', successor_id: 'b' }, undefined],
    ['/v1/traces/x/revise', { successor_id: 'b', tags: [] }, undefined],
    ['/v1/traces/search', {}, undefined],
    ['/v1/traces/search', { query: ' ' }, 'query'],
    ['/v1/traces/search', { query: 'a', k: 0 }, 'k'],
    ['/v1/traces/search', { query: 'a', filter: { colour: 1 } }, 'filter.colour'],
  ])('POST %s refuses a bad body (%#)', async (url, body, field) => {
    const { status, body: answer } = await call('POST', url, body)
    expect([status, answer.error.code, answer.error.field]).toEqual([400, 'bad_request', field])
  })

  it('PATCH refuses to update nothing', async () =>
    expect((await call('PATCH', '/v1/traces/x', {})).status).toBe(400))
})
