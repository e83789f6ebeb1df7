/**
 * One shared look at the machine's listening sockets. Every waiting daemon asks it every few milliseconds;
 * it asks the system at most that often, and never spends more than about a tenth of the time on it.
 */
import { listenTable } from '../host/listen-table.ts'
import { answersFor, type Listener } from '../host/sockets.ts'
import { now } from '../kernel/clock.ts'

/** Milliseconds for which a look is good at least. */
const FLOOR_MS = 2
const COST_FACTOR = 10
/** A system that takes longer than this to tell is asked once at the end instead of again and again. */
const CHEAP_MS = 10
/** The first looks are slow everywhere: so many must be dear before the system counts as such. */
const COSTS_NEEDED = 3
const COSTS_KEPT = 8

/** A count that has not changed is believed for this long: one socket may have come as another went. */
const UNCHANGED_MS = 1_000

type Ports = ReadonlyMap<number, readonly Listener[]>

export interface TableSource {
  quick(): Listener[] | undefined
  slow(): Listener[] | undefined
  slowVersion?(): string | undefined
}

/** A part of the table, kept as long as its cost demands. */
class Half {
  readonly #read: () => Listener[] | undefined
  readonly #version: () => string | undefined
  #costs: readonly number[] = []
  #readAt = Number.NEGATIVE_INFINITY
  /** It is known to have been so at this moment. */
  #goodAt = Number.NEGATIVE_INFINITY
  #knownVersion: string | undefined
  known: readonly Listener[] | undefined

  constructor(read: () => Listener[] | undefined, version: () => string | undefined = () => undefined) {
    this.#read = read
    this.#version = version
  }

  get isDear(): boolean {
    return this.#costs.length >= COSTS_NEEDED && this.#costMs > CHEAP_MS
  }

  /** @returns whether it was read anew, because what is known is from before the moment. */
  refreshWhenBefore(moment: number): boolean {
    if (this.#goodAt >= moment || this.#isUnchanged()) return false
    this.refresh()
    return true
  }

  /** @returns whether it was read anew, because what is known is old, for what a look costs. */
  refreshWhenOld(): boolean {
    const at = now()
    if (at - this.#goodAt < FLOOR_MS || at - this.#readAt < this.#costMs * COST_FACTOR) return false
    return this.refreshWhenBefore(at)
  }

  /** The least of the last few: on a busy machine, the others tell of waiting for a processor. */
  get #costMs(): number {
    return this.#costs.length === 0 ? 0 : Math.min(...this.#costs)
  }

  #isUnchanged(): boolean {
    const at = now()
    const version = this.#version()
    if (version === undefined || version !== this.#knownVersion || at - this.#readAt > UNCHANGED_MS)
      return false
    this.#goodAt = at
    return true
  }

  refresh(): void {
    this.#readAt = now()
    this.#goodAt = this.#readAt
    this.#knownVersion = this.#version()
    this.known = this.#read()
    this.#costs = [...this.#costs.slice(1 - COSTS_KEPT), now() - this.#readAt]
  }
}

/**
 * Looks only when it is asked: no timer, nothing to close. `recent` is for those who wait and ask again, `fresh` for
 * who must be sure.
 */
export class ListenerTable {
  readonly #quick: Half
  readonly #slow: Half
  #ports: Ports | undefined

  constructor(table: TableSource = listenTable) {
    this.#quick = new Half(() => table.quick())
    this.#slow = new Half(
      () => table.slow(),
      () => table.slowVersion?.(),
    )
  }

  /** Listeners by port, as old as looking is dear; undefined: the system does not tell. */
  recent(): Ports | undefined {
    const quick = this.#quick.refreshWhenOld()
    const slow = this.#slow.refreshWhenOld()
    return quick || slow ? this.#join() : this.#ports
  }

  /** Listeners by port, looked up at the given `now()` or later; without it, at this very moment. */
  fresh(since = now()): Ports | undefined {
    const quick = this.#quick.refreshWhenBefore(since)
    const slow = this.#slow.refreshWhenBefore(since)
    return quick || slow ? this.#join() : this.#ports
  }

  /** Listeners by port, all of them read at this very moment: not even a count of sockets is believed. Dear. */
  exact(): Ports | undefined {
    this.#quick.refresh()
    this.#slow.refresh()
    return this.#join()
  }

  /** Does the system tell, and quickly enough to be asked again and again? */
  get isCheap(): boolean {
    return this.recent() !== undefined && !this.#quick.isDear && !this.#slow.isDear
  }

  /**
   * Does anything answer a connection to this address? Undefined: not known, so ask by connecting.
   * It says nothing of whose socket that is.
   */
  isListening(host: string, port: number): boolean | undefined {
    if (!this.isCheap) return undefined
    return (this.recent()?.get(port) ?? []).some((listener) => answersFor(listener, host))
  }

  #join(): Ports | undefined {
    const quick = this.#quick.known
    const slow = this.#slow.known
    this.#ports = quick && slow && Map.groupBy([...quick, ...slow], (listener) => listener.port)
    return this.#ports
  }
}

/** Would a connection to this address reach the listener? */
export function reaches(listener: Listener, host: string, port: number): boolean {
  return listener.port === port && answersFor(listener, host)
}

/** The table that all daemons of the process share. */
export const listenerTable = new ListenerTable()
