/** Order statistics: what a few strange runs do not move. */

/** Middle value, the mean of two for an even count. NaN for none. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** Median of the distances from the median. NaN for no values. */
export function madOf(values: readonly number[], median = medianOf(values)): number {
  return medianOf(values.map((value) => Math.abs(value - median)))
}
