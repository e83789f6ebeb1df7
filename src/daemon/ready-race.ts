/**
 * Readiness as a race: probes and sockets on one side; the child's exit, the deadline and an abort on the other.
 * Ready means all of: every probe has held; every declared socket listens and is the daemon's own; nobody else
 * listens there; nothing is exposed; and after all that the child is still alive.
 */
import { isAlive } from '../host/process-table.ts'
import type { Child, Exit } from '../host/spawn.ts'
import { now } from '../kernel/clock.ts'
import type { Ownership } from '../kernel/event.ts'
import type { Failure, ProbeResult } from '../kernel/failure.ts'
import type { Probe } from '../readiness/create.ts'
import { ProbeHistory } from '../readiness/history.ts'
import { listenerTable } from '../readiness/listeners.ts'
import { pause, pauseAfter, pollUntil } from '../readiness/poll.ts'
import { whenAborted } from '../readiness/when-aborted.ts'
import type { SocketOwnership, SocketVerdict } from './ownership.ts'

export type ReadyEnd =
  | { readonly how: 'ready'; readonly ownership: Ownership; readonly attempts: number }
  | { readonly how: 'failed'; readonly failure: Failure }
  | { readonly how: 'lacking'; readonly lacking: readonly string[]; readonly probes: readonly ProbeResult[] }
  | { readonly how: 'exited'; readonly exit: Exit }
  | { readonly how: 'aborted' }

export interface ReadyRace {
  readonly child: Child
  readonly probes: readonly Probe[]
  readonly sockets: SocketOwnership
  /** Milliseconds from the spawn. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Where looking at the sockets is dear (macOS asks lsof), there is this much between two looks at most. */
const MAX_DEAR_PAUSE_MS = 500

/** The first of the race's ends. Whatever else was under way is called off. */
export async function awaitReady(race: ReadyRace): Promise<ReadyEnd> {
  const scope = new AbortController()
  try {
    return await Promise.race([
      race.child.exited.then((exit): ReadyEnd => ({ how: 'exited', exit })),
      whenAborted(race.signal).then((): ReadyEnd => ({ how: 'aborted' })),
      proveReady(race, scope.signal),
    ])
  } finally {
    scope.abort()
  }
}

async function proveReady(race: ReadyRace, signal: AbortSignal): Promise<ReadyEnd> {
  const { child, probes, sockets } = race
  const startedAt = child.spawnedAt
  const deadline = startedAt + race.timeoutMs
  let attempts = 0
  const polled = probes.map((probe) => ({ probe, history: new ProbeHistory(), held: false }))

  const lacking = (): ReadyEnd => {
    const results = polled.map(({ history }) => history.list())
    const missing = sockets.describeLacking()
    const unmet = polled
      .filter(({ held }) => !held)
      .map(({ probe, history }) => history.last ?? `${probe.kind} was never answered`)
      // The gate of a probe says the same, and less.
      .filter((what) => !missing.some((said) => said.startsWith(what)))
    return {
      how: 'lacking',
      lacking: [...new Set([...missing, ...unmet])],
      probes: results.flat().sort((a, b) => a.atMs - b.atMs),
    }
  }

  const polls = polled.map(async (entry): Promise<ReadyEnd | undefined> => {
    const outcome = await pollUntil(entry.probe, { startedAt, deadline, signal, history: entry.history })
    attempts += outcome.attempts
    entry.held = outcome.how === 'held'
    if (entry.held) return undefined
    // What can never hold is the cause, whatever else is not there yet.
    const cause = outcome.how === 'fatal' ? entry.history.last : undefined
    return cause === undefined ? lacking() : { how: 'lacking', lacking: [cause], probes: outcome.results }
  })
  const judge = (verdict: SocketVerdict): ReadyEnd | Ownership => {
    if (verdict.kind === 'held') return verdict.ownership
    return verdict.kind === 'failed' ? { how: 'failed', failure: verdict.failure } : lacking()
  }
  // Beside the probes, so that a stranger on the port or an open door is told at once, not at the deadline.
  const probed = new AbortController()
  const watchSockets = async (): Promise<ReadyEnd | undefined> => {
    if (!listenerTable.isCheap) return undefined
    const beside = AbortSignal.any([signal, probed.signal])
    const verdict = await awaitSockets(sockets, { deadline, signal: beside })
    if (verdict.kind !== 'failed' && probed.signal.aborted) return undefined
    const end = judge(verdict)
    return typeof end === 'string' ? undefined : end
  }

  const watching = watchSockets()
  // Without probes, it is the sockets that are waited for.
  const end = probes.length === 0 ? await watching : await firstOf(allOrFirst(polls), watching)
  probed.abort()
  if (end) return end
  // The probes were answered by somebody; only a look from after that shows by whom.
  const ownership = judge(await awaitSockets(sockets, { since: now(), deadline, signal }))
  if (typeof ownership !== 'string') return ownership
  if (child.exit || !isAlive(child.identity)) return { how: 'exited', exit: await child.exited }
  return { how: 'ready', ownership, attempts }
}

interface SocketWait {
  /** The first look must be from this `now()` or later; each further one is of its own moment. */
  readonly since?: number
  readonly deadline: number
  readonly signal: AbortSignal
}

async function awaitSockets(sockets: SocketOwnership, o: SocketWait): Promise<SocketVerdict> {
  const startedAt = now()
  const maxPauseMs = listenerTable.isCheap ? undefined : MAX_DEAR_PAUSE_MS
  let since = o.since
  for (;;) {
    const beganAt = now()
    const verdict = sockets.check(since)
    const endedAt = now()
    if (verdict.kind !== 'lacking' || endedAt >= o.deadline || o.signal.aborted) return verdict
    const wanted = pauseAfter(endedAt - beganAt, endedAt - startedAt, maxPauseMs)
    await pause(Math.min(wanted, o.deadline - endedAt), o.signal)
    if (since !== undefined) since = now()
  }
}

/** What the main task gives, or before that what the side task gives, unless that is undefined. */
function firstOf<T>(main: Promise<T | undefined>, side: Promise<T | undefined>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    main.then(resolve, reject)
    side.then((value) => {
      if (value !== undefined) resolve(value)
    }, reject)
  })
}

/** Undefined when all tasks gave undefined; otherwise the first that gave something, without waiting for the rest. */
function allOrFirst<T>(tasks: readonly Promise<T | undefined>[]): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    for (const task of tasks) {
      task.then((value) => {
        if (value !== undefined) resolve(value)
      }, reject)
    }
    Promise.all(tasks).then((values) => resolve(values.find((value) => value !== undefined)), reject)
  })
}
