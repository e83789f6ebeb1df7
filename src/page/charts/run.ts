/** The whole run on one clock: the boot, each smoke with its steps, the life of each daemon, the stop. */
import * as Plot from '@observablehq/plot'
import { count } from '../../kernel/text.ts'
import { formatDuration } from '../../kernel/units.ts'
import { smokeAnchor, stepAnchor } from '../anchors.ts'
import type { BootTimes, DaemonLife } from '../daemons.ts'
import { type Html, showControls } from '../html.ts'
import type { SmokeRun, StepRun } from '../smokes.ts'
import type { Pen } from './svg.ts'
import { formatTick, marginFor, shortName, ticksUpTo } from './words.ts'

const WIDTH = 1_040
const ROW = 22
/** Above this, rows are thinner. */
const MANY_ROWS = 60
/** Above this, steps are not drawn: they would be thinner than a pixel, and many megabytes. */
export const MAX_STEPS_DRAWN = 2_000

const COLOURS = {
  PASS: 'var(--pass)',
  FAIL: 'var(--fail)',
  BLOCKED: 'var(--blocked)',
  SKIP: 'var(--skip)',
  'NOT RUN': 'var(--skip)',
} as const

export interface RunTimes {
  readonly boot: BootTimes | undefined
  readonly stop: { readonly startedAt: number; readonly endedAt: number } | undefined
  readonly endMs: number
}

interface Bar {
  readonly row: string
  readonly x1: number
  readonly x2: number
  readonly colour: string
  readonly title: string
  readonly href?: string
}

/** Smokes in the order of the ledger; those that never began have no row. */
export function drawSmokes(pen: Pen, smokes: readonly SmokeRun[], times: RunTimes): Html {
  const ran = smokes.filter((smoke) => smoke.startedAt !== undefined)
  const steps = ran.reduce((count, smoke) => count + smoke.steps.length, 0)
  const bars = ran.map(smokeBar)
  const stepBars =
    steps > MAX_STEPS_DRAWN ? [] : ran.flatMap((smoke) => smoke.steps.map((step) => stepBar(smoke, step)))
  const height = ran.length > MANY_ROWS ? 17 : ROW
  const minimum = times.endMs / 600
  return pen.draw(
    {
      ...frame(
        ran.map(({ id }) => id),
        height,
        times.endMs,
      ),
      marks: [
        ...backdrop(times),
        Plot.barX(bars, {
          ...across(height),
          x1: 'x1',
          x2: (bar: Bar) => Math.max(bar.x2, bar.x1 + minimum),
          fill: { value: 'colour', scale: null },
          fillOpacity: stepBars.length > 0 ? 0.28 : 1,
          href: 'href',
          title: 'title',
        }),
        Plot.barX(stepBars, {
          ...across(height),
          x1: 'x1',
          x2: 'x2',
          insetRight: 0.6,
          fill: { value: 'colour', scale: null },
          href: 'href',
          title: 'title',
        }),
        ...labels(ran, minimum, height),
      ],
    },
    {
      label: `When ${count(ran.length, 'smoke')} ran, each with its steps`,
      className: height === ROW ? 'plot-run' : 'plot-run plot-dense',
      // Steps are many, and each is reached in its smoke.
      isStop: (href) => href.startsWith('#smoke-'),
    },
  )
}

/** The incarnations of each daemon, with what ended them. */
export function drawDaemons(pen: Pen, lives: readonly DaemonLife[], times: RunTimes): Html {
  const names = lives.map(({ name }) => name)
  const starting: Bar[] = []
  const up: Bar[] = []
  const ends: { row: string; x: number; died: boolean; title: string }[] = []
  for (const life of lives) {
    for (const one of life.incarnations) {
      const end = one.endedAt ?? times.endMs
      const ready = one.readyAt ?? end
      const name = showControls(life.name)
      const title = `${name}, incarnation ${one.number} (process ${one.pid}), ${at(one.spawnedAt)} to ${at(end)}`
      starting.push({
        row: life.name,
        x1: one.spawnedAt,
        x2: ready,
        colour: 'var(--wait)',
        title: `${title}: starting`,
      })
      up.push({ row: life.name, x1: ready, x2: end, colour: 'var(--accent-soft)', title })
      if (one.endedAt === undefined || (times.stop && one.endedAt >= times.stop.startedAt)) continue
      const during = one.during === undefined ? '' : ` during ${one.during}`
      const died = one.ending === 'died'
      const what = died ? `died (${one.exit})` : `ended as asked (${one.exit})`
      ends.push({
        row: life.name,
        x: one.endedAt,
        died,
        title: showControls(`${name} ${what}${during}, ${at(one.endedAt)}`),
      })
    }
  }
  const thin = {
    y: 'row',
    x1: 'x1',
    x2: 'x2',
    fill: { value: 'colour', scale: null },
    title: 'title',
  } as const
  return pen.draw(
    {
      ...frame(names, 20, times.endMs),
      marks: [
        ...backdrop(times),
        Plot.barX(starting, { ...thin, insetTop: 7, insetBottom: 7 }),
        Plot.barX(up, { ...thin, insetTop: 6, insetBottom: 6 }),
        Plot.dot(ends, {
          x: 'x',
          y: 'row',
          symbol: 'times',
          r: 4.5,
          strokeWidth: 2,
          stroke: {
            value: (end: { died: boolean }) => (end.died ? 'var(--fail)' : 'var(--ink)'),
            scale: null,
          },
          title: 'title',
        }),
      ],
    },
    { label: `When ${count(lives.length, 'daemon')} ran, each with its incarnations`, className: 'plot-run' },
  )
}

function frame(rows: readonly string[], height: number, endMs: number): Plot.PlotOptions {
  const ticks = ticksUpTo(endMs, 8)
  return {
    width: WIDTH,
    height: rows.length * height + 30,
    marginLeft: marginFor(rows),
    marginRight: 64,
    marginTop: 24,
    marginBottom: 6,
    x: {
      domain: [0, Math.max(1, endMs)],
      axis: 'top',
      ticks,
      tickFormat: formatTick,
      tickSize: 0,
      label: null,
    },
    y: {
      domain: [...rows],
      label: null,
      tickSize: 0,
      tickFormat: (row: string) => shortName(showControls(row)),
      padding: 0.1,
    },
  }
}

const across = (height: number) =>
  ({ y: 'row', insetTop: height === ROW ? 4 : 2, insetBottom: height === ROW ? 4 : 2, rx: 1.5 }) as const

/** Grid, and shades behind the boot and the stop. */
function backdrop({ boot, stop, endMs }: RunTimes): Plot.Markish[] {
  const phases = [boot, stop].filter((phase) => phase !== undefined)
  return [
    Plot.rectX(phases, { x1: 'startedAt', x2: 'endedAt', fill: 'var(--shade)' }),
    Plot.gridX(ticksUpTo(endMs, 8), { stroke: 'var(--line)', strokeOpacity: 1 }),
  ]
}

function smokeBar(smoke: SmokeRun): Bar {
  const { startedAt = 0, endedAt = 0 } = smoke
  return {
    row: smoke.id,
    x1: startedAt,
    x2: endedAt,
    colour: COLOURS[smoke.class],
    title: showControls(
      `${smoke.class} ${smoke.id}: ${smoke.row.title} · ${formatDuration(endedAt - startedAt)}`,
    ),
    href: `#${smokeAnchor(smoke.id)}`,
  }
}

function stepBar(smoke: SmokeRun, step: StepRun): Bar {
  const end = step.endedAt ?? smoke.endedAt ?? step.startedAt
  return {
    row: smoke.id,
    x1: step.startedAt,
    x2: end,
    colour: step.ok ? COLOURS.PASS : COLOURS.FAIL,
    title: showControls(`${smoke.id}: ${step.title} · ${formatDuration(step.ms)}`),
    href: `#${stepAnchor(smoke.id, step.index)}`,
  }
}

/** Behind each bar how long it took; what did not pass says so, in its colour. */
function labels(ran: readonly SmokeRun[], minimum: number, height: number): Plot.Markish[] {
  const text = {
    x: (smoke: SmokeRun) => Math.max(smoke.endedAt ?? 0, (smoke.startedAt ?? 0) + minimum),
    y: 'id',
    text: labelOf,
    textAnchor: 'start',
    dx: 6,
    fontSize: height === ROW ? 11 : 9.5,
  } as const
  const passed = ran.filter((smoke) => smoke.class === 'PASS')
  const others = ran.filter((smoke) => smoke.class !== 'PASS')
  const fill = { value: (smoke: SmokeRun) => COLOURS[smoke.class], scale: null } as const
  return [
    Plot.text(passed, { ...text, fill: 'var(--muted)' }),
    Plot.text(others, { ...text, fill, fontWeight: 600 }),
  ]
}

function labelOf(smoke: SmokeRun): string {
  const took = formatDuration((smoke.endedAt ?? 0) - (smoke.startedAt ?? 0))
  return smoke.class === 'PASS' ? took : `${smoke.class} · ${took}`
}

const at = (ms: number): string => `at ${formatDuration(ms)}`
