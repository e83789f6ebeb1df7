/** What happens to a daemon, told as events and to those who asked to hear of its death. */
import type { StopOutcome } from '../host/stop.ts'
import type { Usage } from '../host/usage.ts'
import { now } from '../kernel/clock.ts'
import type { Failure } from '../kernel/failure.ts'
import type { Resources } from '../kernel/resources.ts'
import type { DaemonContext } from './context.ts'
import type { Incarnation } from './incarnation.ts'
import type { ReadyEnd } from './ready-race.ts'

/**
 * Only tells; whether there is something to tell is its caller's to know. Who listens for deaths, does so over all
 * incarnations.
 */
export class DaemonVoice {
  readonly #daemon: string
  readonly #ctx: DaemonContext
  readonly #deathListeners = new Set<(failure: Failure) => void>()

  constructor(daemon: string, ctx: DaemonContext) {
    this.#daemon = daemon
    this.#ctx = ctx
  }

  /** Returns what ends it. */
  onDeath(fn: (failure: Failure) => void): () => void {
    this.#deathListeners.add(fn)
    return () => void this.#deathListeners.delete(fn)
  }

  tellReady({ number, child }: Incarnation, { ownership, attempts }: ReadyEnd & { how: 'ready' }): void {
    const ms = now() - child.spawnedAt
    const daemon = this.#daemon
    this.#ctx.emit({ type: 'daemon.ready', daemon, incarnation: number, ms, ownership, attempts })
  }

  tellFailed(failure: Failure): void {
    this.#ctx.emit({ type: 'daemon.failed', daemon: this.#daemon, failure })
  }

  /** @param resources used so far. */
  tellSample({ cpuPercent, rssBytes, processes }: Usage, resources: Resources): void {
    const daemon = this.#daemon
    this.#ctx.emit({ type: 'daemon.sampled', daemon, cpuPercent, rssBytes, processes, resources })
  }

  /** @param during the smoke that was running when it ended. */
  tellExit(
    incarnation: Incarnation,
    how: { readonly expected: boolean; readonly failure?: Failure },
    during = this.#ctx.currentSmoke(),
  ): void {
    incarnation.exitTold = true
    const { code = null, signal = null } = incarnation.child.exit ?? {}
    const { number } = incarnation
    const daemon = this.#daemon
    this.#ctx.emit({ type: 'daemon.exited', daemon, incarnation: number, code, signal, during, ...how })
  }

  /** @param resources used over all incarnations. */
  tellStopped({ how, ms }: StopOutcome, resources: Resources): void {
    this.#ctx.emit({ type: 'daemon.stopped', daemon: this.#daemon, ms, how, resources })
  }

  /** To those who listen for it; the event is told apart. */
  tellDeath(failure: Failure): void {
    for (const listener of this.#deathListeners) listener(failure)
  }
}
