/** This run beside an earlier one: what changed its class, what takes longer, what uses more. */
import type { VerdictClass } from '../kernel/event.ts'
import { readDaemons } from './daemons.ts'
import { ofType, type RunRecord, readRun } from './read-run.ts'
import { type DaemonUsage, readUsage } from './usage.ts'

/** A difference smaller than both is noise. */
const NOTABLE_MS = 100
const NOTABLE_PART = 0.25
const NOTABLE_BYTES = 16 * 2 ** 20

export interface SmokeChange {
  readonly smoke: string
  /** Undefined: it was not in that run. */
  readonly before: { readonly class: VerdictClass; readonly ms: number } | undefined
  readonly now: { readonly class: VerdictClass; readonly ms: number } | undefined
  /** Worth a look: another class, or a time that differs by more than noise does. */
  readonly notable: boolean
}

export interface Figure {
  /** Milliseconds; of memory, bytes. */
  readonly before: number
  readonly now: number
  readonly notable: boolean
}

export interface Comparison {
  readonly run: string
  readonly dir: string
  readonly at: string
  readonly gateVerdict: RunRecord['verdict']
  readonly smokes: readonly SmokeChange[]
  readonly total: Figure
  readonly boot: Figure | undefined
  /** Processes that wanted a core when each began: times depend on it. */
  readonly load: { readonly before: number; readonly now: number } | undefined
  /** Peak memory of each daemon that both runs looked at. */
  readonly memory: readonly (Figure & { readonly daemon: string })[]
}

/** @param usage of `run`. */
export function compareRuns(run: RunRecord, usage: readonly DaemonUsage[], earlier: RunRecord): Comparison {
  const before = new Map(earlier.verdict.rows.map((row) => [row.smoke, row]))
  const now = new Map(run.verdict.rows.map((row) => [row.smoke, row]))
  const names = new Set([...now.keys(), ...before.keys()])
  const usedBefore = new Map(readUsage(earlier, readDaemons(earlier)).map((one) => [one.daemon, one]))
  const [bootNow, bootBefore] = [run.verdict.boot, earlier.verdict.boot]
  return {
    run: earlier.verdict.run,
    dir: earlier.dir,
    at: earlier.verdict.at,
    gateVerdict: earlier.verdict,
    smokes: [...names].map((smoke) => {
      const [a, b] = [before.get(smoke), now.get(smoke)]
      const change = {
        smoke,
        before: a && { class: a.class, ms: a.ms },
        now: b && { class: b.class, ms: b.ms },
      }
      return { ...change, notable: isNotable(change) }
    }),
    total: figure(earlier.verdict.ms, run.verdict.ms, NOTABLE_MS),
    boot: bootNow && bootBefore ? figure(bootBefore.ms, bootNow.ms, NOTABLE_MS) : undefined,
    load: compareLoad(run, earlier),
    memory: usage.flatMap(({ daemon, peakRssBytes }) => {
      const was = usedBefore.get(daemon)
      return was ? [{ daemon, ...figure(was.peakRssBytes, peakRssBytes, NOTABLE_BYTES) }] : []
    }),
  }
}

function compareLoad(run: RunRecord, earlier: RunRecord): Comparison['load'] {
  const [now, before] = [run, earlier].map(({ events }) => ofType(events, 'machine.noted').at(-1)?.load)
  return now === undefined || before === undefined ? undefined : { before, now }
}

/** The newest earlier run of the same stack file among these directories; those that cannot be read are passed over. */
export function findComparable(run: RunRecord, dirs: readonly string[]): RunRecord | undefined {
  for (const dir of dirs) {
    const other = readIfWhole(dir)
    if (other && isComparable(run, other)) return other
  }
  return undefined
}

/** The same stack, and at least one smoke that both began. */
function isComparable(run: RunRecord, other: RunRecord): boolean {
  const { stack } = run.verdict
  if (stack.file !== other.verdict.stack.file || stack.name !== other.verdict.stack.name) return false
  const begun = new Set(other.verdict.rows.filter((row) => row.ms > 0).map((row) => row.smoke))
  return run.verdict.rows.some((row) => row.ms > 0 && begun.has(row.smoke))
}

/** A journal that is damaged is a matter of that run, not of this page. */
function readIfWhole(dir: string): RunRecord | undefined {
  try {
    return readRun(dir)
  } catch (error) {
    if (error instanceof Error) return undefined
    throw error
  }
}

function isNotable({ before, now }: Omit<SmokeChange, 'notable'>): boolean {
  if (!before || !now) return true
  if (before.class !== now.class) return true
  return isTimed(before.class) && figure(before.ms, now.ms, NOTABLE_MS).notable
}

/** Only a smoke that came to its end took as long as it takes. */
export const isTimed = (verdict: VerdictClass): boolean => verdict === 'PASS' || verdict === 'FAIL'

function figure(before: number, now: number, least: number): Figure {
  const difference = Math.abs(now - before)
  return { before, now, notable: difference >= least && difference >= NOTABLE_PART * Math.max(before, 1) }
}
