/** Everything that the page shows, read from one run directory, before any of it is HTML. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Cause, causesOf } from './causes.ts'
import { type Comparison, compareRuns, findComparable } from './compare.ts'
import { type BootTimes, type DaemonLife, readBoot, readDaemons } from './daemons.ts'
import { runsBefore } from './find-run.ts'
import type { Span } from './log-pieces.ts'
import { type DaemonLog, readLogs } from './log-text.ts'
import { ofType, type RunRecord, readRun } from './read-run.ts'
import { readSmokes, type SmokeRun } from './smokes.ts'
import { type DaemonUsage, readUsage } from './usage.ts'

export interface PageModel {
  readonly run: RunRecord
  readonly causes: readonly Cause[]
  readonly lives: readonly DaemonLife[]
  readonly boot: BootTimes | undefined
  readonly stop: { readonly startedAt: number; readonly endedAt: number } | undefined
  readonly smokes: readonly SmokeRun[]
  readonly usage: readonly DaemonUsage[]
  readonly logs: readonly DaemonLog[]
  /** What smokes wrote themselves: of those that did not pass, or tell nothing else. */
  readonly smokeLogs: ReadonlyMap<string, string>
  readonly comparison: Comparison | undefined
  readonly tree: string | undefined
  readonly machine: string | undefined
}

const SMOKE_LOG = { head: 4_000, tail: 12_000 }
const SMOKE_LOGS_SHOWN = 100
const MOST_TROUBLE = 50

/**
 * @param earlier directory of the run to compare with; absent: the one before it of the same stack, if there is one.
 * @throws Error when a journal cannot be read.
 */
export function readModel(run: RunRecord, earlier?: string): PageModel {
  const lives = readDaemons(run)
  const smokes = readSmokes(run)
  const usage = readUsage(run, lives)
  const other = earlier === undefined ? findComparable(run, runsBefore(run.dir)) : readRun(earlier)
  const stopStarted = ofType(run.events, 'stop.started')[0]
  const stopEnded = ofType(run.events, 'stop.finished').at(-1)
  const noted = ofType(run.events, 'tree.noted').at(-1)
  const machine = ofType(run.events, 'machine.noted').at(-1)
  return {
    run,
    causes: causesOf(
      run.verdict,
      smokes.map(({ row }) => row),
    ),
    lives,
    boot: readBoot(run, lives),
    stop: stopStarted && { startedAt: stopStarted.atMs, endedAt: stopEnded?.atMs ?? run.endMs },
    smokes,
    usage,
    logs: readLogs(run.dir, { zeroMs: run.zeroMs, spans: findTrouble(smokes, lives) }),
    smokeLogs: readSmokeLogs(run.dir, smokes),
    comparison: other && compareRuns(run, usage, other),
    tree: noted && `${noted.tree.slice(0, 12)}${noted.dirty ? ', with changes that are not committed' : ''}`,
    machine:
      machine &&
      `${machine.cpu === '' ? '' : `${machine.cpu}, `}${machine.cores} cores, load ${machine.load.toFixed(1)}`,
  }
}

/** When something failed: what was logged then is worth its place. */
function findTrouble(smokes: readonly SmokeRun[], lives: readonly DaemonLife[]): Span[] {
  const failed = smokes.filter((smoke) => smoke.class === 'FAIL').flatMap((smoke) => smoke.steps)
  const steps = failed.filter((step) => !step.ok).slice(0, MOST_TROUBLE)
  const deaths = lives.flatMap((life) => life.incarnations.filter((one) => one.ending === 'died'))
  return [
    ...steps.map(({ startedAt, endedAt = startedAt }) => ({ from: startedAt, to: endedAt })),
    ...deaths.slice(0, MOST_TROUBLE).map(({ endedAt = 0 }) => ({ from: endedAt - 200, to: endedAt })),
  ]
}

function readSmokeLogs(dir: string, smokes: readonly SmokeRun[]): Map<string, string> {
  const logs = new Map<string, string>()
  for (const smoke of smokes) {
    const tells = smoke.steps.some((step) => (step.requests?.length ?? 0) + (step.checks?.length ?? 0) > 0)
    if (smoke.startedAt === undefined || (smoke.class === 'PASS' && tells) || logs.size >= SMOKE_LOGS_SHOWN)
      continue
    const path = join(dir, 'smokes', `${basename(smoke.id)}.log`)
    const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
    if (text.trim() !== '') logs.set(smoke.id, cutMiddle(text, path))
  }
  return logs
}

function cutMiddle(text: string, path: string): string {
  const { head, tail } = SMOKE_LOG
  const more = text.length - head - tail
  if (more <= 0) return text
  return `${text.slice(0, head)}\n… ${more} characters are left out here; all of it: ${path} …\n${text.slice(-tail)}`
}
