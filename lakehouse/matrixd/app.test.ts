import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { badGateway, gatewayTimeout, unavailable } from '../kit/errors.ts'
import { buildApp } from './app.ts'
import { createFakeEmbedd, createFakeVectord, type FakeUpstream } from './fake-upstreams.ts'
import { PlaybookStore } from './playbook-store.ts'

let folder: string
let store: PlaybookStore
let embedd: FakeUpstream
let vectord: FakeUpstream

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'matrixd-'))
  store = new PlaybookStore(join(folder, 'playbooks.jsonl'))
  embedd = createFakeEmbedd()
  vectord = createFakeVectord({
    help: [
      { id: 'both', text: 'reset password', metadata: { lang: 'en' } },
      { id: 'half', text: 'reset gateway', metadata: { lang: 'de' } },
      { id: 'invoice', text: 'invoice' },
    ],
    runbooks: [
      { id: 'mixed', text: 'password reset deploy' },
      { id: 'bread', text: 'bake bread' },
    ],
  })
  await store.open()
})

afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

async function call(method: 'GET' | 'POST', url: string, body?: unknown, headers = {}) {
  const app = buildApp({
    store,
    embedd,
    vectord,
    lift: { similarity: 0.6, maxBoost: 1.2 },
    strength: { strong: ['titan'], weak: [], strongFrom: 30 },
    threshold: 0.3,
    logger: false,
  })
  const answer = await app.inject({
    method,
    url,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  })
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers }
}

const origins = (results: { corpus: string; id: string }[]) =>
  results.map(({ corpus, id }) => `${corpus}/${id}`)
const search = (extra: object = {}) =>
  call('POST', '/v1/matrix/search', { query: 'reset password', corpora: ['help', 'runbooks'], ...extra })

describe('POST /v1/matrix/search', () => {
  it('merges corpora in order of score, with provenance', async () => {
    const { status, body } = await search()
    expect(status).toBe(200)
    expect(origins(body.results)).toEqual([
      'help/both',
      'runbooks/mixed',
      'help/half',
      'help/invoice',
      'runbooks/bread',
    ])
    expect(body).toMatchObject({ query: 'reset password', model: 'words', k: 10, displaced: [] })
    expect(body.results[1]).toMatchObject({
      corpus: 'runbooks',
      id: 'mixed',
      metadata: { text: 'password reset deploy' },
      provenance: { corpus: 'runbooks', id: 'mixed', rank: 1, boost: 0, playbooks: [] },
    })
    const scores = body.results.map(({ score }: { score: number }) => score)
    expect(scores).toEqual(scores.toSorted((a: number, b: number) => b - a))
  })

  it('respects k and the filter, embeds once, and carries the request id on', async () => {
    expect(origins((await search({ k: 2 })).body.results)).toEqual(['help/both', 'runbooks/mixed'])
    const filtered = await call(
      'POST',
      '/v1/matrix/search',
      { query: 'reset', corpora: ['help'], filter: { lang: 'de' } },
      { 'x-request-id': 'abc' },
    )
    expect(origins(filtered.body.results)).toEqual(['help/half'])
    expect(embedd.calls).toHaveLength(2)
    expect([embedd.calls.at(-1)?.requestId, vectord.calls.at(-1)?.requestId]).toEqual(['abc', 'abc'])
    expect(vectord.calls.at(-1)?.body).toMatchObject({ k: 10, filter: { lang: 'de' } })
  })

  it('names every unknown corpus', async () =>
    expect(await search({ corpora: ['help', 'nowhere', 'a/b'] })).toMatchObject({
      status: 404,
      body: { error: { code: 'unknown_corpus', corpus: 'nowhere', corpora: ['nowhere', 'a/b'] } },
    }))

  it('a corpus of another dimension is a 422 that names it', async () => {
    vectord.intercept = ({ path }) =>
      path.includes('runbooks')
        ? { status: 400, body: { error: { code: 'wrong_dimension', message: 'has 9 components' } } }
        : undefined
    expect(await search()).toMatchObject({
      status: 422,
      body: { error: { code: 'dimension_mismatch', corpus: 'runbooks', dimension: 9 } },
    })
  })

  it.each([
    ['embedd', badGateway('embedd', 'embedd is not reachable'), 502],
    ['vectord', badGateway('vectord', 'vectord is not reachable'), 502],
    ['vectord', gatewayTimeout('vectord', 'vectord did not answer'), 504],
    ['vectord', unavailable('vectord is starting', { details: { upstream: 'vectord' } }), 503],
  ])('%s down: %s', async (name, fault, status) => {
    const broken = name === 'embedd' ? embedd : vectord
    broken.intercept = () => {
      throw fault
    }
    expect(await search()).toMatchObject({ status, body: { error: { upstream: name } } })
  })

  it.each([
    ['embedd', { status: 200, body: { model: 'm', vectors: [] } }],
    ['embedd', { status: 200, body: undefined }],
    ['vectord', { status: 200, body: { results: 'none' } }],
    ['vectord', { status: 400, body: { error: { code: 'bad_vector', message: 'x' } } }],
    ['vectord', { status: 404, body: { error: { code: 'not_found', message: 'no route' } } }],
  ])('an answer of %s that cannot be used is a 502 that names it (%#)', async (name, answer) => {
    const broken = name === 'embedd' ? embedd : vectord
    broken.intercept = () => answer
    expect(await search()).toMatchObject({
      status: 502,
      body: { error: { code: 'upstream_error', upstream: name } },
    })
  })

  it.each([
    [{ query: ' ' }, 'query'],
    [{ corpora: [] }, 'corpora'],
    [{ corpora: ['a', 'a'] }, 'corpora'],
    [{ k: 0 }, 'k'],
    [{ k: 1_001 }, 'k'],
    [{ filter: { a: [] } }, 'filter.a'],
    [{ colour: 1 }, 'colour'],
  ])('refuses %j', async (extra, field) =>
    expect(await search(extra)).toMatchObject({ status: 400, body: { error: { field } } }),
  )
})

describe('POST /v1/matrix/relevance', () => {
  const ask = (extra: object = {}) =>
    call('POST', '/v1/matrix/relevance', {
      focus: 'reset password',
      chunks: ['bake bread', { id: 'c', text: 'password reset deploy' }, 'password'],
      ...extra,
    })

  it('keeps what is about the focus, drops the rest, best first', async () => {
    const { body } = await ask()
    expect(body.threshold).toBe(0.3)
    expect(body.kept).toMatchObject([
      { index: 1, id: 'c', text: 'password reset deploy' },
      { index: 2, text: 'password' },
    ])
    expect(body.dropped).toMatchObject([{ index: 0, text: 'bake bread' }])
    expect(body.kept[0].score).toBeGreaterThan(body.kept[1].score)
    expect(body.dropped[0].score).toBeLessThan(0.3)
  })

  it('the threshold moves the line; a score at the threshold is kept', async () => {
    const all = (await ask({ threshold: -1 })).body
    expect([all.kept.length, all.dropped.length]).toEqual([3, 0])
    const middle = all.kept[1].score
    expect((await ask({ threshold: middle })).body.kept).toHaveLength(2)
    expect((await ask({ threshold: 1 })).body.kept).toHaveLength(0)
  })

  it.each([
    [{ chunks: [] }, 'chunks'],
    [{ chunks: ['a', ' '] }, 'chunks[1]'],
    [{ chunks: [{ id: 'x' }] }, 'chunks[0]'],
    [{ threshold: 1.1 }, 'threshold'],
    [{ focus: '' }, 'focus'],
  ])('refuses %j', async (extra, field) =>
    expect(await ask(extra)).toMatchObject({ status: 400, body: { error: { field } } }),
  )
})

describe('POST /v1/matrix/downgrade', () => {
  const ask = (body: object) => call('POST', '/v1/matrix/downgrade', body)

  it('decides and gives the reason', async () => {
    expect(await ask({ model: 'titan', mode: 'full' })).toMatchObject({
      status: 200,
      body: {
        model: 'titan',
        requested: 'full',
        forced: false,
        mode: 'isolated',
        downgraded: true,
        strength: 'strong',
        reason: expect.stringContaining('"titan" is strong'),
      },
    })
    expect((await ask({ model: 'titan', mode: 'full', force: true })).body).toMatchObject({
      mode: 'full',
      forced: true,
    })
    expect((await ask({ model: 'tiny', mode: 'full' })).body).toMatchObject({
      mode: 'full',
      strength: 'weak',
    })
  })

  it('an unknown mode is a 400 that tells the known ones', async () =>
    expect(await ask({ model: 'titan', mode: 'sideways' })).toMatchObject({
      status: 400,
      body: { error: { field: 'mode', message: expect.stringContaining('"full", "isolated"') } },
    }))
})

describe('/v1/playbooks', () => {
  const record = (extra: object = {}) =>
    call('POST', '/v1/playbooks', {
      query: 'reset password',
      item: { corpus: 'help', id: 'half' },
      outcome: 'success',
      ...extra,
    })

  it('a success lifts its item for a similar query, hides nothing, and shows where the lift comes from', async () => {
    const before = (await search()).body.results
    const { body: playbook } = await record()
    const after = (await search({ query: 'password reset reset' })).body.results
    expect(after[0]).toMatchObject({ corpus: 'help', id: 'half' })
    expect(after[0].provenance).toMatchObject({ playbooks: [playbook.id] })
    expect(after[0].score).toBeCloseTo(after[0].provenance.score + after[0].provenance.boost)
    expect(origins(after).sort()).toEqual(origins(before).sort())
  })

  it('not for an unrelated query', async () => {
    const ask = () => search({ query: 'bake bread' })
    const before = (await ask()).body
    await record()
    expect((await ask()).body).toEqual(before)
  })

  it('reaches below the k nearest, and shows what it displaced', async () => {
    await record()
    const { body } = await search({ k: 1 })
    expect(origins(body.results)).toEqual(['help/half'])
    expect(origins(body.displaced)).toEqual(['help/both'])
  })

  it('a failure takes the lift back', async () => {
    const before = origins((await search()).body.results)
    await record()
    await record({ outcome: 'failure', note: 'out of date' })
    const after = (await search()).body.results
    expect(origins(after)).toEqual(before)
    expect(after.find(({ id }: { id: string }) => id === 'half').provenance.playbooks).toHaveLength(2)
  })

  it('is listed, page by page, shown, and filtered by corpus', async () => {
    const first = await record({ note: 'worked' })
    expect(first).toMatchObject({
      status: 201,
      body: {
        query: 'reset password',
        item: { corpus: 'help', id: 'half' },
        outcome: 'success',
        note: 'worked',
      },
    })
    expect(first.body).not.toHaveProperty('vector')
    await record({ item: { corpus: 'runbooks', id: 'bread' } })
    expect((await call('GET', `/v1/playbooks/${first.body.id}`)).body).toEqual(first.body)
    const page = await call('GET', '/v1/playbooks?limit=1')
    expect(page.body).toMatchObject({ playbooks: [first.body], truncated: true, next: first.body.id })
    const rest = await call('GET', `/v1/playbooks?limit=1&after=${page.body.next}`)
    expect(rest.body).toMatchObject({
      playbooks: [{ item: { corpus: 'runbooks' } }],
      truncated: false,
      next: null,
    })
    expect((await call('GET', '/v1/playbooks?corpus=help')).body.playbooks).toHaveLength(1)
    expect(await call('GET', '/v1/playbooks/pb-none')).toMatchObject({
      status: 404,
      body: { error: { code: 'playbook_not_found' } },
    })
  })

  it('is there after a restart, and lifts without asking embedd about it again', async () => {
    await record()
    await store.close()
    await appendFile(join(folder, 'playbooks.jsonl'), '{"id":"torn')
    store = new PlaybookStore(join(folder, 'playbooks.jsonl'))
    await store.open()
    expect(store.torn).toMatchObject({ text: '{"id":"torn' })
    embedd.calls.length = 0
    expect((await search()).body.results[0]).toMatchObject({ id: 'half' })
    expect(embedd.calls).toHaveLength(1)
  })

  it('nothing is recorded when embedd is down or the log cannot be written', async () => {
    embedd.intercept = () => {
      throw badGateway('embedd', 'embedd is not reachable')
    }
    expect((await record()).status).toBe(502)
    embedd.intercept = () => undefined
    await store.close()
    expect(await record()).toMatchObject({ status: 503, body: { error: { code: 'storage_unavailable' } } })
    expect(store.list()).toEqual([])
  })

  it('a line that is no record is refused, naming it', async () => {
    const file = join(folder, 'other.jsonl')
    await writeFile(file, '{"id":"x"}\n')
    await expect(new PlaybookStore(file).open()).rejects.toThrow(`${file}:1: `)
  })

  it.each([
    [{ outcome: 'maybe' }, 'outcome'],
    [{ item: { corpus: 'help' } }, 'item.id'],
    [{ query: '' }, 'query'],
    [{ note: 7 }, 'note'],
  ])('refuses %j', async (extra, field) =>
    expect(await record(extra)).toMatchObject({ status: 400, body: { error: { field } } }),
  )
})

it('answers 503 until the playbooks are read', async () => {
  await store.close()
  store = new PlaybookStore(join(folder, 'playbooks.jsonl'))
  expect((await call('GET', '/health')).status).toBe(503)
  expect((await search()).status).toBe(503)
  await store.open()
  expect((await call('GET', '/health')).status).toBe(200)
})
