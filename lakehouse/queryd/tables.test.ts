import { describe, expect, it } from 'vitest'
import { badGateway, notFound } from '../kit/errors.ts'
import type { Dataset } from './catalog-client.ts'
import type { ViewSpec } from './engine.ts'
import { createTables } from './tables.ts'

const dataset = (name: string, ...objects: string[]): Dataset => ({
  id: `id-${name}`,
  name,
  columns: [{ name: 'a', type: 'BIGINT' }],
  objects,
})

/** A catalog, a cache and an engine that do as they are told and write down what they were asked. */
function rig() {
  const views = new Map<string, readonly string[]>()
  const asked = {
    answer: undefined as readonly Dataset[] | undefined | Error,
    missing: new Set<string>(),
    broken: new Map<string, string>(),
    running: 0,
    fetched: [] as string[],
    kept: [] as string[][],
    swaps: [] as { put: string[]; drop: readonly string[] }[],
    reports: [] as string[],
  }
  const tables = createTables({
    catalog: {
      poll: async () => {
        if (asked.answer instanceof Error) throw asked.answer
        return asked.answer
      },
    },
    cache: {
      async fetch(key) {
        asked.fetched.push(key)
        if (asked.missing.has(key)) throw notFound(`storaged has no object "${key}"`)
        return `/cache/${key}`
      },
      pathOf: (key) => `/cache/${key}`,
      async keepOnly(paths) {
        asked.kept.push([...paths].sort())
      },
    },
    engine: {
      tryView: async (view: ViewSpec) => asked.broken.get(view.name),
      async swapViews(put, drop) {
        asked.swaps.push({ put: put.map(({ name }) => name), drop })
        for (const name of drop) views.delete(name)
        for (const { name, files } of put) views.set(name, files)
      },
      get running() {
        return asked.running
      },
    },
    report: ({ message }) => asked.reports.push(message),
  })
  const refresh = (answer: readonly Dataset[] | undefined | Error): Promise<void> => {
    asked.answer = answer
    return tables.refresh()
  }
  return { tables, refresh, views, asked }
}

describe('a refresh', () => {
  it('shows what is new, changes what has changed, drops what is gone, in one swap [claim:refresh-visibility]', async () => {
    const { refresh, views, asked } = rig()
    await refresh([dataset('a', 'a1'), dataset('b', 'b1')])
    await refresh([dataset('b', 'b1', 'b2'), dataset('c', 'c1')])
    expect(asked.swaps).toEqual([
      { put: ['a', 'b'], drop: [] },
      { put: ['b', 'c'], drop: ['a'] },
    ])
    expect(Object.fromEntries(views)).toEqual({ b: ['/cache/b1', '/cache/b2'], c: ['/cache/c1'] })
  })

  it('does nothing when nothing has changed', async () => {
    const { refresh, asked } = rig()
    await refresh([dataset('a', 'a1')])
    await refresh(undefined)
    await refresh([dataset('a', 'a1')])
    expect(asked.swaps).toHaveLength(1)
    expect(asked.fetched).toEqual(['a1'])
  })

  it('replaces a dataset that was deleted and made again, even with the same objects', async () => {
    const { refresh, asked } = rig()
    await refresh([dataset('a', 'a1')])
    await refresh([{ ...dataset('a', 'a1'), id: 'another', columns: [{ name: 'z', type: 'DATE' }] }])
    expect(asked.swaps).toHaveLength(2)
  })
})

describe('a dataset that cannot be had', () => {
  it('does not hold up the others, and is named with the reason', async () => {
    const { tables, refresh, views, asked } = rig()
    asked.missing.add('bad1')
    asked.broken.set('odd', 'no Parquet')
    await refresh([
      dataset('bad', 'bad1'),
      dataset('good', 'good1'),
      dataset('odd', 'odd1'),
      dataset('empty'),
    ])
    expect([...views.keys()]).toEqual(['good'])
    expect(tables.list().map(({ name, objects, problem }) => [name, objects, problem])).toEqual([
      ['bad', 0, 'storaged has no object "bad1"'],
      ['good', 1, null],
      ['odd', 0, 'no Parquet'],
      ['empty', 0, 'the dataset has no objects'],
    ])
    expect(tables.catalog.state).toBe('fresh')
    expect(asked.reports).toHaveLength(3)
  })

  it('keeps its last good content', async () => {
    const { tables, refresh, views, asked } = rig()
    await refresh([dataset('a', 'a1')])
    asked.missing.add('a2')
    await refresh([dataset('a', 'a1', 'a2')])
    expect(views.get('a')).toEqual(['/cache/a1'])
    expect(tables.list()[0]).toMatchObject({ objects: 1, problem: 'storaged has no object "a2"' })
  })

  it('is not asked for at every tick, but at once when it changes', async () => {
    const { refresh, views, asked } = rig()
    asked.missing.add('a1')
    await refresh([dataset('a', 'a1')])
    await refresh(undefined)
    expect(asked.fetched).toEqual(['a1'])
    asked.missing.clear()
    await refresh([dataset('a', 'a1', 'a2')])
    expect(views.get('a')).toEqual(['/cache/a1', '/cache/a2'])
  })

  it('does not show the rows of a namesake that was deleted', async () => {
    const { tables, refresh, views, asked } = rig()
    await refresh([dataset('a', 'a1')])
    asked.missing.add('new')
    await refresh([{ ...dataset('a', 'new'), id: 'another' }])
    expect(views.has('a')).toBe(false)
    expect(tables.list()[0]).toMatchObject({ dataset_id: 'another', objects: 0 })
  })
})

describe('a catalog out of reach', () => {
  const down = badGateway('catalogd', 'catalogd is not reachable')

  it('is not there before it was read once', async () => {
    const { tables, refresh } = rig()
    expect(tables.catalog).toEqual({ state: 'none', refreshed_at: null, reason: null })
    await refresh(down)
    expect(tables.catalog).toEqual({ state: 'none', refreshed_at: null, reason: 'catalogd is not reachable' })
  })

  it('leaves the tables as they are, says stale once, and recovers', async () => {
    const { tables, refresh, views, asked } = rig()
    await refresh([dataset('a', 'a1')])
    const { refreshed_at } = tables.catalog
    await refresh(down)
    await refresh(down)
    expect(tables.catalog).toEqual({ state: 'stale', refreshed_at, reason: 'catalogd is not reachable' })
    expect([...views.keys()]).toEqual(['a'])
    await refresh(undefined)
    expect(tables.catalog).toMatchObject({ state: 'fresh', reason: null })
    expect(asked.reports).toEqual([
      'the catalog is out of reach: catalogd is not reachable',
      'the catalog is back',
    ])
  })

  it('does not swallow a bug', async () => {
    const { refresh } = rig()
    await expect(refresh(new TypeError('a bug'))).rejects.toThrow('a bug')
  })
})

describe('the cache', () => {
  it('loses what nobody needs, but not under a statement that runs', async () => {
    const { refresh, asked } = rig()
    await refresh([dataset('a', 'a1')])
    expect(asked.kept).toEqual([['/cache/a1']])
    asked.running = 1
    await refresh([dataset('b', 'b1')])
    expect(asked.kept).toHaveLength(1)
    asked.running = 0
    await refresh(undefined)
    await refresh(undefined)
    expect(asked.kept).toEqual([['/cache/a1'], ['/cache/b1']])
  })

  it('keeps both the old and the new files of a dataset in trouble', async () => {
    const { refresh, asked } = rig()
    await refresh([dataset('a', 'a1'), dataset('b', 'b1')])
    asked.missing.add('a3')
    await refresh([dataset('a', 'a2', 'a3')])
    expect(asked.kept.at(-1)).toEqual(['/cache/a1', '/cache/a2', '/cache/a3'])
  })
})
