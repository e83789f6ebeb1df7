/** What each daemon used over the run: its peaks, and what it was allowed. */
import type { Limits, Resources } from '../kernel/resources.ts'
import type { DaemonLife } from './daemons.ts'
import { ofType, type RunRecord } from './read-run.ts'

export interface DaemonUsage extends Resources {
  readonly daemon: string
  /** 100 is one core. */
  readonly peakCpuPercent: number
  readonly peakRssBytes: number
  readonly samples: number
  readonly limits: Limits
}

/** One for each daemon that was looked at at least once, in the order of `lives`. */
export function readUsage(run: RunRecord, lives: readonly DaemonLife[]): DaemonUsage[] {
  const totals = new Map<string, Resources>()
  for (const event of run.events) {
    if (event.type !== 'daemon.sampled' && event.type !== 'daemon.stopped') continue
    if (event.resources) totals.set(event.daemon, merge(totals.get(event.daemon), event.resources))
  }
  const limits = new Map(
    ofType(run.events, 'daemon.spawned').map(({ daemon, limits = {} }) => [daemon, limits]),
  )
  return lives
    .filter((life) => life.samples.length > 0 || totals.has(life.name))
    .map((life) => {
      const total = totals.get(life.name) ?? {}
      return {
        ...total,
        daemon: life.name,
        peakCpuPercent: most(life.samples.map((sample) => sample.cpuPercent)),
        peakRssBytes: most([total.peakRssBytes ?? 0, ...life.samples.map((sample) => sample.rssBytes)]),
        samples: life.samples.length,
        limits: limits.get(life.name) ?? {},
      }
    })
}

/** Each event tells of the run until then: the largest figure is the whole. */
function merge(a: Resources | undefined, b: Resources): Resources {
  if (!a) return b
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof Resources>
  return Object.fromEntries([...keys].map((key) => [key, Math.max(a[key] ?? 0, b[key] ?? 0)]))
}

const most = (values: readonly number[]): number => values.reduce((max, value) => Math.max(max, value), 0)
