/** What many runs tell together: how often each smoke passed, how long it took, and whether it can be trusted. Pure. */
import type { RunRecord, SmokeRecord } from './record.ts'
import type { TrendPoint } from './sparkline.ts'
import { medianOf } from './stats.ts'

/** One tree on which a smoke both passed and failed. */
export interface FlakyTree {
  /** Absent: the runs were made in a row and no tree is known. */
  readonly tree?: string
  readonly passed: number
  /** Ids of the runs in which it failed, newest first. */
  readonly failed: readonly string[]
}

export interface Durations {
  /** Milliseconds. */
  readonly medianMs: number
  readonly worstMs: number
}

export interface SmokeSummary {
  readonly smoke: string
  readonly passed: number
  readonly failed: number
  /** BLOCKED, SKIP or NOT RUN: they say nothing about the smoke. */
  readonly without: number
  /** Passed of those that passed or failed; absent when there is none. */
  readonly passRate?: number
  /** Of the runs in which it kept its promise, unless the cores were kept busy on purpose. */
  readonly durations?: Durations
  /** Oldest first, the last 20. */
  readonly trend: readonly TrendPoint[]
  /** How often it was slow. */
  readonly slow: number
  readonly flaky: readonly FlakyTree[]
}

export interface Summary {
  readonly runs: number
  /** Runs that ended with exit code 0. */
  readonly passed: number
  /** Runs that were killed. */
  readonly unfinished: number
  /** Of the whole runs that came to their end and did what they should. */
  readonly durations?: Durations
  /** In the order of the newest run that has them. */
  readonly smokes: readonly SmokeSummary[]
}

export interface SummaryOptions {
  /**
   * They were made in a row, under the same conditions: where no tree is known it was one and the same, and durations
   * compare also when the cores were kept busy.
   */
  readonly inARow?: boolean
}

const TREND = 20

/** @param runs newest first. */
export function summarise(runs: readonly RunRecord[], { inARow = false }: SummaryOptions = {}): Summary {
  const rows = new Map<string, Found[]>()
  for (const run of runs) {
    for (const record of run.smokes) {
      const found = rows.get(record.smoke)
      if (found) found.push({ run, record })
      else rows.set(record.smoke, [{ run, record }])
    }
  }
  const whole = runs.filter(
    (run) => run.whole && run.finished && run.exitCode === 0 && (inARow || !run.stressed),
  )
  return {
    runs: runs.length,
    passed: runs.filter((run) => run.exitCode === 0).length,
    unfinished: runs.filter((run) => !run.finished).length,
    ...durationsOf(whole.map((run) => run.ms)),
    smokes: [...rows].map(([smoke, found]) => summariseSmoke(smoke, found, inARow)),
  }
}

interface Found {
  readonly run: RunRecord
  readonly record: SmokeRecord
}

function summariseSmoke(smoke: string, found: readonly Found[], inARow: boolean): SmokeSummary {
  const passed = found.filter(({ record }) => record.class === 'PASS').length
  const failed = found.filter(({ record }) => record.class === 'FAIL').length
  const timed = found.filter(({ run, record }) => keptPromise(record) && (inARow || !run.stressed))
  return {
    smoke,
    passed,
    failed,
    without: found.length - passed - failed,
    ...(passed + failed > 0 && { passRate: passed / (passed + failed) }),
    ...durationsOf(timed.map(({ record }) => record.ms)),
    trend: found
      .slice(0, TREND)
      .reverse()
      .map(({ run, record }) => toPoint(record, inARow || !run.stressed)),
    slow: found.filter(({ record }) => record.slow !== 'no').length,
    flaky: findFlaky(found, inARow),
  }
}

/** A smoke that failed for nothing but its slowness did all it should. */
const keptPromise = (record: SmokeRecord): boolean => record.class === 'PASS' || record.slow === 'failed'

function toPoint(record: SmokeRecord, compares: boolean): TrendPoint {
  if (keptPromise(record)) return compares ? record.ms : 'none'
  return record.class === 'FAIL' ? 'failed' : 'none'
}

function durationsOf(ms: readonly number[]): { readonly durations?: Durations } {
  return ms.length === 0 ? {} : { durations: { medianMs: medianOf(ms), worstMs: Math.max(...ms) } }
}

/** Trees on which it both passed and failed. Slow or not is no contradiction; an unknown tree proves nothing. */
function findFlaky(found: readonly Found[], inARow: boolean): FlakyTree[] {
  const trees = new Map<string | undefined, { passed: number; failed: string[] }>()
  for (const { run, record } of found) {
    if (run.tree === undefined && !inARow) continue
    const tree = trees.get(run.tree) ?? { passed: 0, failed: [] }
    trees.set(run.tree, tree)
    if (keptPromise(record)) tree.passed += 1
    else if (record.class === 'FAIL') tree.failed.push(run.run)
  }
  return [...trees].flatMap(([tree, { passed, failed }]) =>
    passed > 0 && failed.length > 0 ? [{ ...(tree !== undefined && { tree }), passed, failed }] : [],
  )
}
