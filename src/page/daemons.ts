/** The life of each daemon in a run, read from its events: incarnations, why it waited, what it used. */
import type { EventOf, Ownership } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import type { RunRecord } from './read-run.ts'

export interface Incarnation {
  readonly number: number
  readonly pid: number
  /** Times are milliseconds on the run's clock. */
  readonly spawnedAt: number
  readyAt?: number
  ownership?: Ownership
  attempts?: number
  /** Absent: it ran to the end of what is known. */
  endedAt?: number
  /** `asked`: by the tool or a smoke. */
  ending?: 'asked' | 'died'
  /** Code or signal. */
  exit?: string
  /** The smoke that was running then. */
  during?: string
}

export type Sample = EventOf<'daemon.sampled'>

export interface DaemonLife {
  readonly name: string
  needs: readonly string[]
  readonly incarnations: Incarnation[]
  readonly samples: Sample[]
  readonly failures: { readonly atMs: number; readonly failure: Failure }[]
}

export interface BootTimes {
  /** Milliseconds on the run's clock. */
  readonly startedAt: number
  /** Of the last event of a boot that did not come to its end. */
  readonly endedAt: number
  readonly ended: boolean
  readonly ok: boolean
  /** Names of the daemons by which all the others were waited for: the last to become ready, what it waited for, … */
  readonly criticalPath: readonly string[]
}

/** In the order in which they were spawned; those that never were come last, as the stack names them. */
export function readDaemons({ events }: RunRecord): DaemonLife[] {
  const lives = new Map<string, DaemonLife>()
  const listed: string[] = []
  const lifeOf = (name: string): DaemonLife => {
    const known = lives.get(name)
    if (known) return known
    const life: DaemonLife = { name, needs: [], incarnations: [], samples: [], failures: [] }
    lives.set(name, life)
    return life
  }
  for (const event of events) {
    if (event.type === 'boot.started') listed.push(...event.daemons)
    else if (event.type === 'daemon.sampled') lifeOf(event.daemon).samples.push(event)
    else if (event.type === 'daemon.failed') {
      lifeOf(event.daemon).failures.push({ atMs: event.atMs, failure: event.failure })
    } else if (event.type === 'daemon.spawned') {
      const life = lifeOf(event.daemon)
      life.needs = event.needs
      life.incarnations.push({ number: event.incarnation, pid: event.pid, spawnedAt: event.atMs })
    } else if (event.type === 'daemon.ready') {
      const current = incarnationOf(lifeOf(event.daemon), event.incarnation)
      if (!current) continue
      current.readyAt = event.atMs
      current.ownership = event.ownership
      current.attempts = event.attempts
    } else if (event.type === 'daemon.exited') noteExit(lifeOf(event.daemon), event)
  }
  for (const name of listed) lifeOf(name)
  return [...lives.values()]
}

function noteExit(life: DaemonLife, event: EventOf<'daemon.exited'>): void {
  const current = incarnationOf(life, event.incarnation)
  if (!current) return
  current.endedAt = event.atMs
  current.ending = event.expected ? 'asked' : 'died'
  current.exit = event.signal ?? `exit ${event.code ?? 'unknown'}`
  if (event.during !== null) current.during = event.during
}

const incarnationOf = (life: DaemonLife, number: number): Incarnation | undefined =>
  life.incarnations.findLast((incarnation) => incarnation.number === number)

/** Undefined: no boot was begun, or the stack was up already. */
export function readBoot(
  { events, verdict, endMs }: RunRecord,
  lives: readonly DaemonLife[],
): BootTimes | undefined {
  const started = events.find((event) => event.type === 'boot.started')
  if (!started || started.attachedTo !== undefined) return undefined
  const finished = events.find((event) => event.type === 'boot.finished')
  const endedAt = finished?.atMs ?? endMs
  return {
    startedAt: started.atMs,
    endedAt,
    ended: finished !== undefined,
    ok: verdict.boot?.ok === true,
    criticalPath: findCriticalPath(lives, endedAt),
  }
}

/**
 * The chain of daemons that decided how long the boot took: the one that became ready last, before it the one of its
 * needs that became ready last, and so on. First to last. What never became ready counts from when it was given up.
 */
export function findCriticalPath(lives: readonly DaemonLife[], bootEndedAt: number): string[] {
  const byName = new Map(lives.map((life) => [life.name, life]))
  const readyAt = (life: DaemonLife): number => {
    const [first] = life.incarnations
    return first === undefined ? Number.NEGATIVE_INFINITY : (first.readyAt ?? first.endedAt ?? bootEndedAt)
  }
  const last = (some: readonly DaemonLife[]): DaemonLife | undefined =>
    some
      .filter(({ incarnations: [first] }) => first !== undefined && first.spawnedAt <= bootEndedAt)
      .reduce<DaemonLife | undefined>(
        (best, life) => (best && readyAt(best) >= readyAt(life) ? best : life),
        undefined,
      )
  const path: string[] = []
  let current = last(lives)
  while (current && !path.includes(current.name)) {
    path.unshift(current.name)
    current = last(current.needs.flatMap((name) => byName.get(name) ?? []))
  }
  return path
}

/** Of its needs, the one that became ready last: what it waited for. */
export function lastNeedOf(life: DaemonLife, lives: readonly DaemonLife[]): string | undefined {
  let best: { name: string; at: number } | undefined
  for (const name of life.needs) {
    const at = lives.find((other) => other.name === name)?.incarnations[0]?.readyAt
    if (at !== undefined && (best === undefined || at > best.at)) best = { name, at }
  }
  return best?.name
}
