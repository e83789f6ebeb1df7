/** What each daemon used over the run: its peaks, and what it was allowed. */
import type { Limits, Resources } from '../kernel/resources.ts'
import type { DaemonLife } from './daemons.ts'
import type { RunRecord } from './read-run.ts'

export interface DaemonUsage extends Resources {
  readonly daemon: string
  /** 100 is one core. */
  readonly peakCpuPercent: number
  /** Of what was seen in samples, and of what the verdict tells. */
  readonly peakRssBytes: number
  readonly limits: Limits
}

/** One for each daemon that was looked at at least once, in the order of `lives`. */
export function readUsage({ verdict }: RunRecord, lives: readonly DaemonLife[]): DaemonUsage[] {
  const told = new Map(verdict.daemons.map((use) => [use.daemon, use]))
  return lives
    .filter((life) => life.samples.length > 0 || told.get(life.name)?.resources !== undefined)
    .map((life) => {
      const { resources = {}, limits = {} } = told.get(life.name) ?? {}
      return {
        ...resources,
        daemon: life.name,
        peakCpuPercent: most(life.samples.map((sample) => sample.cpuPercent)),
        peakRssBytes: most([resources.peakRssBytes ?? 0, ...life.samples.map((sample) => sample.rssBytes)]),
        limits,
      }
    })
}

const most = (values: readonly number[]): number => values.reduce((max, value) => Math.max(max, value), 0)
