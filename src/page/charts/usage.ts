/** CPU and memory of one daemon over the run, as two small lines on scales that all daemons share. */
import * as Plot from '@observablehq/plot'
import { formatBytes } from '../../kernel/units.ts'
import type { DaemonLife, Sample } from '../daemons.ts'
import { type Html, showControls } from '../html.ts'
import type { Pen } from './svg.ts'

const WIDTH = 250
const HEIGHT = 40

/** What the lines of all daemons are drawn against. */
export interface UsageScale {
  readonly endMs: number
  /** 100 is one core. */
  readonly cpuPercent: number
  readonly rssBytes: number
}

/** In percent of one core, which may be more than 100. @param scale must reach the highest of all daemons. */
export function drawCpu(pen: Pen, life: DaemonLife, scale: UsageScale): Html {
  const peak = Math.round(Math.max(0, ...life.samples.map((sample) => sample.cpuPercent)))
  return drawLine(pen, life, {
    value: (sample) => sample.cpuPercent,
    max: scale.cpuPercent,
    endMs: scale.endMs,
    colour: 'var(--accent)',
    label: `CPU of ${life.name}, peak ${peak} percent of a core`,
  })
}

/** Resident bytes. @param scale must reach the highest of all daemons. */
export function drawMemory(pen: Pen, life: DaemonLife, scale: UsageScale): Html {
  const peak = Math.max(0, ...life.samples.map((sample) => sample.rssBytes))
  return drawLine(pen, life, {
    value: (sample) => sample.rssBytes,
    max: scale.rssBytes,
    endMs: scale.endMs,
    colour: 'var(--memory)',
    label: `Memory of ${life.name}, peak ${formatBytes(peak)}`,
  })
}

interface Line {
  readonly value: (sample: Sample) => number
  readonly max: number
  readonly endMs: number
  readonly colour: string
  readonly label: string
}

function drawLine(pen: Pen, life: DaemonLife, { value, max, endMs, colour, label }: Line): Html {
  const points = thinOut(
    life.samples.map((sample) => ({
      x: sample.atMs,
      y: value(sample),
      // One line for each incarnation: between two of them there was no process.
      part: life.incarnations.findLastIndex((one) => one.spawnedAt <= sample.atMs),
    })),
    endMs,
  )
  return pen.draw(
    {
      width: WIDTH,
      height: HEIGHT,
      margin: 2,
      marginTop: 4,
      x: { domain: [0, Math.max(1, endMs)], axis: null },
      y: { domain: [0, Math.max(1, max)], axis: null },
      marks: [
        Plot.ruleY([0], { stroke: 'var(--line)' }),
        Plot.areaY(points, { x: 'x', y: 'y', z: 'part', fill: colour, fillOpacity: 0.14 }),
        Plot.line(points, { x: 'x', y: 'y', z: 'part', stroke: colour, strokeWidth: 1.4 }),
        Plot.dot(points, { x: 'x', y: 'y', r: points.length > 40 ? 0 : 1.4, fill: colour }),
      ],
    },
    { label: showControls(label), className: 'plot-spark' },
  )
}

interface Point {
  readonly x: number
  readonly y: number
  readonly part: number
}

/** At most one point a pixel, the highest: a peak is never lost. */
export function thinOut(points: readonly Point[], endMs: number): readonly Point[] {
  if (points.length <= WIDTH) return points
  const highest = new Map<string, Point>()
  for (const point of points) {
    const place = `${point.part} ${Math.floor((point.x / Math.max(1, endMs)) * WIDTH)}`
    const other = highest.get(place)
    if (!other || point.y > other.y) highest.set(place, point)
  }
  return [...highest.values()].sort((a, b) => a.x - b.x)
}
