import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TraceStore } from './store.ts'

let folder: string
let file: string
const opened: TraceStore[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pathwayd-'))
  file = join(folder, 'deep', 'traces.jsonl')
})

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
  await rm(folder, { recursive: true })
})

async function open(): Promise<TraceStore> {
  const store = new TraceStore(file)
  opened.push(store)
  await store.open()
  return store
}

const plain = (content: string) => ({ content, tags: [], metadata: {} })
const add = async (store: TraceStore, content: string) => (await store.add(plain(content))).trace
const byContent = (content: string) => ({ successor: plain(content) })
const refusal = (code: string, details = {}) => ({
  status: 409,
  code,
  details: expect.objectContaining(details),
})

describe('ADD', () => {
  it('the same content is the same trace, counted, whatever comes with it', async () => {
    const store = await open()
    const first = await store.add({ content: 'use the cache', tags: ['perf'], metadata: { run: 1 } })
    expect(first).toMatchObject({ replayed: false, trace: { replays: 0, status: 'active', version: 1 } })
    const second = await store.add({ content: 'use the cache', tags: ['other'], metadata: { run: 2 } })
    expect(second).toMatchObject({
      replayed: true,
      trace: { id: first.trace.id, replays: 1, tags: ['perf'], metadata: { run: 1 } },
    })
    expect(store.history(first.trace.id).events).toMatchObject([
      { op: 'ADD' },
      { op: 'REPLAY', tags: ['other'], metadata: { run: 2 } },
    ])
  })

  it('does not bring a retired trace back', async () => {
    const store = await open()
    const { id } = await add(store, 'wrong')
    await store.retire(id)
    expect(await store.add(plain('wrong'))).toMatchObject({
      replayed: true,
      trace: { id, status: 'retired', replays: 1 },
    })
    expect(store.search({ query: 'wrong', k: 9 })).toEqual([])
  })

  it('gives another id when an updated trace has left the content behind', async () => {
    const store = await open()
    const first = await add(store, 'one')
    await store.update(first.id, { content: 'two' })
    const again = await add(store, 'one')
    expect(again.id).toBe(`${first.id}-2`)
    expect((await add(store, 'two')).id).toBe(first.id)
  })
})

describe('UPDATE', () => {
  it('changes what is named, keeps the rest, and is found by its new content only', async () => {
    const store = await open()
    const { trace } = await store.add({ content: 'old words', tags: ['t'], metadata: { a: 1 } })
    expect(await store.update(trace.id, { content: 'new phrase' })).toMatchObject({
      id: trace.id,
      content: 'new phrase',
      tags: ['t'],
      metadata: { a: 1 },
      version: 2,
    })
    expect(store.search({ query: 'words', k: 9 })).toEqual([])
    expect(store.search({ query: 'phrase', k: 9 })).toHaveLength(1)
  })

  it("refuses another trace's content, and traces that are not active", async () => {
    const store = await open()
    const [a, b] = [await add(store, 'a'), await add(store, 'b')]
    await expect(store.update(a.id, { content: 'b' })).rejects.toMatchObject(
      refusal('duplicate_content', { existing: b.id }),
    )
    await store.update(a.id, { content: 'a' })
    await store.retire(a.id)
    await expect(store.update(a.id, { tags: [] })).rejects.toMatchObject(
      refusal('not_active', { status: 'retired' }),
    )
    await expect(store.update('tr-none', { tags: [] })).rejects.toMatchObject({
      status: 404,
      code: 'trace_not_found',
    })
  })
})

describe('REVISE', () => {
  it('makes a successor that is found, and the old one is not [claim:retired-excluded]', async () => {
    const store = await open()
    const old = await add(store, 'restart the daemon by hand')
    const { trace, successor } = await store.revise(old.id, {
      ...byContent('restart the daemon by just up'),
      reason: 'tool',
    })
    expect(trace).toMatchObject({ status: 'superseded', superseded_by: successor.id })
    expect(successor).toMatchObject({ status: 'active', supersedes: [old.id] })
    expect(store.search({ query: 'restart daemon', k: 9 }).map((found) => found.trace.id)).toEqual([
      successor.id,
    ])
    await expect(store.revise(old.id, byContent('third'))).rejects.toMatchObject(
      refusal('already_superseded', { superseded_by: successor.id }),
    )
  })

  it('refuses to close a cycle: of one, of two, of many', async () => {
    const store = await open()
    const ids: string[] = []
    for (const content of ['a', 'b', 'c', 'd']) ids.push((await add(store, content)).id)
    const [a = '', b = '', c = '', d = ''] = ids
    await expect(store.revise(a, { successor: { id: a } })).rejects.toMatchObject(refusal('revision_cycle'))
    await expect(store.revise(a, byContent('a'))).rejects.toMatchObject(refusal('revision_cycle'))
    await store.revise(a, { successor: { id: b } })
    await expect(store.revise(b, { successor: { id: a } })).rejects.toMatchObject(refusal('revision_cycle'))
    await store.revise(b, { successor: { id: c } })
    await store.revise(c, { successor: { id: d } })
    await expect(store.revise(d, byContent('a'))).rejects.toMatchObject(
      refusal('revision_cycle', { path: [d, a, b, c, d] }),
    )
    expect(store.get(d).status).toBe('active')
  })

  it('refuses unknown and retired ends', async () => {
    const store = await open()
    const [a, b] = [await add(store, 'a'), await add(store, 'b')]
    await expect(store.revise(a.id, { successor: { id: 'tr-none' } })).rejects.toMatchObject({
      status: 404,
      details: { id: 'tr-none' },
    })
    await store.retire(b.id)
    await expect(store.revise(a.id, { successor: { id: b.id } })).rejects.toMatchObject(
      refusal('not_active', { id: b.id }),
    )
    await expect(store.revise(b.id, byContent('c'))).rejects.toMatchObject(
      refusal('not_active', { id: b.id }),
    )
  })

  it('concurrent opposite revisions: exactly one wins', async () => {
    const store = await open()
    const [a, b] = [await add(store, 'a'), await add(store, 'b')]
    const outcomes = await Promise.allSettled([
      store.revise(a.id, { successor: { id: b.id } }),
      store.revise(b.id, { successor: { id: a.id } }),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  })
})

describe('RETIRE and HISTORY', () => {
  it('out of search, kept in history; twice is once [claim:retired-excluded] [claim:memory-history]', async () => {
    const store = await open()
    const { id } = await add(store, 'gone soon')
    expect(await store.retire(id, 'wrong')).toMatchObject({ status: 'retired', retired_reason: 'wrong' })
    await store.retire(id, 'again')
    expect(store.get(id).retired_reason).toBe('wrong')
    expect(store.search({ query: 'gone', k: 9 })).toEqual([])
    expect(store.history(id).events.map(({ op }) => op)).toEqual(['ADD', 'RETIRE'])
    await expect(store.retire('tr-none')).rejects.toMatchObject({ status: 404 })
  })

  it('tells the whole lineage, oldest first, from either end [claim:memory-history]', async () => {
    const store = await open()
    const a = await add(store, 'a')
    await add(store, 'unrelated')
    const { successor: b } = await store.revise(a.id, byContent('b'))
    await store.update(b.id, { tags: ['x'] })
    const { successor: c } = await store.revise(b.id, byContent('c'))
    await store.retire(c.id)
    for (const id of [a.id, b.id, c.id]) {
      const { lineage, events } = store.history(id)
      expect(lineage).toEqual([a.id, b.id, c.id])
      expect(events.map(({ op }) => op)).toEqual(['ADD', 'REVISE', 'UPDATE', 'REVISE', 'RETIRE'])
      expect(events.map(({ seq }) => seq)).toEqual([1, 3, 4, 5, 6])
    }
  })
})

describe('search', () => {
  it('ranks by rarity and frequency, respects k and the filters', async () => {
    const store = await open()
    await store.add({ content: 'the cache was cold', tags: ['perf', 'db'], metadata: { level: 1 } })
    await store.add({ content: 'the cache: cold cache, cold start', tags: ['perf'], metadata: { level: 2 } })
    await store.add({ content: 'the weather is cold', tags: [], metadata: {} })
    const find = (search: Partial<Parameters<TraceStore['search']>[0]>) =>
      store.search({ k: 10, ...search }).map(({ trace }) => trace.content)
    expect(find({ query: 'CACHE' })[0]).toBe('the cache: cold cache, cold start')
    expect(find({ query: 'cache' })).toHaveLength(2)
    expect(find({ query: 'cold', k: 2 })).toHaveLength(2)
    expect(find({ query: 'cold', filter: { tags: ['perf', 'db'] } })).toEqual(['the cache was cold'])
    expect(find({ query: 'cold', filter: { metadata: { level: 2 } } })).toEqual([
      'the cache: cold cache, cold start',
    ])
    expect(find({ filter: {} })[0]).toBe('the weather is cold')
    expect(find({ query: 'nothing of it' })).toEqual([])
  })
})

describe('on disk', () => {
  const state = (store: TraceStore) => {
    const traces = store.list({ limit: 1_000 })
    return { traces, stats: store.stats(), history: traces.map(({ id }) => store.history(id)) }
  }

  it('whatever happened is the same after reading it back', async () => {
    const store = await open()
    const pick = <T>(from: readonly T[], n: number): T | undefined => from[n % Math.max(1, from.length)]
    let refused = 0
    for (let n = 0; n < 400; n += 1) {
      const ids = store.list({ limit: 1_000 }).map(({ id }) => id)
      const id = pick(ids, n * 7 + 3) ?? ''
      const content = `text ${(n * 13) % 60}`
      const step =
        ids.length < 5 || n % 4 === 0
          ? store.add({ content, tags: [`t${n % 3}`], metadata: { n } })
          : n % 4 === 1
            ? store.update(id, { content })
            : n % 4 === 2
              ? store.revise(
                  id,
                  n % 8 === 2 ? byContent(content) : { successor: { id: pick(ids, n * 5) ?? '' } },
                )
              : n % 20 === 3
                ? store.retire(id)
                : store.update(id, { tags: [`u${n}`] })
      await step.catch(() => {
        refused += 1
      })
    }
    expect(refused).toBeGreaterThan(20)
    const before = state(store)
    expect(before.stats.superseded).toBeGreaterThan(5)
    await store.close()
    const again = await open()
    expect(state(again)).toEqual(before)
    const found = (where: TraceStore) => where.search({ query: 'text 7 t1 u203', k: 100 })
    expect(found(again)).toEqual(found(store))
  })

  it('a torn last line is set aside and reported, and writing goes on', async () => {
    const store = await open()
    await add(store, 'kept')
    await store.close()
    await appendFile(file, '{"op":"ADD","seq":2,"at":"20')
    const next = await open()
    expect(next.stats()).toMatchObject({
      traces: 1,
      torn: { bytes: 28, text: '{"op":"ADD","seq":2,"at":"20' },
    })
    expect(await readFile(next.torn?.file ?? '', 'utf8')).toBe('{"op":"ADD","seq":2,"at":"20')
    await add(next, 'new')
    await next.close()
    expect((await open()).stats()).toMatchObject({ traces: 2, torn: null })
  })

  it.each([
    ['{"op":"FLY","seq":1,"at":"x","id":"a"}', ':1: op: '],
    ['{"op":"RETIRE","seq":1,"at":"x","id":"a"}', ':1: the trace "a" was never added'],
    ['{"op":"ADD","seq":2,"at":"x","id":"a","content":"c","tags":[],"metadata":{}}', ':1: its seq is 2'],
  ])('a line that cannot be true is refused, naming it: %s', async (line, message) => {
    await (await open()).close()
    await writeFile(file, `${line}\n`)
    await expect(open()).rejects.toThrow(message)
  })

  it('what cannot be written is not applied', async () => {
    const store = await open()
    await store.close()
    await expect(add(store, 'a')).rejects.toMatchObject({ status: 503, code: 'storage_unavailable' })
    expect(store.stats()).toMatchObject({ traces: 0, entries: 0 })
  })
})
