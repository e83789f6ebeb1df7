/** Ends a process family, and knows when it has ended. */
import { setTimeout as delay } from 'node:timers/promises'
import { now } from '../kernel/clock.ts'
import { hasCode } from '../kernel/errno.ts'
import type { Marker } from './marker.ts'
import { type FamilyQuery, isAlive, listFamily, type ProcessInfo } from './process-table.ts'
import { signalProcess } from './signal-process.ts'
import type { Child } from './spawn.ts'

export interface StopOptions {
  readonly child: Child
  /** Must mark this family alone (see `ownerMarker`): every process that carries it is ended. */
  readonly marker: Marker
  /** From the first signal to SIGKILL. */
  readonly graceMs: number
  /** Default SIGTERM. With SIGKILL the whole family is killed at once. */
  readonly firstSignal?: NodeJS.Signals
  /** Kill now (a second Ctrl-C). */
  readonly kill?: AbortSignal
  /** Called while it is ending, every few milliseconds. */
  readonly onWait?: () => void
}

export interface StopOutcome {
  /** `killed`: SIGKILL was sent, because it was asked for or the grace was over. */
  readonly how: 'terminated' | 'killed' | 'already-gone'
  readonly ms: number
  /** What could not be ended: another user's process, or one stuck in the kernel. */
  readonly leftovers: ProcessInfo[]
}

// ps(1) costs a process on macOS; /proc costs microseconds.
const POLL_MS = process.platform === 'darwin' ? 50 : 3
/** When many daemons are stopped at once, they share their first look at the process table. */
const FIRST_LOOK_GOOD_MS = 5
/** SIGKILL works at once unless the process hangs in the kernel. */
const KILL_DEADLINE_MS = 3_000

/**
 * The first signal goes to the group; when the leader is gone, it goes to those of its family that have not had it
 * (a daemon may want to end its helpers itself). After `graceMs` everything left gets SIGKILL. Resolves when the whole
 * family is gone, not only its leader, or when SIGKILL has not helped for 3 s. Never throws.
 */
export async function stopFamily(o: StopOptions): Promise<StopOutcome> {
  const start = now()
  const stop = new FamilyStop(o)
  const how = await stop.run()
  if (how !== 'already-gone') await o.child.drained
  o.child.closeOutput()
  return { how, ms: now() - start, leftovers: stop.remaining }
}

class FamilyStop {
  remaining: ProcessInfo[] = []
  readonly #o: StopOptions
  readonly #query: FamilyQuery
  readonly #told = new Set<string>()

  constructor(o: StopOptions) {
    this.#o = o
    const { pid, startTime } = o.child.identity
    this.#query = { pid, sid: pid, startTime, marker: o.marker }
  }

  async run(): Promise<StopOutcome['how']> {
    const { child, graceMs, firstSignal = 'SIGTERM', kill } = this.#o
    this.#lookQuickly()
    if (this.remaining.length === 0) this.#look()
    if (this.remaining.length === 0) return 'already-gone'
    if (firstSignal !== 'SIGKILL' && !kill?.aborted) {
      child.signalGroup(firstSignal)
      for (const member of this.remaining) if (member.pgid === child.pid) this.#told.add(keyOf(member))
      const deadline = now() + graceMs
      while (!kill?.aborted && now() < deadline) {
        await this.#pause(deadline - now())
        this.#o.onWait?.()
        if (this.#isGone()) return 'terminated'
        if (child.exit) this.#tellOthers(firstSignal)
      }
    }
    await this.#killAll()
    return 'killed'
  }

  async #killAll(): Promise<void> {
    const deadline = now() + KILL_DEADLINE_MS
    do {
      this.#o.child.signalGroup('SIGKILL')
      // A family that goes on forking is looked up anew each time.
      this.#look()
      for (const member of this.remaining) signalProcess(member, 'SIGKILL')
      await delay(POLL_MS)
      if (this.#isGone()) return
    } while (now() < deadline)
  }

  /** Cheap while anything known is alive; only the answer "gone" is worth a full look. */
  #isGone(): boolean {
    if (this.remaining.some(isAlive)) return false
    this.#look()
    return this.remaining.length === 0
  }

  /** The leader is gone: the rest has nobody left who would end it. */
  #tellOthers(signal: NodeJS.Signals): void {
    for (const member of this.remaining) {
      if (this.#told.has(keyOf(member))) continue
      this.#told.add(keyOf(member))
      signalProcess(member, signal)
    }
  }

  /** Who gets the first signal. Those who have left the group need not be known before the leader is gone. */
  #lookQuickly(): void {
    const { pid, startTime } = this.#o.child.identity
    const age = Math.min(FIRST_LOOK_GOOD_MS, now() - this.#o.child.spawnedAt)
    this.remaining = listFamily({ pid, sid: pid, startTime }, age).filter((one) => one.pid !== process.pid)
  }

  /** Whoever was family once and still lives stays family, even when its links to the others are gone. */
  #look(): void {
    const found = new Map(listFamily(this.#query).map((member) => [keyOf(member), member]))
    for (const member of this.remaining) if (isAlive(member)) found.set(keyOf(member), member)
    this.remaining = [...found.values()].filter((member) => member.pid !== process.pid)
  }

  /** Until something may have changed: a moment, the leader's exit, or the order to kill. */
  async #pause(mostMs: number): Promise<void> {
    const { child, kill } = this.#o
    const pause = new AbortController()
    const wake = (): void => pause.abort()
    kill?.addEventListener('abort', wake, { once: true })
    if (!child.exit) void child.exited.then(wake)
    try {
      await delay(Math.max(0, Math.min(POLL_MS, mostMs)), undefined, { signal: pause.signal })
    } catch (error) {
      if (!hasCode(error, 'ABORT_ERR')) throw error
    } finally {
      kill?.removeEventListener('abort', wake)
    }
  }
}

function keyOf(id: { readonly pid: number; readonly startTime: string }): string {
  return `${id.pid}-${id.startTime}`
}
