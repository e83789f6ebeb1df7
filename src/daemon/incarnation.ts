/** One process of a daemon, from its spawn until its whole family is gone. */
import type { Belongings } from '../host/belongings.ts'
import type { Marker } from '../host/marker.ts'
import { isAlive } from '../host/process-table.ts'
import { formatAddress } from '../host/sockets.ts'
import type { Child } from '../host/spawn.ts'
import { type StopOutcome, stopFamily } from '../host/stop.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import { SocketOwnership } from './ownership.ts'
import type { ProbeSet } from './probes.ts'

export interface IncarnationParts {
  readonly number: number
  readonly spec: ResolvedDaemon
  readonly child: Child
  /** Carried by its family alone. */
  readonly marker: Marker
  readonly probes: ProbeSet
  /** Sockets that listened before it was spawned. */
  readonly before: ReadonlySet<string>
  readonly belongings: Belongings
}

/**
 * Whoever has it calls `stop`, also when the process has ended by itself: its family may outlive it, and the probes
 * hold on to things until then.
 */
export class Incarnation {
  readonly number: number
  readonly child: Child
  readonly probes: ProbeSet
  readonly sockets: SocketOwnership
  /** We have asked it to end. */
  exitExpected = false
  /** `daemon.exited` has been emitted. */
  exitTold = false
  readonly #spec: ResolvedDaemon
  readonly #marker: Marker
  readonly #belongings: Belongings
  readonly #watched = new AbortController()
  readonly #kill = new AbortController()

  constructor({ number, spec, child, marker, probes, before, belongings }: IncarnationParts) {
    this.number = number
    this.child = child
    this.probes = probes
    this.#spec = spec
    this.#marker = marker
    this.#belongings = belongings
    const { pid, startTime } = child.identity
    const from = { owner: spec.name, since: startTime }
    for (const { inode } of child.outputs()) belongings.add({ ...from, inode })
    this.sockets = new SocketOwnership(spec, { pid, sid: pid, startTime, marker }, before, {
      onOwn: ({ inode, host, port }) =>
        belongings.add({ ...from, inode, address: formatAddress(host, port) }),
    })
  }

  /** Fires when it is no longer to be watched. */
  get watched(): AbortSignal {
    return this.#watched.signal
  }

  /** Its process alone, by a look at the process table: false perhaps before its exit is told. */
  get isAlive(): boolean {
    return this.child.exit === undefined && isAlive(this.child.identity)
  }

  /** Ends the family, or what is left of it. Never throws. `onWait` is called again and again meanwhile. */
  async stop(firstSignal: NodeJS.Signals = 'SIGTERM', onWait?: () => void): Promise<StopOutcome> {
    this.#watched.abort()
    try {
      return await stopFamily({
        child: this.child,
        marker: this.#marker,
        graceMs: this.#spec.stopGraceMs,
        firstSignal,
        kill: this.#kill.signal,
        ...(onWait && { onWait }),
      })
    } finally {
      this.probes.dispose()
      for (const { inode, open } of this.child.outputs()) if (!open) this.#belongings.drop(inode)
    }
  }

  /** No more grace, for a stop under way or to come. */
  kill(): void {
    this.#kill.abort()
  }
}
