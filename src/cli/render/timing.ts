/** Where the time of a run went: the boot's critical path, each smoke, each step, the stop, and the rest. */
import type { Event } from '../../kernel/event.ts'
import { oneLine } from '../../kernel/failure-words.ts'
import { count } from '../../kernel/text.ts'
import { formatDuration } from '../../kernel/units.ts'

interface BootStage {
  readonly daemon: string
  /** From its last need being ready (or the boot's start) to its own start. */
  readonly waitedMs: number
  /** From its start to ready. */
  readonly ms: number
}

export interface Timing {
  /** From the first daemon to the one that was ready last: each was started because the one before was ready. */
  readonly criticalPath: readonly BootStage[]
  readonly bootMs: number
  readonly smokes: readonly {
    readonly smoke: string
    readonly ms: number
    readonly steps: readonly { readonly step: string; readonly ms: number }[]
  }[]
  readonly stopMs: number
  readonly totalMs: number
  /** What none of the above accounts for: the tool's own time. */
  readonly overheadMs: number
}

export interface TimingFold {
  add(event: Event): void
  current(): Timing
}

interface Start {
  readonly needs: readonly string[]
  readonly spawnedAt: number
  readyAt?: number
}

/** An incremental fold over a run's events. */
export function createTiming(): TimingFold {
  const starts = new Map<string, Start>()
  const steps = new Map<string, { step: string; ms: number }[]>()
  const smokes: { smoke: string; ms: number; steps: readonly { step: string; ms: number }[] }[] = []
  let booted = false
  let bootAt = 0
  let bootMs = 0
  let stopMs = 0
  let totalMs = 0
  let finished = false

  return {
    add(event) {
      if (!finished) totalMs = Math.max(totalMs, event.atMs)
      if (event.type === 'boot.started') bootAt = event.atMs
      else if (event.type === 'boot.finished') {
        booted = true
        bootMs = event.ms
      } else if (event.type === 'daemon.spawned' && !booted) {
        starts.set(event.daemon, { needs: event.needs, spawnedAt: event.atMs })
      } else if (event.type === 'daemon.ready' && !booted) {
        const start = starts.get(event.daemon)
        if (start) start.readyAt = event.atMs
      } else if (event.type === 'step.finished') {
        steps.set(event.smoke, [...(steps.get(event.smoke) ?? []), { step: event.step, ms: event.ms }])
      } else if (event.type === 'smoke.finished') {
        smokes.push({ smoke: event.smoke, ms: event.ms, steps: steps.get(event.smoke) ?? [] })
      } else if (event.type === 'stop.finished') stopMs = event.ms
      else if (event.type === 'run.finished') {
        finished = true
        totalMs = event.ms
      }
    },
    current() {
      const criticalPath = traceCriticalPath(starts, bootAt)
      const onPath = criticalPath.reduce((sum, stage) => sum + stage.ms, 0)
      const inSmokes = smokes.reduce((sum, smoke) => sum + smoke.ms, 0)
      const overheadMs = Math.max(0, totalMs - onPath - inSmokes - stopMs)
      return { criticalPath, bootMs, smokes: [...smokes], stopMs, totalMs, overheadMs }
    },
  }
}

/** From the daemon that was ready last back to the start, over the need that was ready last each time. */
function traceCriticalPath(starts: ReadonlyMap<string, Start>, bootAt: number): BootStage[] {
  const path: BootStage[] = []
  const seen = new Set<string>()
  let daemon = lastReady(starts, starts.keys())
  while (daemon !== undefined && !seen.has(daemon)) {
    seen.add(daemon)
    const start = starts.get(daemon)
    if (start?.readyAt === undefined) break
    const need = lastReady(starts, start.needs)
    const possibleAt = (need === undefined ? undefined : starts.get(need)?.readyAt) ?? bootAt
    path.unshift({ daemon, waitedMs: start.spawnedAt - possibleAt, ms: start.readyAt - start.spawnedAt })
    daemon = need
  }
  return path
}

function lastReady(starts: ReadonlyMap<string, Start>, among: Iterable<string>): string | undefined {
  let last: string | undefined
  let lastAt = Number.NEGATIVE_INFINITY
  for (const name of among) {
    const at = starts.get(name)?.readyAt
    if (at !== undefined && at > lastAt) {
      last = name
      lastAt = at
    }
  }
  return last
}

/** The timing in words, slowest smoke first. */
export function renderTiming(timing: Timing): string[] {
  const path = timing.criticalPath.map((stage) => `${stage.daemon} ${formatDuration(stage.ms)}`)
  const smokes = [...timing.smokes].sort((a, b) => b.ms - a.ms)
  const inSmokes = smokes.reduce((sum, smoke) => sum + smoke.ms, 0)
  return [
    `boot    ${formatDuration(timing.bootMs)}${path.length === 0 ? '' : `: ${path.join(' → ')}`}`,
    `smokes  ${formatDuration(inSmokes)} in ${count(smokes.length, 'smoke')}, slowest first:`,
    ...smokes.flatMap((smoke) => [
      `  ${smoke.smoke}  ${formatDuration(smoke.ms)}`,
      ...smoke.steps.map((step) => `    ${formatDuration(step.ms)}  ${oneLine(step.step)}`),
    ]),
    `stop    ${formatDuration(timing.stopMs)}`,
    `rest    ${formatDuration(timing.overheadMs)}`,
    `total   ${formatDuration(timing.totalMs)}`,
  ]
}
