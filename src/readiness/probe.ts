/** What a readiness kind is: one attempt at a time, told by `pollUntil` when to try and how long. */
import type { LogFile } from '../host/log-file.ts'
import type { Marker } from '../host/marker.ts'
import type { Child } from '../host/spawn.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'

export interface ProbeAnswer {
  readonly ok: boolean
  /** What came back, in a few words, e.g. `answered 503, expected 200`. Bounded; may hold text of the daemon. */
  readonly saw: string
  /** It will never hold (a missing package, a target that cannot be asked): the wait ends at once. */
  readonly fatal?: boolean
}

export interface Probe {
  readonly kind: string
  /**
   * A condition so cheap that it is asked every few milliseconds before each attempt: what is lacking, or
   * undefined when an attempt is worth making.
   */
  gate?(): string | undefined
  /**
   * Hands over the process, once, right after it was spawned. A probe is made before the spawn, so that
   * what it sees later can be told from what was there already.
   */
  attach?(child: Child): void
  /**
   * One attempt. Settles soon after `signal` fires; `timeoutMs` is how long it will be waited for.
   * Never rejects for anything a daemon can do.
   */
  attempt(signal: AbortSignal, timeoutMs: number): Promise<ProbeAnswer>
  /** An attempt waits for the event by itself, so a failed one is followed by the next at once. */
  readonly waits?: boolean
  /** Longest pause between two attempts, in milliseconds, where an attempt is dear. */
  readonly maxPauseMs?: number
  /** Releases what the probe holds; called once, also when it never held. */
  dispose?(): void
}

/** What a probe may know of the daemon it asks about. */
export interface ProbeContext {
  readonly daemon: ResolvedDaemon
  readonly log: LogFile
  /** The environment the daemon gets. */
  readonly env: Readonly<Record<string, string>>
  /** The run's marker; what a probe spawns carries it. */
  readonly marker: Marker
}
