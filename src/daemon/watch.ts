/**
 * A daemon that is ready, watched until it is stopped: what its family uses, its budgets, and whether it is still
 * alive. Its exit needs no watching here: that is an event of the child.
 */
import { listProcesses, type ProcessInfo, selectFamily } from '../host/process-table.ts'
import type { Child } from '../host/spawn.ts'
import { sampleUsage, type Usage } from '../host/usage.ts'
import type { UseMeter } from '../host/use-meter.ts'
import { now } from '../kernel/clock.ts'
import type { Failure } from '../kernel/failure.ts'
import type { Probe } from '../readiness/create.ts'
import { ProbeHistory } from '../readiness/history.ts'
import { attemptOnce, pause } from '../readiness/poll.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import { findHoldingTooMuch } from './limits.ts'

/** Liveness: how often it is asked, how long an answer may take, and how many in a row must be missing. */
const ALIVE_EVERY_MS = 1_000
const ALIVE_TIMEOUT_MS = 2_000
const ALIVE_MISSES = 3

export interface Watch {
  readonly spec: ResolvedDaemon
  readonly child: Child
  readonly meter: UseMeter
  readonly alive: readonly Probe[]
  readonly sampleEveryMs: number
  /** Ends the watch. */
  readonly signal: AbortSignal
  onSample(usage: Usage): void
  /** Called with each answer of a liveness probe. */
  onHealth(health: { readonly ok: boolean; readonly saw: string }): void
  /** Called at most once by each of the watches; the daemon is not stopped by them. */
  onFailure(failure: Failure): void
}

/** Watches until the signal fires. Rejects only for a bug. */
export async function watchDaemon(watch: Watch): Promise<void> {
  await Promise.all([watchUsage(watch), ...watch.alive.map((probe) => watchAlive(watch, probe))])
}

async function watchUsage(watch: Watch): Promise<void> {
  const { spec, child, meter, signal, sampleEveryMs, onSample, onFailure } = watch
  for (;;) {
    // First of all a pause: right after readiness there is more urgent work than to look at every process.
    await pause(sampleEveryMs, signal)
    if (signal.aborted) return
    meter.read()
    const usage = await sampleUsage(meter.pids ?? familyOf(child))
    if (signal.aborted) return
    if (usage) {
      meter.note(usage)
      onSample(usage)
    }
    const failure = findHoldingTooMuch(spec, meter.last ?? {}, now() - child.spawnedAt)
    if (failure) {
      onFailure(failure)
      return
    }
  }
}

async function watchAlive({ spec, child, signal, onFailure, onHealth }: Watch, probe: Probe): Promise<void> {
  let history = new ProbeHistory()
  let misses = 0
  for (;;) {
    await pause(ALIVE_EVERY_MS, signal)
    if (signal.aborted) return
    const lacking = probe.gate?.()
    const answer =
      lacking === undefined ? await attemptOnce(probe, ALIVE_TIMEOUT_MS, signal) : { ok: false, saw: lacking }
    if (signal.aborted) return
    onHealth({ ok: answer.ok, saw: `${probe.kind}: ${answer.saw}` })
    if (answer.ok) {
      misses = 0
      history = new ProbeHistory()
    } else {
      misses += 1
      const atMs = Math.round(now() - child.spawnedAt)
      history.add({ atMs, kind: probe.kind, ok: false, saw: answer.saw })
    }
    // Several in a row: a machine that is busy for a moment must not fail a daemon.
    if (misses >= ALIVE_MISSES) {
      onFailure({ tag: 'not-alive', daemon: spec.name, probes: history.list() })
      return
    }
  }
}

const TABLE_GOOD_MS = 200
let table: { readonly processes: readonly ProcessInfo[]; readonly at: number } | undefined

/**
 * Where there is no /proc: group, session and descendants; without the marker, which costs a read of every process. All
 * daemons share a look.
 */
function familyOf(child: Child): number[] {
  if (table === undefined || now() - table.at > TABLE_GOOD_MS)
    table = { processes: listProcesses(), at: now() }
  const { pid, startTime } = child.identity
  const family = selectFamily(table.processes, { pid, sid: pid, startTime }, () => new Set())
  // The shared look may be older than the child.
  return [...new Set([pid, ...family.map((process) => process.pid)])]
}
