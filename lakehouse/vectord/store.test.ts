import { describe, expect, it } from 'vitest'
import { badGateway } from '../kit/errors.ts'
import type { Item } from './collection.ts'
import { createFakeObjects, type FakeObjects } from './fake-objects.ts'
import { MANIFESTS, manifestKey, SEGMENTS } from './manifest.ts'
import { VectorStore } from './store.ts'

const parameters = { dimension: 2, metric: 'l2' as const }
const item = (id: string, x: number, y = 0): Item => ({ id, vector: new Float32Array([x, y]) })

async function open(objects: FakeObjects, options: { checkpointAfter?: number; partBytes?: number } = {}) {
  const problems: string[] = []
  const store = new VectorStore({ objects, onProblem: (message) => problems.push(message), ...options })
  await store.load()
  await store.settle()
  return { store, problems }
}

function upsert(store: VectorStore, name: string, ...upserts: Item[]): Promise<void> {
  return store.write(name, () => ({ change: { upserts, deletes: [] }, answer: () => undefined }))
}

function remove(store: VectorStore, name: string, ...deletes: string[]): Promise<void> {
  return store.write(name, () => ({ change: { upserts: [], deletes }, answer: () => undefined }))
}

const contents = (store: VectorStore, name: string) =>
  store
    .get(name)
    .list()
    .map(({ id, vector }) => [id, ...vector])
    .sort()

const keys = (objects: FakeObjects, prefix: string) =>
  [...objects.objects.keys()].filter((key) => key.startsWith(prefix))

const down = () => {
  throw badGateway('storaged', 'storaged is not reachable')
}

describe('what is acknowledged', () => {
  it('is there after a restart: upserts, replacements, deletions', async () => {
    const objects = createFakeObjects()
    const { store } = await open(objects)
    await store.create('a', parameters)
    await upsert(store, 'a', item('x', 1), item('y', 2))
    await upsert(store, 'a', item('y', 3), item('z', 4))
    await remove(store, 'a', 'x')
    const { store: next } = await open(objects)
    expect(contents(next, 'a')).toEqual([
      ['y', 3, 0],
      ['z', 4, 0],
    ])
    await upsert(next, 'a', item('w', 5))
    const { store: third } = await open(objects)
    expect(contents(third, 'a')).toEqual([
      ['w', 5, 0],
      ['y', 3, 0],
      ['z', 4, 0],
    ])
    expect(third.get('a').parameters).toEqual(parameters)
  })

  it('a dropped index stays dropped, and one of the same name starts empty', async () => {
    const objects = createFakeObjects()
    const { store } = await open(objects)
    await store.create('a', parameters)
    await upsert(store, 'a', item('old', 1))
    await store.drop('a')
    expect((await open(objects)).store.list()).toEqual([])
    const { store: next } = await open(objects)
    expect(await next.create('a', { dimension: 2, metric: 'dot' })).toBe(true)
    expect(contents((await open(objects)).store, 'a')).toEqual([])
  })

  it('many writers at once: every batch is there', async () => {
    const objects = createFakeObjects()
    const { store } = await open(objects, { checkpointAfter: 5, partBytes: 40 })
    await Promise.all(['a', 'b', 'c'].map((name) => store.create(name, parameters)))
    await Promise.all(
      Array.from({ length: 90 }, (_, n) => upsert(store, ['a', 'b', 'c'][n % 3] ?? '', item(`i${n}`, n))),
    )
    await store.settle()
    const { store: next } = await open(objects)
    expect(next.list().map(({ collection }) => collection.size)).toEqual([30, 30, 30])
  })
})

describe('what is not acknowledged', () => {
  it('is not applied, answers 503 with Retry-After, and the next write goes on', async () => {
    const objects = createFakeObjects()
    const { store } = await open(objects)
    await store.create('a', parameters)
    objects.beforePut = down
    await expect(upsert(store, 'a', item('x', 1))).rejects.toMatchObject({
      status: 503,
      code: 'storage_unavailable',
      headers: { 'retry-after': '1' },
      details: { upstream: 'storaged' },
    })
    await expect(store.create('b', parameters)).rejects.toMatchObject({ status: 503 })
    expect(contents(store, 'a')).toEqual([])
    objects.beforePut = () => undefined
    await upsert(store, 'a', item('y', 2))
    expect(contents((await open(objects)).store, 'a')).toEqual([['y', 2, 0]])
  })

  it('does not count although it was stored, once a later batch is', async () => {
    const objects = createFakeObjects()
    const { store } = await open(objects)
    await store.create('a', parameters)
    await upsert(store, 'a', item('x', 1))
    objects.afterPut = down
    await expect(upsert(store, 'a', item('x', 99), item('ghost', 99))).rejects.toThrow('not stored')
    objects.afterPut = () => undefined
    await upsert(store, 'a', item('y', 2))
    const expected = [
      ['x', 1, 0],
      ['y', 2, 0],
    ]
    expect(contents(store, 'a')).toEqual(expected)
    expect(contents((await open(objects)).store, 'a')).toEqual(expected)
  })

  it('of a killed process cannot come in after the next one has loaded', async () => {
    const objects = createFakeObjects()
    const { store } = await open(objects)
    await store.create('a', parameters)
    await upsert(store, 'a', item('x', 1))
    const [landed] = keys(objects, SEGMENTS)
    const late = { key: `${landed?.slice(0, -1)}2`, bytes: objects.objects.get(landed ?? '') }
    const { store: next } = await open(objects)
    await upsert(next, 'a', item('x', 2))
    objects.objects.set(late.key, late.bytes ?? Buffer.alloc(0))
    const { store: third } = await open(objects)
    expect(contents(third, 'a')).toEqual([['x', 2, 0]])
    expect(objects.objects.has(late.key)).toBe(false)
  })

  it('a drop that failed but was stored loses no later batch', async () => {
    const objects = createFakeObjects()
    const { store } = await open(objects)
    await store.create('a', parameters)
    await upsert(store, 'a', item('x', 1))
    objects.afterPut = down
    await expect(store.drop('a')).rejects.toMatchObject({ status: 503 })
    objects.afterPut = () => undefined
    await upsert(store, 'a', item('y', 2))
    expect(contents((await open(objects)).store, 'a')).toEqual([
      ['x', 1, 0],
      ['y', 2, 0],
    ])
  })
})

describe('checkpoints', () => {
  it('fold batches into parts, remove what they replace, and change nothing', async () => {
    const objects = createFakeObjects()
    const { store, problems } = await open(objects, { checkpointAfter: 10, partBytes: 60 })
    await store.create('a', parameters)
    for (let n = 0; n < 25; n += 1) await upsert(store, 'a', item(`i${n % 12}`, n))
    await remove(store, 'a', 'i3')
    await store.settle()
    expect(problems).toEqual([])
    const before = contents(store, 'a')
    expect(before).toHaveLength(11)
    expect(keys(objects, SEGMENTS).some((key) => key.includes('/base-'))).toBe(true)
    expect(keys(objects, SEGMENTS).filter((key) => !key.includes('/base-')).length).toBeLessThan(10)
    expect(keys(objects, MANIFESTS)).toHaveLength(1)
    const { store: next } = await open(objects, { checkpointAfter: 10, partBytes: 60 })
    expect(contents(next, 'a')).toEqual(before)
    for (let n = 0; n < 12; n += 1) await upsert(next, 'a', item(`n${n}`, n))
    await next.settle()
    expect(contents((await open(objects)).store, 'a')).toEqual(contents(next, 'a'))
  })

  it('one that fails at any of its writes loses nothing', async () => {
    for (const landed of [false, true]) {
      for (const pattern of [/base-/, /manifests/]) {
        const objects = createFakeObjects()
        const { store, problems } = await open(objects, { checkpointAfter: 4, partBytes: 40 })
        await store.create('a', parameters)
        const fault = (key: string) => (pattern.test(key) ? down() : undefined)
        if (landed) objects.afterPut = fault
        else objects.beforePut = fault
        for (let n = 0; n < 6; n += 1) await upsert(store, 'a', item(`i${n}`, n))
        await store.settle()
        expect(problems[0]).toContain('writing a checkpoint of index a failed')
        expect(contents((await open(createFakeObjects(new Map(objects.objects)))).store, 'a')).toHaveLength(6)
        objects.afterPut = () => undefined
        objects.beforePut = () => undefined
        await upsert(store, 'a', item('last', 7))
        await store.settle()
        expect(contents((await open(objects)).store, 'a')).toHaveLength(7)
      }
    }
  })

  it('an index dropped while its checkpoint is written leaves nothing behind', async () => {
    const objects = createFakeObjects()
    const { store } = await open(objects, { checkpointAfter: 2 })
    await store.create('a', parameters)
    const blocked = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    objects.beforePut = async (key) => {
      if (!key.includes('/base-')) return
      reached.resolve()
      await blocked.promise
    }
    await upsert(store, 'a', item('x', 1))
    await upsert(store, 'a', item('y', 1))
    await reached.promise
    await store.drop('a')
    blocked.resolve()
    await store.settle()
    expect(keys(objects, SEGMENTS)).toEqual([])
    expect((await open(objects)).store.list()).toEqual([])
    expect(keys(objects, MANIFESTS)).toEqual([])
  })
})

describe('loading', () => {
  it('refuses a damaged or missing segment, naming it, rather than answer with less', async () => {
    const objects = createFakeObjects()
    const { store } = await open(objects)
    await store.create('a', parameters)
    await upsert(store, 'a', item('x', 1))
    const [segment = ''] = keys(objects, SEGMENTS)
    objects.objects.set(segment, Buffer.from('rubbish'))
    await expect(open(objects)).rejects.toThrow(`${segment} is damaged`)
    objects.objects.delete(segment)
    // The manifest of the second start would have listed it; the first start's does not.
    const [manifest = ''] = keys(objects, MANIFESTS)
    const text = String(objects.objects.get(manifest)).replace('"segments":[]', `"segments":["${segment}"]`)
    objects.objects.set(manifest, Buffer.from(text))
    await expect(open(objects)).rejects.toThrow(`${segment} is damaged: it is missing`)
  })

  it('refuses a damaged manifest', async () => {
    const objects = createFakeObjects()
    const key = manifestKey('a', 1, 1)
    objects.objects.set(key, Buffer.from('{'))
    await expect(open(objects)).rejects.toThrow(`${key} is damaged`)
  })

  it('a manifest that goes away while it is read is a reason to try again, not damage', async () => {
    const objects = createFakeObjects()
    const { store } = await open(objects)
    await store.create('a', parameters)
    const { get } = objects
    objects.get = async (key) => (key.startsWith(MANIFESTS) ? undefined : get(key))
    await expect(new VectorStore({ objects }).load()).rejects.toMatchObject({ status: 503 })
    objects.get = get
    expect(contents((await open(objects)).store, 'a')).toEqual([])
  })

  it('builds the graph in the background, and a stop does not wait for it', async () => {
    const objects = createFakeObjects()
    const store = new VectorStore({ objects, exactBudget: 0 })
    await store.load()
    await store.create('a', parameters)
    await upsert(store, 'a', ...Array.from({ length: 50 }, (_, n) => item(`i${n}`, n)))
    expect(store.get('a').needsIndexing).toBe(true)
    await store.settle()
    expect(store.get('a').needsIndexing).toBe(false)
    await store.close()
    await upsert(store, 'a', item('late', 1))
    await store.settle()
    expect(store.get('a').needsIndexing).toBe(true)
  })

  it('can be tried again', async () => {
    const objects = createFakeObjects()
    objects.beforePut = down
    const store = new VectorStore({ objects })
    await expect(store.load()).rejects.toThrow('not reachable')
    expect(store.ready).toBe(false)
    expect(store.notReadyReason).toContain('not reachable')
    objects.beforePut = () => undefined
    await store.load()
    expect(store.ready).toBe(true)
  })
})
