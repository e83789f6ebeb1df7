/** The boot: one row a daemon, from the beginning of its wait to ready, with what it waited for. */
import * as Plot from '@observablehq/plot'
import type { Failure } from '../../kernel/failure.ts'
import { renderFailure } from '../../kernel/failure-text.ts'
import { count } from '../../kernel/text.ts'
import { formatDuration } from '../../kernel/units.ts'
import { type BootTimes, type DaemonLife, lastNeedOf } from '../daemons.ts'
import { type Html, showControls } from '../html.ts'
import type { Pen } from './svg.ts'
import { formatTick, marginFor, shortName, ticksUpTo } from './words.ts'

const ROW = 24
const WIDTH = 1_040

interface BootRow {
  readonly id: string
  readonly spawned: number
  readonly end: number
  readonly colour: string
  /** For what it needs; the moment before the first are spawned is no wait. */
  readonly waits: boolean
  readonly says: string
  readonly title: string
}

/** @param lives the rows, in this order; who was not spawned before the boot had ended is told as not started. */
export function drawBoot(pen: Pen, boot: BootTimes, lives: readonly DaemonLife[]): Html {
  const rows = lives.map((life) => rowOf(life, boot, lives))
  const span = Math.max(1, boot.endedAt - boot.startedAt)
  const names = new Map(lives.map(({ name }) => [name, shortName(showControls(name))]))
  const started = rows.filter((row) => row.end > row.spawned)
  const waiting = rows.filter((row) => row.waits)
  const band = { insetTop: 5, insetBottom: 5, y: 'id' } as const
  return pen.draw(
    {
      width: WIDTH,
      height: rows.length * ROW + 34,
      marginLeft: marginFor(lives.map(({ name }) => name)),
      marginRight: roomFor(rows, span),
      marginTop: 24,
      marginBottom: 6,
      x: { domain: [0, span], axis: null },
      y: { domain: rows.map(({ id }) => id), axis: null, padding: 0.1 },
      marks: [
        Plot.axisX(ticksUpTo(span, 7), { anchor: 'top', tickSize: 0, tickFormat: formatTick, label: null }),
        Plot.gridX(ticksUpTo(span, 7), { stroke: 'var(--line)', strokeOpacity: 1 }),
        Plot.axisY({
          tickSize: 0,
          label: null,
          fontSize: 12,
          tickFormat: (id: string) => names.get(id) ?? id,
        }),
        Plot.link(waiting, {
          x1: 0,
          x2: 'spawned',
          y1: 'id',
          y2: 'id',
          stroke: 'var(--wait)',
          strokeDasharray: '1.5 4',
          strokeLinecap: 'round',
          strokeWidth: 1.5,
        }),
        Plot.barX(started, {
          ...band,
          x1: 'spawned',
          x2: 'end',
          fill: { value: 'colour', scale: null },
          rx: 3,
          title: 'title',
        }),
        Plot.text(rows, {
          x: 'end',
          y: 'id',
          text: 'says',
          textAnchor: 'start',
          dx: 8,
          fontSize: 11.5,
          fill: 'var(--muted)',
        }),
      ],
    },
    { label: describe(boot, lives), className: 'plot-boot' },
  )
}

function rowOf(life: DaemonLife, boot: BootTimes, lives: readonly DaemonLife[]): BootRow {
  const first = life.incarnations.find(({ spawnedAt }) => spawnedAt <= boot.endedAt)
  const critical = boot.criticalPath.includes(life.name)
  const waits = life.needs.length > 0
  const waitedFor = lastNeedOf(life, lives)
  const after = waitedFor === undefined ? '' : ` · after ${showControls(waitedFor)}`
  if (!first) {
    const [failed] = life.failures
    const end = (failed?.atMs ?? boot.endedAt) - boot.startedAt
    const says = `not started · ${whyNot(failed?.failure)}`
    return { id: life.name, spawned: end, end, colour: 'var(--fail)', waits, says, title: says }
  }
  const endedAt = first.readyAt ?? first.endedAt ?? boot.endedAt
  const took = formatDuration(endedAt - first.spawnedAt)
  const outcome = first.readyAt === undefined ? `not ready · ${first.exit ?? took}` : took
  const says = `${outcome}${after}${critical ? ' · critical path' : ''}`
  return {
    id: life.name,
    spawned: first.spawnedAt - boot.startedAt,
    end: endedAt - boot.startedAt,
    colour: first.readyAt === undefined ? 'var(--fail)' : critical ? 'var(--critical)' : 'var(--accent-soft)',
    waits,
    says,
    title: showControls(
      `${life.name}: spawned at ${formatDuration(first.spawnedAt - boot.startedAt)}, ready after ${took}`,
    ),
  }
}

function whyNot(failure: Failure | undefined): string {
  if (!failure) return 'the boot had ended'
  if (failure.tag === 'needs-failed') return `needs ${failure.needs.join(', ')}`
  const { headline } = renderFailure(failure)
  return headline.length > 60 ? `${headline.slice(0, 59)}…` : headline
}

/** Pixels on the right, so that the longest text behind a bar is not cut off. */
function roomFor(rows: readonly BootRow[], span: number): number {
  const needed = rows.map((row) => row.says.length * 6.3 + 16 - 420 * (1 - row.end / span))
  return Math.round(Math.min(420, Math.max(40, ...needed)))
}

function describe(boot: BootTimes, lives: readonly DaemonLife[]): string {
  const path = boot.criticalPath.length === 0 ? '' : `; critical path: ${boot.criticalPath.join(', then ')}`
  return showControls(
    `Boot of ${count(lives.length, 'daemon')} in ${formatDuration(boot.endedAt - boot.startedAt)}${path}`,
  )
}
