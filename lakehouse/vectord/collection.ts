/**
 * One index in memory: its items, its graph, and search over both. Nothing here is durable and nothing waits;
 * `store.ts` applies a change only after it is stored.
 */
import { computeNorm, computeRank, describeRank, type Metric, type Nearness } from './distance.ts'
import { Graph } from './graph.ts'
import { TopK } from './top.ts'

export type Scalar = string | number | boolean | null
export type Metadata = Readonly<Record<string, unknown>>
/** Every key must be in the metadata with exactly this value. */
export type Filter = Readonly<Record<string, Scalar>>

export interface Item {
  readonly id: string
  readonly vector: Float32Array
  readonly metadata?: Metadata
}

export interface Parameters {
  readonly dimension: number
  readonly metric: Metric
}

/** Upserts and deletions of one acknowledged batch; no id is in both. */
export interface Change {
  readonly upserts: readonly Item[]
  readonly deletes: readonly string[]
}

export interface Query {
  readonly vector: Float32Array
  readonly k: number
  readonly filter?: Filter
}

export interface Match extends Nearness {
  readonly id: string
  readonly metadata?: Metadata
}

interface Entry extends Item {
  readonly key: number
  readonly norm: number
}

/** Multiplications up to which every item is scored: some 10 ms, 10,000 items of 384 dimensions. */
const EXACT_BUDGET = 4_000_000
// Candidates beyond k, so that rescoring in double precision has something to choose from.
const SPARE = 64

function matches(filter: Filter, metadata: Metadata | undefined): boolean {
  for (const [key, value] of Object.entries(filter)) {
    if (metadata === undefined || !Object.hasOwn(metadata, key) || metadata[key] !== value) return false
  }
  return true
}

export class Collection {
  readonly parameters: Parameters
  readonly #exactBudget: number
  readonly #entries = new Map<string, Entry>()
  readonly #byKey = new Map<number, Entry>()
  /** Entries that are not in the graph (yet); searches score all of them. */
  readonly #backlog = new Map<number, Entry>()
  #graph: Graph
  #nextKey = 1
  /** Vectors taken out of the graph since it was built: they wear its links out. */
  #worn = 0

  /** @param exactBudget how many multiplications a search may spend on scoring every item instead of using the graph */
  constructor(parameters: Parameters, exactBudget = EXACT_BUDGET) {
    this.parameters = parameters
    this.#exactBudget = exactBudget
    this.#graph = new Graph(parameters.dimension, parameters.metric)
  }

  get size(): number {
    return this.#entries.size
  }

  has(id: string): boolean {
    return this.#entries.has(id)
  }

  get(id: string): Item | undefined {
    return this.#entries.get(id)
  }

  /** All items, in order of insertion. The array is the caller's; later changes do not show in it. */
  list(): Item[] {
    return [...this.#entries.values()]
  }

  /** Applies one batch. Vectors have been validated: right dimension, finite, not zero for cosine. */
  apply(change: Change): void {
    for (const id of change.deletes) this.#remove(id)
    for (const item of change.upserts) {
      this.#remove(item.id)
      const entry: Entry = { ...item, key: this.#nextKey, norm: computeNorm(item.vector) }
      this.#nextKey += 1
      this.#entries.set(item.id, entry)
      this.#byKey.set(entry.key, entry)
      this.#backlog.set(entry.key, entry)
    }
    if (this.#worn > 1_000 && this.#worn > this.size) this.#dissolve()
  }

  /** Whether the index is large enough for a graph and some items are not in it. */
  get needsIndexing(): boolean {
    return this.#backlog.size > 0 && !this.#isExact(this.size)
  }

  /** Moves items into the graph for about `ms` milliseconds. Inserting is slow, so it is never part of a write. */
  indexFor(ms: number): void {
    const end = performance.now() + ms
    for (const entry of this.#backlog.values()) {
      this.#graph.add(entry.key, entry.vector, entry.norm)
      this.#backlog.delete(entry.key)
      if (performance.now() >= end) return
    }
  }

  /**
   * The `k` nearest items, nearest first, equal scores by id; fewer only when fewer match the filter. Exact while
   * scoring every matching item stays within the budget; beyond it the graph proposes (what is not in it yet is
   * always scored) and the scores are exact.
   */
  search(query: Query): Match[] {
    const { filter } = query
    if (filter === undefined) {
      if (this.#isExact(this.size)) return this.#scan(query, this.#entries.values())
      return this.#finish(query, this.#propose(query, query.k + SPARE))
    }
    const candidates = this.list().filter((item) => matches(filter, item.metadata)) as Entry[]
    if (this.#isExact(candidates.length)) return this.#scan(query, candidates)
    // Over-fetch until enough of the proposed match; the last round is the whole index, scored exactly.
    for (let count = 4 * query.k + SPARE; count < this.size; count *= 4) {
      const proposed = this.#propose(query, count).filter((entry) => matches(filter, entry.metadata))
      if (proposed.length >= query.k) return this.#finish(query, proposed)
    }
    return this.#scan(query, candidates)
  }

  #propose(query: Query, count: number): Entry[] {
    const keys = this.#graph.propose(query.vector, computeNorm(query.vector), count)
    return [...keys.flatMap((key) => this.#byKey.get(key) ?? []), ...this.#backlog.values()]
  }

  #isExact(count: number): boolean {
    return count * this.parameters.dimension <= this.#exactBudget
  }

  #finish(query: Query, proposed: readonly Entry[]): Match[] {
    // A worn or unlucky graph may reach fewer than there are; never answer fewer than exist.
    if (proposed.length < Math.min(query.k, this.size)) return this.#scan(query, this.#entries.values())
    return this.#scan(query, proposed)
  }

  #scan(query: Query, entries: Iterable<Entry>): Match[] {
    const { metric } = this.parameters
    const norm = computeNorm(query.vector)
    const top = new TopK<Entry>(query.k)
    for (const entry of entries) {
      top.offer(entry, computeRank(metric, query.vector, norm, entry.vector, entry.norm))
    }
    return top.take().map(({ item, rank }) => ({
      id: item.id,
      ...describeRank(metric, rank),
      ...(item.metadata === undefined ? {} : { metadata: item.metadata }),
    }))
  }

  #remove(id: string): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    this.#byKey.delete(entry.key)
    if (this.#backlog.delete(entry.key)) return
    this.#graph.remove(entry.key)
    this.#worn += 1
  }

  /** Starts a new graph: everything is to be indexed again. */
  #dissolve(): void {
    this.#graph = new Graph(this.parameters.dimension, this.parameters.metric)
    this.#worn = 0
    for (const entry of this.#entries.values()) this.#backlog.set(entry.key, entry)
  }
}
