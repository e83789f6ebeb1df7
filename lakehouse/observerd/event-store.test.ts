import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeTemporaryFolder } from '../kit/testing/daemon-process.ts'
import { EventStore } from './event-store.ts'

let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>
let file: string
const opened: EventStore[] = []

beforeEach(async () => {
  folder = await makeTemporaryFolder()
  file = join(folder.path, 'data', 'events.jsonl')
})
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
  await folder[Symbol.asyncDispose]()
})

async function open() {
  const store = new EventStore(file)
  await store.open()
  opened.push(store)
  return store
}

const event = (id?: string, payload: unknown = null, source = 'test') => ({
  kind: 'k',
  source,
  payload,
  ...(id === undefined ? {} : { id }),
})

describe('record', () => {
  it('numbers events in order, and they are on disk when it resolves', async () => {
    const store = await open()
    await Promise.all([store.record([event('a'), event('b')]), store.record([event('c')])])
    const lines = (await readFile(file, 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line)).map(({ seq, id }) => [seq, id])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ])
    expect(store.events.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  })

  it('counts the same event under the same id once, also when both come at once or in one batch', async () => {
    const store = await open()
    const twice = await Promise.all([
      store.record([event('a', { x: 1, y: 2 })]),
      store.record([event('a', { y: 2, x: 1 })]),
    ])
    expect(twice.flat().map(({ duplicate }) => duplicate)).toEqual([false, true])
    const batch = await store.record([event('b'), event('b'), event('a', { x: 1, y: 2 })])
    expect(batch.map(({ event: { seq }, duplicate }) => [seq, duplicate])).toEqual([
      [2, false],
      [2, true],
      [1, true],
    ])
    expect(store.events).toHaveLength(2)
  })

  it.each([
    ['another payload', event('a', 2)],
    ['another source', event('a', 1, 'other')],
    ['another time', { ...event('a', 1), at: '2026-01-01T00:00:00Z' }],
  ])('refuses the same id with %s, and then stores nothing of the batch', async (_what, other) => {
    const store = await open()
    await store.record([event('a', 1)])
    await expect(store.record([event('b'), other])).rejects.toMatchObject({
      status: 409,
      code: 'event_conflict',
      details: { id: 'a', seq: 1 },
    })
    expect(store.events).toHaveLength(1)
    expect((await store.record([event('b')]))[0]).toMatchObject({ event: { seq: 2 }, duplicate: false })
  })

  it('knows its duplicates after a restart, whatever JSON makes of the payload', async () => {
    const first = await open()
    await first.record([event('a', { zero: -0 }), event('b', undefined)])
    await first.close()
    const second = await open()
    const again = await second.record([event('a', { zero: -0 }), event('b', undefined), event('c')])
    expect(again.map(({ event: { seq }, duplicate }) => [seq, duplicate])).toEqual([
      [1, true],
      [2, true],
      [3, false],
    ])
  })

  it('a write that fails is told, and its id is free again', async () => {
    const store = await open()
    await store.close()
    await expect(store.record([event('a')])).rejects.toMatchObject({
      status: 503,
      code: 'storage_unavailable',
    })
    expect(store.events).toHaveLength(0)
    expect(store.find('a')).toBeUndefined()
  })
})

describe('list', () => {
  it('filters and goes on after a sequence number', async () => {
    const store = await open()
    await store.record([event('a'), event('b', 1, 'other'), event('c'), { ...event('d'), kind: 'z' }])
    const ids = (after: number, filter: object, limit = 10) =>
      store.list({ after, ...filter }, limit).map(({ id }) => id)
    expect(ids(0, {})).toEqual(['a', 'b', 'c', 'd'])
    expect(ids(1, {}, 2)).toEqual(['b', 'c'])
    expect(ids(4, {})).toEqual([])
    expect(ids(0, { source: 'test' })).toEqual(['a', 'c', 'd'])
    expect(ids(0, { source: 'test', kind: 'z' })).toEqual(['d'])
    expect(ids(0, { kind: 'none' })).toEqual([])
  })
})

describe('open', () => {
  it('sets a torn last line aside and goes on behind the last sound one', async () => {
    const first = await open()
    await first.record([event('a')])
    await first.close()
    await appendFile(file, '{"seq":2,"id":"b","ki')
    const second = await open()
    expect(second.torn).toMatchObject({ bytes: 21, text: '{"seq":2,"id":"b","ki', file: `${file}.torn-1` })
    expect(await readFile(`${file}.torn-1`, 'utf8')).toBe('{"seq":2,"id":"b","ki')
    expect((await second.record([event('b')]))[0]?.event.seq).toBe(2)
  })

  const line = (fields: object) =>
    `${JSON.stringify({ seq: 1, id: 'a', kind: 'k', source: 's', payload: null, recorded_at: 'now', ...fields })}\n`
  it.each([
    ['is no event', '{"seq":1}\n', ':1: id:'],
    ['has a number that does not rise', line({}) + line({ id: 'b' }), ':2: its seq is 1 after 1'],
    ['has an id again', line({}) + line({ seq: 2 }), ':2: the id "a" is there twice'],
  ])('refuses a line that %s, naming it', async (_what, text, reason) => {
    await (await open()).close()
    await writeFile(file, text)
    await expect(open()).rejects.toThrow(reason)
  })
})
