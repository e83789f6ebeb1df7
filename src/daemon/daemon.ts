/**
 * The life of one daemon over all its incarnations: bind check, spawn, ready, watched, stopped. Each `start` is one
 * straight line under one deadline; what happens beside it (an exit, a limit) is told through `onDeath` and events.
 */
import { type Marker, ownerMarker } from '../host/marker.ts'
import { UseMeter } from '../host/use-meter.ts'
import { now } from '../kernel/clock.ts'
import type { Failure } from '../kernel/failure.ts'
import type { Use } from '../kernel/resources.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import { findTakenBind } from './bind-check.ts'
import type { DaemonContext, DaemonState, Health, StopRequest } from './context.ts'
import {
  explainDeath,
  explainEarlyExit,
  explainInterruption,
  explainNotReady,
  explainSilence,
} from './explain.ts'
import type { Incarnation } from './incarnation.ts'
import { launch, openDaemonLog } from './launch.ts'
import { LogFeed } from './log-feed.ts'
import { LOOK_GOOD_MS, Metering } from './metering.ts'
import { awaitReady } from './ready-race.ts'
import { DaemonVoice } from './voice.ts'
import { watchDaemon } from './watch.ts'

export type { DaemonContext, DaemonState, Health, StopRequest } from './context.ts'

/** How many lines of its log a failure carries. */
const LOG_TAIL_LINES = 20

/**
 * One daemon on addresses that were chosen for it. Nothing runs before `start`. Whoever makes it calls `stop` in the
 * end, which also waits for what a failed start, or a death, is still clearing away.
 */
export class Daemon {
  readonly spec: ResolvedDaemon
  readonly #ctx: DaemonContext
  readonly #marker: Marker
  readonly #voice: DaemonVoice
  #state: DaemonState = 'down'
  readonly #log = new LogFeed()
  readonly #meter = new UseMeter(() => this.#log.bytes)
  readonly #metering: Metering
  #incarnations = 0
  /** Undefined once its family is gone. */
  #current: Incarnation | undefined
  /** Why it is `failed` or `dead`. */
  #failure: Failure | undefined
  #health: Health | undefined
  /** What is under way; each settles without rejecting unless there is a bug. */
  #starting: Promise<Result<void, Failure>> | undefined
  #stopping: Promise<void> | undefined
  #ending: Promise<void> | undefined
  #abortStart = new AbortController()

  constructor(spec: ResolvedDaemon, ctx: DaemonContext) {
    this.spec = spec
    this.#ctx = ctx
    this.#marker = ownerMarker(ctx.run.marker, spec.name)
    this.#voice = new DaemonVoice(spec.name, ctx)
    this.#metering = new Metering({
      spec,
      meter: this.#meter,
      upMs: () => this.#current && now() - this.#current.child.spawnedAt,
      onExcess: (failure) => this.#current && this.#judge(this.#current, failure),
    })
  }

  get name(): string {
    return this.spec.name
  }

  get state(): DaemonState {
    return this.#state
  }

  /** Of the process that was spawned, while its family lives. */
  get pid(): number | undefined {
    return this.#current?.child.pid
  }

  /** How often a process of it was started. */
  get incarnation(): number {
    return this.#incarnations
  }

  /**
   * Starts it and waits until it is ready. Ready already, or being started: the same answer, no second process.
   * On a failure, and when `signal` fires, its whole family is gone before this resolves.
   */
  async start(signal: AbortSignal): Promise<Result<void, Failure>> {
    await this.#stopping
    await this.#ending
    if (this.#state === 'ready') return ok(undefined)
    this.#starting ??= this.#startOnce(signal).finally(() => {
      this.#starting = undefined
    })
    return await this.#starting
  }

  /**
   * Stops its whole family: an exit that is expected. May be called at any time, also during a start, which it ends.
   * Resolves when nothing of it is left, or nothing that can be ended.
   */
  async stop({ signal, kill }: StopRequest = {}): Promise<void> {
    const killNow = (): void => this.#current?.kill()
    if (kill?.aborted) killNow()
    kill?.addEventListener('abort', killNow)
    try {
      this.#stopping ??= this.#stopOnce(signal).finally(() => {
        this.#stopping = undefined
      })
      await this.#stopping
    } finally {
      kill?.removeEventListener('abort', killNow)
    }
  }

  /** Stops and starts it on the same ports, its log going on in the same file. */
  async restart(o: { readonly signal?: NodeJS.Signals }, abort: AbortSignal): Promise<Result<void, Failure>> {
    await this.stop(o)
    return await this.start(abort)
  }

  /**
   * Are the sockets still the ones proven at readiness? One look at the table of listeners: cheap enough to be made
   * around every smoke. Undefined for a daemon that is down on purpose.
   */
  checkStillOurs(): Failure | undefined {
    if (this.#state === 'dead' || this.#state === 'failed') return this.#failure
    const incarnation = this.#current
    if (this.#state !== 'ready' || !incarnation) return undefined
    if (!incarnation.isAlive) {
      return explainDeath(this.spec, incarnation, incarnation.child.exit, this.logTail())
    }
    const verdict = incarnation.sockets.check(now())
    if (verdict.kind === 'failed') return verdict.failure
    return verdict.kind === 'lacking' ? explainSilence(this.spec, incarnation, verdict.lacking) : undefined
  }

  /** The last lines it wrote, printable, oldest first. */
  logTail(lines = LOG_TAIL_LINES): string[] {
    return this.#log.tail(lines)
  }

  /** Of its readiness, or of the last liveness probe since; undefined when it is not running. */
  get health(): Health | undefined {
    return this.#state === 'ready' ? this.#health : undefined
  }

  /** Calls `fn` with the lines still in memory, then with each new one, over all incarnations. Returns what ends it. */
  onLine(fn: (line: string) => void): () => void {
    return this.#log.onLine(fn)
  }

  /** From now on it is counted what it uses, for a smoke that begins. A budget that is exceeded already has been so before. */
  beginUse(): void {
    this.#metering.begin()
  }

  /** The smoke has ended. A budget that is exceeded by what the daemon holds is a death, told as such. */
  endUse(smoke: string): Use {
    return this.#metering.end(smoke)
  }

  /** Called with every exit that nobody asked for, and with limits and liveness lost. Returns the unsubscriber. */
  onDeath(fn: (failure: Failure) => void): () => void {
    return this.#voice.onDeath(fn)
  }

  async #startOnce(outer: AbortSignal): Promise<Result<void, Failure>> {
    this.#state = 'starting'
    this.#failure = undefined
    this.#abortStart = new AbortController()
    const signal = AbortSignal.any([outer, this.#abortStart.signal])
    const taken = await findTakenBind(this.spec)
    if (taken) return this.#refuse(taken)
    if (signal.aborted) return this.#refuse(explainInterruption(this.spec), false)
    const spawned = await this.#spawn()
    if (!spawned.ok) return this.#refuse(spawned.error)
    return await this.#becomeReady(spawned.value, signal)
  }

  async #spawn(): Promise<Result<Incarnation, Failure>> {
    const number = this.#incarnations + 1
    const log = openDaemonLog(this.spec, this.#ctx, number)
    this.#log.use(log)
    const launched = await launch({ spec: this.spec, ctx: this.#ctx, marker: this.#marker, log, number })
    if (launched.ok) {
      this.#incarnations = number
      this.#current = launched.value
      this.#meter.begin(launched.value.child.identity)
    }
    return launched
  }

  async #becomeReady(incarnation: Incarnation, signal: AbortSignal): Promise<Result<void, Failure>> {
    const { spec } = this
    const { child, probes, sockets } = incarnation
    const timeoutMs = spec.readyTimeoutMs
    const end = await awaitReady({ child, probes: probes.ready, sockets, timeoutMs, signal })
    if (end.how === 'ready') {
      this.#state = 'ready'
      this.#health = { ok: true, saw: 'ready', at: now() }
      this.#voice.tellReady(incarnation, end)
      this.#watch(incarnation)
      return ok(undefined)
    }
    if (end.how === 'exited') {
      await child.drained
      const failure = explainEarlyExit(spec, incarnation, end.exit, this.logTail())
      this.#voice.tellExit(incarnation, { expected: false, failure })
      const refused = this.#refuse(failure)
      await this.#finish(incarnation)
      return refused
    }
    const refused = this.#refuse(explainNotReady(spec, end, this.logTail()), end.how !== 'aborted')
    await this.#finish(incarnation)
    return refused
  }

  /** The start has failed. One that was interrupted is not told as a failure of the daemon. */
  #refuse(failure: Failure, isFault = true): Result<never, Failure> {
    this.#state = isFault ? 'failed' : 'down'
    this.#failure = failure
    if (isFault) this.#voice.tellFailed(failure)
    return err(failure)
  }

  #watch(incarnation: Incarnation): void {
    const { spec } = this
    const { child, probes, watched } = incarnation
    // Unhandled on purpose: these reject only for a bug, which is to surface as one.
    void child.exited.then(() => {
      if (!incarnation.exitExpected) this.#ending = this.#mourn(incarnation)
    })
    void watchDaemon({
      spec,
      child,
      meter: this.#meter,
      alive: probes.alive,
      sampleEveryMs: this.#ctx.sampleEveryMs,
      signal: watched,
      onSample: (usage) => this.#voice.tellSample(usage, this.#meter.total),
      onHealth: (health) => {
        this.#health = { ...health, at: now() }
      },
      onFailure: (failure) => this.#judge(incarnation, failure),
    })
  }

  #judge(incarnation: Incarnation, failure: Failure): void {
    if (this.#state === 'ready' && incarnation.isAlive) this.#ending = this.#condemn(incarnation, failure)
  }

  /** It has ended, and nobody had asked it to. */
  async #mourn(incarnation: Incarnation): Promise<void> {
    const { child } = incarnation
    const during = this.#ctx.currentSmoke()
    this.#state = 'dead'
    this.#failure = explainDeath(this.spec, incarnation, child.exit, this.logTail())
    await child.drained
    this.#failure = { ...this.#failure, log: this.logTail() }
    this.#voice.tellExit(incarnation, { expected: false, failure: this.#failure }, during)
    this.#voice.tellDeath(this.#failure)
    await this.#finish(incarnation)
  }

  /** It runs, but not as it must: it is stopped, so that nobody goes on with it. */
  async #condemn(incarnation: Incarnation, failure: Failure): Promise<void> {
    this.#refuse(failure)
    this.#voice.tellDeath(failure)
    await this.#finish(incarnation)
  }

  async #stopOnce(signal?: NodeJS.Signals): Promise<void> {
    this.#abortStart.abort()
    await this.#starting
    // Gone by itself a moment ago: that is a death, whose exit event is only on its way.
    if (this.#state === 'ready' && this.#current?.isAlive === false) await this.#current.child.exited
    await this.#ending
    if (this.#current) {
      this.#state = 'stopping'
      await this.#finish(this.#current, signal)
    }
    this.#state = 'down'
  }

  /** Ends what is left of the family, and tells so. */
  async #finish(incarnation: Incarnation, signal?: NodeJS.Signals): Promise<void> {
    incarnation.exitExpected = true
    this.#meter.read(LOOK_GOOD_MS)
    const outcome = await incarnation.stop(signal, () => this.#meter.readCpu())
    this.#meter.end()
    if (!incarnation.exitTold && incarnation.child.exit) this.#voice.tellExit(incarnation, { expected: true })
    this.#voice.tellStopped(outcome, this.#meter.total)
    if (outcome.leftovers.length === 0) this.#ctx.guardian.unwatchGroup(incarnation.child.identity)
    this.#current = undefined
    await this.#log.close()
  }
}
