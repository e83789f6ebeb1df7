/** A row of durations as one word: the height of each bar is its share of the longest. */

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/** A duration in milliseconds, or why there is none: it failed; or it has no verdict, or none that compares. */
export type TrendPoint = number | 'failed' | 'none'

/** Oldest first. A failure is `✗`, no duration is `·`. */
export function renderSparkline(points: readonly TrendPoint[]): string {
  const longest = Math.max(0, ...points.filter((point) => typeof point === 'number'))
  return points.map((point) => renderPoint(point, longest)).join('')
}

function renderPoint(point: TrendPoint, longest: number): string {
  if (point === 'failed') return '✗'
  if (point === 'none') return '·'
  const step = longest === 0 ? 0 : Math.ceil((point / longest) * BARS.length) - 1
  return BARS[Math.min(BARS.length - 1, Math.max(0, step))] ?? '▁'
}
