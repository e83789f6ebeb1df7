import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeTemporaryFolder } from '../kit/testing/daemon-process.ts'
import { sendJson, startServer } from '../kit/testing/http-server.ts'
import { createUpstream } from '../kit/upstream.ts'
import { buildApp } from './app.ts'
import { EventStore } from './event-store.ts'
import { createNodeWork, type NodeWork } from './node-work.ts'

let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>
let store: EventStore

beforeEach(async () => {
  folder = await makeTemporaryFolder()
  store = new EventStore(join(folder.path, 'events.jsonl'))
  await store.open()
})
afterEach(async () => {
  await store.close()
  await folder[Symbol.asyncDispose]()
})

function start(work: NodeWork = createNodeWork({}, 20_000)) {
  const app = buildApp({ store, work, logger: false })
  const ask = async (method: 'GET' | 'POST', url: string, payload?: object) => {
    const answer = await app.inject({ method, url, ...(payload && { payload }) })
    return { status: answer.statusCode, body: answer.json() }
  }
  return {
    get: (url: string) => ask('GET', url),
    post: (url: string, body: object) => ask('POST', url, body),
    run: (...nodes: object[]) => ask('POST', '/v1/workflows', { nodes }),
  }
}

describe('events', () => {
  it('stores one, and answers 200 for the same again and 409 for another under its id', async () => {
    const { post, get } = start()
    const event = {
      id: 'e1',
      kind: 'deploy',
      source: 'ci',
      payload: { ok: true },
      at: '2026-01-31T12:00:00+01:00',
    }
    const first = await post('/v1/events', event)
    expect(first).toEqual({
      status: 201,
      body: { ...event, seq: 1, recorded_at: expect.any(String), duplicate: false },
    })
    expect(await post('/v1/events', event)).toEqual({ status: 200, body: { ...first.body, duplicate: true } })
    expect(await post('/v1/events', { ...event, payload: {} })).toMatchObject({
      status: 409,
      body: { error: { code: 'event_conflict', id: 'e1', seq: 1 } },
    })
    expect((await get('/v1/events/stats')).body).toEqual({
      total: 1,
      by_kind: { deploy: 1 },
      by_source: { ci: 1 },
      last_seq: 1,
      torn: null,
    })
  })

  it('takes a batch, makes ids, and pages in order', async () => {
    const { post, get } = start()
    const batch = await post('/v1/events', [
      { kind: 'a', source: 's1' },
      { kind: 'b', source: 's1', id: 'x' },
      { kind: 'b', source: 's2', id: 'x2' },
      { kind: 'b', source: 's1', id: 'x' },
    ])
    expect(batch).toMatchObject({ status: 201, body: { stored: 3, duplicates: 1 } })
    expect(batch.body.events.map(({ seq }: { seq: number }) => seq)).toEqual([1, 2, 3, 2])
    expect(batch.body.events[0]).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      payload: null,
    })
    expect(batch.body.events[0].at).toBe(batch.body.events[0].recorded_at)

    const page = await get('/v1/events?limit=2')
    expect(page.body).toMatchObject({ events: [{ seq: 1 }, { seq: 2 }], truncated: true, next: 2 })
    expect((await get('/v1/events?after=2')).body).toMatchObject({
      events: [{ seq: 3 }],
      truncated: false,
      next: null,
    })
    expect((await get('/v1/events?kind=b&source=s1')).body.events).toHaveLength(1)
    const { body } = await get('/v1/events/stats')
    expect(body).toMatchObject({
      total: 3,
      by_kind: { a: 1, b: 2 },
      by_source: { s1: 2, s2: 1 },
      last_seq: 3,
    })
    expect((await post('/v1/events', [{ kind: 'b', source: 's1', id: 'x' }])).status).toBe(200)
  })

  it.each([
    ['no kind', { source: 's' }, 'kind'],
    ['an empty source', { kind: 'k', source: '' }, 'source'],
    ['an unknown field', { kind: 'k', source: 's', extra: 1 }, 'extra'],
    ['a time that is none', { kind: 'k', source: 's', at: 'yesterday' }, 'at'],
    ['a day that does not exist', { kind: 'k', source: 's', at: '2026-02-30T00:00:00Z' }, 'at'],
    ['a kind of our own', { kind: 'workflow.finished', source: 'observerd' }, 'kind'],
    ['half a surrogate pair', { kind: '\ud800', source: 's' }, 'kind'],
    [
      'a bad one in a batch',
      [
        { kind: 'k', source: 's' },
        { kind: 1, source: 's' },
      ],
      '[1].kind',
    ],
    [
      'a bottomless payload',
      { kind: 'k', source: 's', payload: JSON.parse('['.repeat(80) + ']'.repeat(80)) },
      'payload',
    ],
  ])('%s is a 400 that names the field, and nothing is stored', async (_what, body, field) => {
    const { post } = start()
    expect(await post('/v1/events', body)).toMatchObject({ status: 400, body: { error: { field } } })
    expect(store.events).toHaveLength(0)
  })

  it('an empty batch and bad queries are refused', async () => {
    const { post, get } = start()
    expect((await post('/v1/events', [])).status).toBe(400)
    for (const query of ['limit=0', 'limit=1001', 'after=-1', 'after=x', 'sort=up']) {
      expect((await get(`/v1/events?${query}`)).status).toBe(400)
    }
  })
})

describe('workflows', () => {
  it('passes outputs on and records the run', async () => {
    const { run, get } = start()
    const answer = await run(
      {
        id: 'join',
        type: 'echo',
        needs: ['left', 'right'],
        input: { text: '{{left.word}} {{right}}', n: '{{left.n}}' },
      },
      { id: 'left', type: 'echo', input: { word: 'hello', n: 1 } },
      { id: 'right', type: 'echo', input: 'world' },
    )
    expect(answer).toMatchObject({
      status: 200,
      body: {
        status: 'ok',
        order: ['left', 'right', 'join'],
        nodes: { join: { status: 'ok', type: 'echo', output: { text: 'hello world', n: 1 } } },
      },
    })
    const { run_id } = answer.body
    expect(await get(`/v1/workflows/${run_id}`)).toEqual(answer)
    const { events } = (await get('/v1/events?source=observerd')).body
    expect(events.map(({ kind }: { kind: string }) => kind)).toEqual([
      'workflow.started',
      'workflow.node',
      'workflow.node',
      'workflow.node',
      'workflow.finished',
    ])
    for (const { payload } of events) expect(payload.run_id).toBe(run_id)
    expect((await get('/v1/events/stats')).body.by_kind['workflow.node']).toBe(3)
  })

  it('a failed node skips its dependants, all the way down, and only those', async () => {
    const { run } = start()
    const { body } = await run(
      { id: 'good', type: 'echo', input: {} },
      { id: 'bad', type: 'echo', needs: ['good'], input: '{{good.nothing}}' },
      { id: 'child', type: 'echo', needs: ['bad', 'good'], input: 1 },
      { id: 'grandchild', type: 'echo', needs: ['child'], input: 1 },
      { id: 'other', type: 'echo', needs: ['good'], input: 2 },
    )
    expect(body).toMatchObject({
      status: 'failed',
      nodes: {
        good: { status: 'ok' },
        bad: { status: 'failed', error: { code: 'missing_output', reference: '{{good.nothing}}' } },
        child: { status: 'skipped', error: { code: 'skipped', needs: ['bad'] } },
        grandchild: { status: 'skipped', error: { needs: ['child'] } },
        other: { status: 'ok', output: 2 },
      },
    })
    expect(body.nodes.bad).not.toHaveProperty('output')
  })

  it('runs independent nodes side by side: each waits until both are there', async () => {
    const both = Promise.withResolvers<void>()
    let arrived = 0
    const work = {
      ...createNodeWork({}, 20_000),
      echo: async (input: unknown) => {
        arrived += 1
        if (arrived === 2) both.resolve()
        await both.promise
        return input
      },
    }
    const { body } = await start(work).run({ id: 'a', type: 'echo' }, { id: 'b', type: 'echo' })
    expect(body).toMatchObject({ status: 'ok', nodes: { a: { output: null }, b: { output: null } } })
  })

  it('asks the daemons as they want to be asked, with the request id', async () => {
    const seen: unknown[] = []
    await using server = await startServer((request, response, body) => {
      seen.push([request.url, request.headers['x-request-id'], JSON.parse(body)])
      sendJson(response, 200, { url: request.url })
    })
    const names = ['matrixd', 'chatd', 'validatord', 'queryd'] as const
    const upstreams = names.map((name) => [name, createUpstream({ name, baseUrl: server.url })])
    const app = buildApp({
      store,
      work: createNodeWork(Object.fromEntries(upstreams), 20_000),
      logger: false,
    })
    const types = ['matrix.search', 'chat', 'validate', 'sql']
    const nodes = types.map((type, n) => ({
      id: `n${n}`,
      type,
      input: { n },
      needs: n > 0 ? [`n${n - 1}`] : [],
    }))
    const headers = { 'x-request-id': 'r-1' }
    const answer = await app.inject({ method: 'POST', url: '/v1/workflows', payload: { nodes }, headers })
    expect(answer.json()).toMatchObject({ status: 'ok', nodes: { n3: { output: { url: '/v1/sql' } } } })
    expect(seen).toEqual([
      ['/v1/matrix/search', 'r-1', { n: 0 }],
      ['/v1/chat', 'r-1', { n: 1 }],
      ['/v1/validate', 'r-1', { n: 2 }],
      ['/v1/sql', 'r-1', { n: 3 }],
    ])
  })

  it('tells why a daemon refused, failed, was slow or is not there', async () => {
    await using server = await startServer((_request, response, body) => {
      const { status, answer } = JSON.parse(body)
      if (status !== undefined) sendJson(response, status, answer)
    })
    const upstream = (name: string) => createUpstream({ name, baseUrl: server.url })
    const services = { chatd: upstream('chatd'), validatord: upstream('validatord') }
    const { body } = await start(createNodeWork(services, 20_000)).run(
      { id: 'sql', type: 'sql', input: {} },
      {
        id: 'refused',
        type: 'chat',
        input: { status: 404, answer: { error: { code: 'unknown_provider', message: 'no' } } },
      },
      { id: 'broken', type: 'chat', input: { status: 502, answer: { error: { code: 'upstream_error' } } } },
      { id: 'invalid', type: 'validate', input: { status: 422, answer: { Kind: 'schema' } } },
    )
    expect(body.status).toBe('failed')
    expect(body.nodes).toMatchObject({
      sql: { error: { code: 'upstream_unavailable', upstream: 'queryd' } },
      refused: {
        error: { code: 'unknown_provider', message: 'no', upstream: 'chatd', upstream_status: 404 },
      },
      broken: { error: { code: 'upstream_error', upstream: 'chatd', upstream_status: 502 } },
      invalid: { error: { code: 'invalid_artifact', fault: { Kind: 'schema' } } },
    })
    const late = await start(createNodeWork(services, 50)).run({ id: 'slow', type: 'chat', input: {} })
    expect(late.body.nodes).toMatchObject({
      slow: { error: { code: 'upstream_timeout', upstream: 'chatd' } },
    })
  })

  it('validates the JSON that a chat put out as text, and text that is none as it is', async () => {
    const artifacts: unknown[] = []
    await using server = await startServer((_request, response, body) => {
      artifacts.push(JSON.parse(body).artifact)
      sendJson(response, 200, { valid: true, warnings: [] })
    })
    const work = createNodeWork(
      { validatord: createUpstream({ name: 'validatord', baseUrl: server.url }) },
      20_000,
    )
    const check = (id: string, text: string) => [
      { id: `${id}-said`, type: 'echo', input: { content: text } },
      {
        id,
        type: 'validate',
        needs: [`${id}-said`],
        input: { kind: 'sms', artifact: `{{${id}-said.content}}` },
      },
    ]
    await start(work).run(...check('a', '{"to":"x"}'))
    await start(work).run(...check('b', 'sorry'))
    expect(artifacts).toEqual([{ to: 'x' }, 'sorry'])
  })

  it('an output that is too large fails its node', async () => {
    const { body } = await start().run(
      { id: 'a', type: 'echo', input: 'x'.repeat(600_000) },
      { id: 'b', type: 'echo', needs: ['a'], input: '{{a}}{{a}}' },
    )
    expect(body.nodes).toMatchObject({ a: { status: 'ok' }, b: { error: { code: 'output_too_large' } } })
  })

  it('refuses a cycle before anything is recorded', async () => {
    const { run } = start()
    const answer = await run({ id: 'a', type: 'echo', needs: ['b'] }, { id: 'b', type: 'echo', needs: ['a'] })
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'cycle', path: ['a', 'b', 'a'] } } })
    expect(store.events).toHaveLength(0)
  })

  it('a run that nobody knows is a 404, also when a caller names an event like one', async () => {
    const { get, post } = start()
    await post('/v1/events', {
      id: 'workflow.finished:r1',
      kind: 'k',
      source: 's',
      payload: { run_id: 'r1', status: 'ok' },
    })
    expect(await get('/v1/workflows/r1')).toMatchObject({
      status: 404,
      body: { error: { code: 'run_not_found' } },
    })
  })

  it('a run is running until it ends, and interrupted when observerd ended first', async () => {
    const held = Promise.withResolvers<void>()
    const entered = Promise.withResolvers<void>()
    const work = {
      ...createNodeWork({}, 20_000),
      echo: async () => {
        entered.resolve()
        await held.promise
      },
    }
    const { run, get } = start(work)
    const answer = run({ id: 'a', type: 'echo' })
    await entered.promise
    const runId = store.events[0]?.id.split(':')[1]
    expect((await get(`/v1/workflows/${runId}`)).body).toMatchObject({
      status: 'running',
      order: ['a'],
      nodes: {},
    })
    expect((await start().get(`/v1/workflows/${runId}`)).body).toMatchObject({ status: 'interrupted' })
    held.resolve()
    await answer
    expect((await get(`/v1/workflows/${runId}`)).body).toMatchObject({ status: 'ok' })
  })
})
