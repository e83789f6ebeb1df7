/** Short texts in charts: names that fit their margin, ticks that read well. */

const NAME_CHARACTERS = 22

/** A name as it fits beside a chart. */
export function shortName(name: string): string {
  return name.length <= NAME_CHARACTERS ? name : `${name.slice(0, NAME_CHARACTERS - 1)}…`
}

/** Room for the longest of the names, in pixels. */
export function marginFor(names: readonly string[]): number {
  const longest = names.reduce((most, name) => Math.max(most, shortName(name).length), 0)
  return Math.max(56, Math.round(longest * 6.6) + 14)
}

/** `250 ms`, `1.5 s`, `2 min`: for ticks. */
export function formatTick(ms: number): string {
  if (ms === 0) return '0'
  if (ms < 1_000) return `${ms} ms`
  if (ms < 120_000) return `${Number((ms / 1_000).toFixed(2))} s`
  return `${Number((ms / 60_000).toFixed(1))} min`
}

/** About `count` round places from 0 to `endMs`. */
export function ticksUpTo(endMs: number, count: number): number[] {
  const rough = Math.max(1, endMs / count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power
  return Array.from({ length: Math.floor(endMs / step) + 1 }, (_, i) => i * step)
}
