/**
 * Exact scores between vectors. The graph only proposes candidates; what a search answers is computed here, in
 * double precision from the stored 32-bit components, always in the same order, so that it never changes.
 */

/** Metrics of an index. `score` is always "higher is nearer", `distance` "lower is nearer". */
export const METRICS = ['cosine', 'l2', 'dot'] as const
export type Metric = (typeof METRICS)[number]

export interface Nearness {
  readonly score: number
  readonly distance: number
}

/** Inner product; both vectors have the same length. */
function computeDot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0)
  return sum
}

/** Euclidean length. */
export function computeNorm(a: Float32Array): number {
  return Math.sqrt(computeDot(a, a))
}

function computeL2(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    sum += difference * difference
  }
  return Math.sqrt(sum)
}

/**
 * The number that a metric orders by, higher is nearer: the cosine in [-1, 1], the inner product, or the negative
 * Euclidean distance. `normA`, `normB` are the vectors' lengths (used by cosine only, where neither is 0).
 */
export function computeRank(
  metric: Metric,
  a: Float32Array,
  normA: number,
  b: Float32Array,
  normB: number,
): number {
  switch (metric) {
    case 'cosine':
      return Math.max(-1, Math.min(1, computeDot(a, b) / (normA * normB)))
    case 'dot':
      return computeDot(a, b)
    case 'l2':
      return -computeL2(a, b)
  }
}

/**
 * What an answer shows for a rank. cosine: score = cosine, distance = 1 - cosine. dot: score = inner product,
 * distance = its negative. l2: distance = Euclidean distance, score = 1 / (1 + distance).
 */
export function describeRank(metric: Metric, rank: number): Nearness {
  switch (metric) {
    case 'cosine':
      return { score: rank, distance: 1 - rank }
    case 'dot':
      // Adding 0 turns -0 into 0.
      return { score: rank + 0, distance: -rank + 0 }
    case 'l2':
      return { score: 1 / (1 - rank), distance: -rank + 0 }
  }
}
