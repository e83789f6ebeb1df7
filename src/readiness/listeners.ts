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

type Ports = ReadonlyMap<number, readonly Listener[]>

/** A part of the table, kept as long as its cost demands. */
class Half {
  readonly #read: () => Listener[] | undefined
  #costs: readonly number[] = []
  #takenAt = Number.NEGATIVE_INFINITY
  known: readonly Listener[] | undefined

  constructor(read: () => Listener[] | undefined) {
    this.#read = read
  }

  /** The least of the last few: on a busy machine, the others tell of waiting for a processor. */
  get costMs(): number {
    return Math.min(...this.#costs, Number.MAX_VALUE)
  }

  get isDear(): boolean {
    return this.#costs.length >= COSTS_NEEDED && this.costMs > CHEAP_MS
  }

  /** @returns whether it was read anew, because it had begun to be read before the moment. */
  refreshWhenBefore(moment: number): boolean {
    if (this.#takenAt >= moment) return false
    this.#refresh()
    return true
  }

  /** @returns whether it was read anew. */
  refreshWhenOld(): boolean {
    return this.refreshWhenBefore(now() - Math.max(FLOOR_MS, this.costMs * COST_FACTOR))
  }

  #refresh(): void {
    this.#takenAt = now()
    this.known = this.#read()
    this.#costs = [...this.#costs.slice(1 - COSTS_KEPT), now() - this.#takenAt]
  }
}

export class ListenerTable {
  readonly #quick: Half
  readonly #slow: Half
  #ports: Ports | undefined

  constructor(table: { quick(): Listener[] | undefined; slow(): Listener[] | undefined } = listenTable) {
    this.#quick = new Half(() => table.quick())
    this.#slow = new Half(() => table.slow())
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
