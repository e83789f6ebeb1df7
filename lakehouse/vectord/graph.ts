/**
 * The HNSW graph (Malkov and Yashunin, 2016; usearch) of one index: proposes nearest candidates by numeric key.
 * Distances it reports are 32-bit and never reach an answer.
 */
import { Index, MetricKind, ScalarKind } from 'usearch'
import type { Metric } from './distance.ts'

const KINDS: Readonly<Record<Metric, MetricKind>> = {
  cosine: MetricKind.Cos,
  l2: MetricKind.L2sq,
  dot: MetricKind.IP,
}

// Links a node, and how many nodes are looked at while inserting and searching: recall before speed.
const CONNECTIVITY = 16
const EXPANSION_ADD = 128
const EXPANSION_SEARCH = 256

export class Graph {
  readonly #index: Index
  readonly #metric: Metric

  constructor(dimension: number, metric: Metric) {
    this.#metric = metric
    this.#index = new Index({
      dimensions: dimension,
      metric: KINDS[metric],
      quantization: ScalarKind.F32,
      connectivity: CONNECTIVITY,
      expansion_add: EXPANSION_ADD,
      expansion_search: EXPANSION_SEARCH,
      multi: false,
    })
  }

  get size(): number {
    return this.#index.size()
  }

  /** Adds a vector under a key that is not in the graph. `norm` is the vector's length. */
  add(key: number, vector: Float32Array, norm: number): void {
    // One thread: the same insertions build the same graph.
    this.#index.add(BigInt(key), this.#prepare(vector, norm), 1)
  }

  /** Removes a key that is in the graph. */
  remove(key: number): void {
    this.#index.remove(BigInt(key))
  }

  /** Keys of about the `count` nearest vectors, unordered for the caller's purposes; fewer when fewer exist. */
  propose(vector: Float32Array, norm: number, count: number): number[] {
    if (this.size === 0) return []
    const { keys } = this.#index.search(this.#prepare(vector, norm), Math.min(count, this.size), 1)
    return Array.from(keys, Number)
  }

  // The library squares components in 32 bits; unit vectors keep that from over- and underflowing.
  #prepare(vector: Float32Array, norm: number): Float32Array {
    return this.#metric === 'cosine' ? vector.map((component) => component / norm) : vector
  }
}
