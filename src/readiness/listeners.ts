/**
 * One shared look at the machine's listening sockets. Every waiting daemon asks it every few milliseconds;
 * it asks the system at most that often, and never spends more than a tenth of the time on it.
 */
import { answersFor, type Listener, listListeners } from '../host/sockets.ts'
import { now } from '../kernel/clock.ts'

/** Milliseconds for which a look is good at least. */
const FLOOR_MS = 4
const COST_FACTOR = 10
/** A system that takes longer than this to tell is asked once at the end instead of every few milliseconds. */
const CHEAP_MS = 5

export class ListenerTable {
  readonly #list: () => Listener[] | undefined
  #known: ReadonlyMap<number, readonly Listener[]> | undefined
  #takenAt = Number.NEGATIVE_INFINITY
  #costMs = 0

  constructor(list: () => Listener[] | undefined = listListeners) {
    this.#list = list
  }

  /** Listeners by port, a few milliseconds old at most where looking is cheap; undefined: the system does not tell. */
  recent(): ReadonlyMap<number, readonly Listener[]> | undefined {
    if (now() - this.#takenAt < Math.max(FLOOR_MS, this.#costMs * COST_FACTOR)) return this.#known
    return this.fresh()
  }

  /** Listeners by port, of this very moment. */
  fresh(): ReadonlyMap<number, readonly Listener[]> | undefined {
    const beganAt = now()
    const listeners = this.#list()
    const endedAt = now()
    // A single slow look (a busy machine) must not blind the gate for long: the cost is smoothed.
    this.#costMs = this.#takenAt < 0 ? endedAt - beganAt : (this.#costMs + endedAt - beganAt) / 2
    this.#takenAt = endedAt
    this.#known = listeners === undefined ? undefined : byPort(listeners)
    return this.#known
  }

  /** Does the system tell, and quickly enough to be asked every few milliseconds? */
  get isCheap(): boolean {
    return this.recent() !== undefined && this.#costMs <= CHEAP_MS
  }

  /**
   * Does anything answer a connection to this address? Undefined: not known, so ask by connecting.
   * It says nothing of whose socket that is.
   */
  isListening(host: string, port: number): boolean | undefined {
    if (!this.isCheap) return undefined
    return (this.recent()?.get(port) ?? []).some((listener) => answersFor(listener, host))
  }
}

/** Would a connection to this address reach the listener? */
export function reaches(listener: Listener, host: string, port: number): boolean {
  return listener.port === port && answersFor(listener, host)
}

function byPort(listeners: readonly Listener[]): ReadonlyMap<number, readonly Listener[]> {
  const ports = new Map<number, Listener[]>()
  for (const listener of listeners) {
    const same = ports.get(listener.port)
    if (same) same.push(listener)
    else ports.set(listener.port, [listener])
  }
  return ports
}

/** The table that all daemons of the process share. */
export const listenerTable = new ListenerTable()
