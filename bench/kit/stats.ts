/** Figures from repeated measurements. Machines are shared: medians and ratios say more than means. */

/** @param share 0 is the least, 0.5 the median, 1 the greatest. NaN without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** Rounded to what such a measurement can tell: whole numbers from 100 on, else one decimal. */
export function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 10) / 10
}

/** Rounded to two decimals. */
export function ratio(of: number, to: number): number {
  return Math.round((of / to) * 100) / 100
}

/** Median, least and greatest, under names that end in the unit. */
export function spread(values: readonly number[], unit = 'ms'): Record<string, number> {
  return {
    [`median ${unit}`]: round(median(values)),
    [`least ${unit}`]: round(quantile(values, 0)),
    [`worst ${unit}`]: round(quantile(values, 1)),
    trials: values.length,
  }
}
