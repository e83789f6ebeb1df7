/** A daemon of a stack that is up, as a chain sees it: its state by the supervisor's events, its sockets by its own look. */
import type { CrewMember } from '../chain/crew.ts'
import type { DaemonState } from '../daemon/context.ts'
import { findUsedTooMuch } from '../daemon/limits.ts'
import { SocketOwnership } from '../daemon/ownership.ts'
import { ownerMarker, runMarker } from '../host/marker.ts'
import { identify, isAlive, type ProcessIdentity } from '../host/process-table.ts'
import { UseMeter } from '../host/use-meter.ts'
import { now } from '../kernel/clock.ts'
import type { EventBody, Ownership } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import type { Use } from '../kernel/resources.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import { readLogTail } from './logs.ts'
import type { AttachedDaemon } from './protocol.ts'

/** How many lines of its log a failure carries. */
const LOG_TAIL_LINES = 20

interface Running {
  readonly identity: ProcessIdentity
  readonly sockets: SocketOwnership
}

/**
 * `state` is as old as the last event that `note` was given; whether its process and its sockets are still there is
 * looked up when it is asked.
 */
export class AttachedMember implements CrewMember {
  readonly spec: ResolvedDaemon
  incarnation: number
  state: DaemonState
  readonly #run: string
  readonly #log: string
  readonly #deathListeners = new Set<(failure: Failure) => void>()
  readonly #changeListeners = new Set<() => void>()
  /** Its log is the supervisor's: how much it writes is not known here. */
  readonly #meter = new UseMeter()
  #failure: Failure | undefined
  #running: Running | undefined

  /** @param run id of the supervisor's run, whose mark its daemons carry. */
  constructor({ spec, state, pid, incarnation, failure, log }: AttachedDaemon, run: string) {
    this.spec = spec
    this.incarnation = incarnation ?? 0
    this.#run = run
    this.#log = log
    this.#failure = failure
    this.state = STATES[state] ?? 'failed'
    if (pid !== undefined) this.#meet(pid)
  }

  get name(): string {
    return this.spec.name
  }

  get pid(): number | undefined {
    return this.#running?.identity.pid
  }

  checkStillOurs(): Failure | undefined {
    if (this.state === 'dead' || this.state === 'failed')
      return this.#failure ?? this.#lack(`it is ${this.state}`)
    if (this.state !== 'ready') return undefined
    const proof = this.prove()
    return proof.ok ? undefined : proof.error
  }

  /** Is it there, and does everything on its sockets belong to it, by our own look? */
  prove(): Result<Ownership, Failure> {
    if (this.state !== 'ready') return err(this.#failure ?? this.#lack(`it is ${this.state}`))
    if (!this.#running || !isAlive(this.#running.identity)) return err(this.#lack('its process is gone'))
    const verdict = this.#running.sockets.check(now())
    if (verdict.kind === 'failed') return err(verdict.failure)
    return verdict.kind === 'held' ? ok(verdict.ownership) : err(this.#lack(...verdict.lacking))
  }

  /** Resolves when it is neither being started nor waiting to be. */
  settled(signal: AbortSignal): Promise<void> {
    return this.#changed(() => this.state !== 'starting', signal)
  }

  /**
   * Resolves when its end, should it have ended, has been told: our own look may see that the process is gone before
   * the supervisor has said how it ended.
   */
  endTold(signal: AbortSignal): Promise<void> {
    const isTold = (): boolean =>
      this.state !== 'ready' || this.#running === undefined || isAlive(this.#running.identity)
    return this.#changed(isTold, signal)
  }

  #changed(holds: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds() && !signal.aborted) return
        this.#changeListeners.delete(look)
        resolve()
      }
      this.#changeListeners.add(look)
      signal.addEventListener('abort', look, { once: true })
      look()
    })
  }

  logTail(lines: number): string[] {
    return readLogTail(this.#log, lines)
  }

  onDeath(fn: (failure: Failure) => void): () => void {
    this.#deathListeners.add(fn)
    return () => void this.#deathListeners.delete(fn)
  }

  beginUse(): void {
    this.#meter.read()
    this.#meter.mark()
  }

  /** Budgets of what it holds are the supervisor's to watch. */
  endUse(smoke: string): Use {
    this.#meter.read()
    const resources = this.#meter.stretch
    const excess = findUsedTooMuch(this.spec, resources, smoke)
    return { resources, ...(excess && { excess }) }
  }

  /** Takes an event of the supervisor that is about this daemon. */
  note(event: EventBody): void {
    switch (event.type) {
      case 'daemon.spawned':
        this.incarnation = event.incarnation
        this.state = 'starting'
        this.#failure = undefined
        this.#meet(event.pid)
        break
      case 'daemon.ready':
        this.state = 'ready'
        break
      case 'daemon.failed':
        this.#die('failed', event.failure)
        break
      case 'daemon.exited':
        if (!event.expected) this.#die('dead', event.failure ?? this.#lack('it has ended'))
        break
      case 'daemon.stopped':
        if (this.state !== 'dead' && this.state !== 'failed') this.state = 'down'
        this.#running = undefined
        this.#meter.end()
        break
      case 'daemon.restarting':
        // Until then it is not there: the smokes that need it say so.
        break
    }
    for (const listener of [...this.#changeListeners]) listener()
  }

  /** Nobody tells any more how it is. */
  lose(why: string): void {
    this.#die('dead', this.#lack(why))
    for (const listener of [...this.#changeListeners]) listener()
  }

  #die(state: 'dead' | 'failed', failure: Failure): void {
    const wasReady = this.state === 'ready'
    this.state = state
    this.#failure = failure
    if (wasReady) for (const listener of [...this.#deathListeners]) listener(failure)
  }

  #meet(pid: number): void {
    const identity = identify(pid)
    if (identity) this.#meter.begin(identity)
    const marker = ownerMarker(runMarker(this.#run), this.spec.name)
    this.#running = identity && {
      identity,
      sockets: new SocketOwnership(this.spec, { ...identity, sid: pid, marker }, new Set()),
    }
  }

  #lack(...lacking: readonly string[]): Failure {
    const log = this.logTail(LOG_TAIL_LINES)
    return { tag: 'not-ready', daemon: this.spec.name, timeoutMs: 0, lacking, probes: [], log }
  }
}

const STATES: Readonly<Record<string, DaemonState>> = {
  down: 'down',
  starting: 'starting',
  ready: 'ready',
  stopping: 'stopping',
  failed: 'failed',
  dead: 'dead',
  // A restart is only planned.
  waiting: 'dead',
  abandoned: 'dead',
}
