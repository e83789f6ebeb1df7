import { describe, expect, it } from 'vitest'
import { Collection, type Item } from './collection.ts'
import { computeNorm, computeRank, METRICS, type Metric } from './distance.ts'

/** A small deterministic generator (mulberry32), so that a failure repeats. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

function makeItems(count: number, dimension: number, seed: number): Item[] {
  const next = random(seed)
  return Array.from({ length: count }, (_, i) => ({
    id: `item-${i}`,
    vector: Float32Array.from({ length: dimension }, () => next() * 2 - 1),
    metadata: { colour: i % 3 === 0 ? 'red' : 'blue', half: i % 2 === 0 },
  }))
}

function bruteForce(items: readonly Item[], metric: Metric, vector: Float32Array, k: number): string[] {
  return items
    .map((item) => ({
      id: item.id,
      rank: computeRank(metric, vector, computeNorm(vector), item.vector, computeNorm(item.vector)),
    }))
    .sort((a, b) => b.rank - a.rank || (a.id < b.id ? -1 : 1))
    .slice(0, k)
    .map(({ id }) => id)
}

function fill(items: readonly Item[], dimension: number, metric: Metric, exactBudget?: number): Collection {
  const collection = new Collection({ dimension, metric }, exactBudget)
  collection.apply({ upserts: items, deletes: [] })
  indexAll(collection)
  return collection
}

function indexAll(collection: Collection): void {
  while (collection.needsIndexing) collection.indexFor(1_000)
}

const ids = (found: readonly { id: string }[]): string[] => found.map(({ id }) => id)

describe.each(METRICS)('search by %s', (metric) => {
  it('is what brute force finds, for any data and any k', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const dimension = 1 + (seed % 9)
      const items = makeItems(seed * 13, dimension, seed)
      const collection = fill(items, dimension, metric)
      const [query] = makeItems(1, dimension, seed + 1_000)
      const vector = query?.vector ?? new Float32Array(dimension)
      for (const k of [1, 7, items.length, items.length + 5]) {
        expect(ids(collection.search({ vector, k }))).toEqual(bruteForce(items, metric, vector, k))
      }
    }
  })

  it('through the graph finds nearly all of what brute force finds', () => {
    const items = makeItems(2_000, 16, 7)
    const collection = fill(items, 16, metric, 0)
    let found = 0
    for (const { vector } of makeItems(50, 16, 99)) {
      const expected = new Set(bruteForce(items, metric, vector, 10))
      found += ids(collection.search({ vector, k: 10 })).filter((id) => expected.has(id)).length
    }
    expect(found / 500).toBeGreaterThan(0.97)
  })

  it('through the graph keeps its recall after many replacements and deletions', () => {
    const collection = fill(makeItems(600, 8, 1), 8, metric, 0)
    collection.apply({ upserts: makeItems(600, 8, 2), deletes: [] })
    indexAll(collection)
    const last = makeItems(600, 8, 3)
    collection.apply({ upserts: last, deletes: [] })
    indexAll(collection)
    collection.apply({ upserts: [], deletes: last.slice(400).map(({ id }) => id) })
    indexAll(collection)
    const items = last.slice(0, 400)
    expect(collection.size).toBe(400)
    let found = 0
    for (const { vector } of makeItems(50, 8, 4)) {
      const expected = new Set(bruteForce(items, metric, vector, 10))
      found += ids(collection.search({ vector, k: 10 })).filter((id) => expected.has(id)).length
    }
    expect(found / 500).toBeGreaterThan(0.97)
  })

  it('finds what is not in the graph yet as well', () => {
    const items = makeItems(400, 8, 11)
    const collection = fill(items.slice(0, 200), 8, metric, 0)
    collection.apply({ upserts: items.slice(200), deletes: [] })
    expect(collection.needsIndexing).toBe(true)
    for (const { id, vector } of items.slice(200)) {
      const expected = bruteForce(items, metric, vector, 1)
      expect(ids(collection.search({ vector, k: 1 })), id).toEqual(expected)
    }
    collection.indexFor(0)
    expect(collection.needsIndexing).toBe(true)
    indexAll(collection)
    expect(collection.needsIndexing).toBe(false)
  })

  it.each([undefined, 0])('a filter loses nothing to k (exact budget %s)', (budget) => {
    const items = makeItems(600, 6, 5)
    const collection = fill(items, 6, metric, budget)
    const red = items.filter(({ metadata }) => metadata?.['colour'] === 'red')
    for (const { vector } of makeItems(5, 6, 6)) {
      const found = ids(collection.search({ vector, k: 50, filter: { colour: 'red' } }))
      const expected = bruteForce(red, metric, vector, 50)
      expect(found).toHaveLength(50)
      expect(found.filter((id) => expected.includes(id)).length).toBeGreaterThanOrEqual(48)
      if (budget === undefined) expect(found).toEqual(expected)
    }
  })
})

describe('scores', () => {
  const at = (metric: Metric, vector: number[]) =>
    fill([{ id: 'a', vector: new Float32Array([3, 4]) }], 2, metric).search({
      vector: new Float32Array(vector),
      k: 1,
    })[0]

  it('cosine: 1 for the same direction whatever its length, -1 for the opposite', () => {
    expect(at('cosine', [6, 8])).toMatchObject({ score: 1, distance: 0 })
    expect(at('cosine', [-3, -4])).toMatchObject({ score: -1, distance: 2 })
    expect(at('cosine', [-4, 3])).toMatchObject({ score: 0, distance: 1 })
  })
  it('dot: the inner product', () => expect(at('dot', [1, 2])).toEqual({ id: 'a', score: 11, distance: -11 }))
  it('dot: zero has no sign', () => expect(Object.is(at('dot', [0, 0])?.distance, 0)).toBe(true))
  it('l2: the Euclidean distance', () =>
    expect(at('l2', [0, 0])).toEqual({ id: 'a', score: 1 / 6, distance: 5 }))
  it('cosine survives very long and very short vectors', () => {
    const items = [
      { id: 'long', vector: new Float32Array([1e15, 0]) },
      { id: 'short', vector: new Float32Array([0, 1e-30]) },
    ]
    const collection = fill(items, 2, 'cosine', 0)
    expect(collection.search({ vector: new Float32Array([1e-30, 0]), k: 2 })).toMatchObject([
      { id: 'long', score: 1 },
      { id: 'short', score: 0 },
    ])
  })
})

describe('order and change', () => {
  it('orders equal scores by id, whatever the order of insertion', () => {
    const vector = new Float32Array([1, 1])
    const items = ['b', 'a', 'c', 'Z'].map((id) => ({ id, vector }))
    expect(ids(fill(items, 2, 'cosine').search({ vector, k: 3 }))).toEqual(['Z', 'a', 'b'])
    expect(ids(fill(items.toReversed(), 2, 'cosine').search({ vector, k: 3 }))).toEqual(['Z', 'a', 'b'])
  })
  it('a replaced item is found where it is now, and once', () => {
    const collection = fill([{ id: 'a', vector: new Float32Array([1, 0]) }], 2, 'l2')
    collection.apply({ upserts: [{ id: 'a', vector: new Float32Array([0, 1]) }], deletes: [] })
    expect(collection.search({ vector: new Float32Array([0, 1]), k: 5 })).toEqual([
      { id: 'a', score: 1, distance: 0 },
    ])
  })
  it('a deleted item is gone; deleting an unknown one changes nothing', () => {
    const collection = fill(makeItems(3, 2, 1), 2, 'l2')
    collection.apply({ upserts: [], deletes: ['item-1', 'nobody'] })
    expect(collection.size).toBe(2)
    expect(ids(collection.search({ vector: new Float32Array([0, 0]), k: 5 }))).not.toContain('item-1')
  })
  it('filters by several keys, by null, and not by inherited names', () => {
    const vector = new Float32Array([1, 0])
    const collection = fill(
      [
        { id: 'a', vector, metadata: { x: 1, y: null } },
        { id: 'b', vector, metadata: { x: 1, y: 2 } },
        { id: 'c', vector },
      ],
      2,
      'dot',
    )
    const find = (filter: Record<string, string | number | null>) =>
      ids(collection.search({ vector, k: 9, filter }))
    expect(find({ x: 1, y: null })).toEqual(['a'])
    expect(find({ x: 1 })).toEqual(['a', 'b'])
    expect(find({ x: '1' })).toEqual([])
    expect(find({ toString: null })).toEqual([])
    expect(find({})).toEqual(['a', 'b', 'c'])
  })
  it('an empty index finds nothing', () =>
    expect(
      new Collection({ dimension: 2, metric: 'dot' }, 0).search({ vector: new Float32Array(2), k: 3 }),
    ).toEqual([]))
})
