/**
 * The catalog as tables. One refresh: ask catalogd, fetch what is new, try each changed view, swap them all at
 * once. A dataset that cannot be had keeps its last good view, and never stands in the way of the others.
 */
import { ApiError } from '../kit/errors.ts'
import type { ObjectCache } from './cache.ts'
import type { CatalogClient, Dataset } from './catalog-client.ts'
import type { Engine, ViewSpec } from './engine.ts'

export interface TableInfo {
  readonly name: string
  readonly dataset_id: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  /** Objects whose rows the table shows now. */
  readonly objects: number
  /** Why it does not show what the catalog says; null when it does. */
  readonly problem: string | null
}

export interface CatalogState {
  /** `none`: no refresh has succeeded yet. `stale`: the last one failed; the tables are those of `refreshed_at`. */
  readonly state: 'none' | 'fresh' | 'stale'
  /** ISO 8601, UTC; null before the first success. */
  readonly refreshed_at: string | null
  readonly reason: string | null
}

export interface Tables {
  /** One refresh. Never throws for what the catalog or storaged say or fail to say. */
  refresh(): Promise<void>
  list(): readonly TableInfo[]
  readonly catalog: CatalogState
}

interface Shown {
  readonly dataset: Dataset
  /** Absent: there is no view, because it never worked. */
  readonly view?: ViewSpec
  readonly problem?: string
  /** How often it has failed in a row, and when to try again (monotonic milliseconds). */
  readonly failures?: number
  readonly retryAtMs?: number
}

/** Datasets prepared at once. */
const PREPARERS = 8
const LONGEST_PAUSE_MS = 30_000

export interface TablesDeps {
  readonly catalog: CatalogClient
  readonly cache: ObjectCache
  readonly engine: Pick<Engine, 'tryView' | 'swapViews' | 'running'>
  /** Hears of each change between fresh and stale, and of each new problem of a dataset. */
  readonly report: (event: { readonly message: string; readonly dataset?: string }) => void
}

export function createTables({ catalog, cache, engine, report }: TablesDeps): Tables {
  let shown = new Map<string, Shown>()
  let latest: readonly Dataset[] = []
  /** The cache may hold files of nobody: from before the start, or since a view has changed. */
  let untidy = true
  let state: CatalogState = { state: 'none', refreshed_at: null, reason: null }

  /** What the table should show next. What failed is tried again, with growing pauses while nothing changes. */
  async function prepare(dataset: Dataset, before: Shown | undefined): Promise<Shown> {
    const same = before !== undefined && sameContent(before.dataset, dataset) ? before : undefined
    if (same !== undefined && (same.retryAtMs ?? Number.POSITIVE_INFINITY) > performance.now()) return same
    const problem = await findView(dataset)
    if (typeof problem !== 'string') return { dataset, view: problem }
    if (problem !== before?.problem) report({ message: problem, dataset: dataset.name })
    const old = before?.dataset.id === dataset.id ? before.view : undefined
    const failures = (same?.failures ?? 0) + 1
    const retryAtMs = performance.now() + Math.min(2 ** failures * 250, LONGEST_PAUSE_MS)
    return { dataset, problem, failures, retryAtMs, ...(old === undefined ? {} : { view: old }) }
  }

  async function findView({ name, columns, objects }: Dataset): Promise<ViewSpec | string> {
    if (objects.length === 0) return 'the dataset has no objects'
    const files: string[] = []
    try {
      for (const key of objects) files.push(await cache.fetch(key))
    } catch (error) {
      if (error instanceof ApiError) return error.message
      throw error
    }
    const view = { name, columns, files }
    return (await engine.tryView(view)) ?? view
  }

  async function apply(datasets: readonly Dataset[]): Promise<void> {
    const prepared = await mapLimited(datasets, PREPARERS, (dataset) =>
      prepare(dataset, shown.get(dataset.name)),
    )
    const next = new Map(prepared.map((one) => [one.dataset.name, one]))
    const put = prepared
      .filter(({ dataset, view }) => view !== shown.get(dataset.name)?.view)
      .flatMap(({ view }) => view ?? [])
    const drop = [...shown]
      .filter(([name, { view }]) => view !== undefined && next.get(name)?.view === undefined)
      .map(([name]) => name)
    if (put.length > 0 || drop.length > 0) {
      await engine.swapViews(put, drop)
      untidy = true
    }
    shown = next
    await tidy()
  }

  /** Removes files that no view shows, when no statement can still be reading them. */
  async function tidy(): Promise<void> {
    if (!untidy || engine.running > 0) return
    const wanted = latest.flatMap(({ objects }) => objects.map((key) => cache.pathOf(key)))
    const inUse = [...shown.values()].flatMap(({ view }) => view?.files ?? [])
    await cache.keepOnly(new Set([...wanted, ...inUse]))
    untidy = false
  }

  return {
    async refresh() {
      try {
        latest = (await catalog.poll()) ?? latest
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        if (state.reason !== error.message)
          report({ message: `the catalog is out of reach: ${error.message}` })
        state = { ...state, state: state.refreshed_at === null ? 'none' : 'stale', reason: error.message }
        return
      }
      await apply(latest)
      if (state.reason !== null) report({ message: 'the catalog is back' })
      state = { state: 'fresh', refreshed_at: new Date().toISOString(), reason: null }
    },

    list: () =>
      [...shown.values()].map(({ dataset, view, problem }) => ({
        name: dataset.name,
        dataset_id: dataset.id,
        columns: dataset.columns,
        objects: view?.files.length ?? 0,
        problem: problem ?? null,
      })),

    get catalog() {
      return state
    },
  }
}

/** `Promise.all` of `work`, at most `limit` at once; results in the order of `items`. */
async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const rest = items.entries()
  const worker = async (): Promise<void> => {
    for (const [index, item] of rest) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: limit }, worker))
  return results
}

/** Whether the view would be the same. */
function sameContent(a: Dataset, b: Dataset): boolean {
  return (
    a.id === b.id &&
    a.objects.length === b.objects.length &&
    a.objects.every((key, index) => key === b.objects[index])
  )
}
