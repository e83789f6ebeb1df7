/** A stack that is up: boots it with the checks of a chain, keeps its daemons up, and takes it down again. */

import { bootDaemons } from '../chain/boot.ts'
import { stopOn } from '../chain/end-ground.ts'
import { createOwnSockets } from '../chain/own-sockets.ts'
import type { Ground, NoGround } from '../chain/prepare.ts'
import { stopDaemons } from '../chain/stop.ts'
import { Daemon } from '../daemon/daemon.ts'
import { now } from '../kernel/clock.ts'
import type { Emit, Event } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { ok, type Result } from '../kernel/result.ts'
import type { ResolvedDaemon, ResolvedStack } from '../stack/resolve.ts'
import type { Stack } from '../stack/types.ts'
import { Keeper } from './keeper.ts'
import type { Owner } from './owner-lease.ts'
import { createStatusBook, describeStack, type StackStatus } from './status.ts'

/** CPU and memory: often enough for a limit on memory, seldom enough for a stack that is up for weeks. */
const SAMPLE_EVERY_MS = 2_000

export interface SupervisorOptions {
  readonly stack: Stack
  readonly owner: Owner
  readonly ground: Ground
  /** Takes `<daemon>.log`. */
  readonly logsDir: string
  readonly emit: Emit
}

/** What became of a changed file: names of daemons. */
export interface Reloaded {
  readonly started: readonly string[]
  /** Written differently now, or no longer in the file; they run on as they were. */
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  readonly failures: readonly Failure[]
}

export interface StopReport {
  readonly stopped: readonly string[]
  readonly leaks: readonly Failure[]
}

/**
 * Nothing runs before `boot`. `stop` comes after it whatever it gave, and gives the ground's ports and folder back;
 * the guardian is its owner's to close. `note` must be given every event that it emits.
 */
export class Supervisor {
  readonly keepers = new Map<string, Keeper>()
  /** Resolves when the boot is over: did it come up? */
  readonly booted: Promise<boolean>
  readonly #booted = Promise.withResolvers<boolean>()
  readonly #o: SupervisorOptions
  readonly #sockets = createOwnSockets()
  readonly #book = createStatusBook()
  readonly #halt = new AbortController()
  #resolved: ResolvedStack
  #phase: 'starting' | 'up' | 'stopping' = 'starting'
  #changing: Promise<unknown> = Promise.resolve()

  constructor(o: SupervisorOptions) {
    this.#o = o
    this.booted = this.#booted.promise
    this.#resolved = o.ground.resolved
    for (const spec of this.#resolved.daemons.values()) this.#add(spec)
  }

  /** The stack as it runs, placeholders filled in. */
  get resolved(): ResolvedStack {
    return this.#resolved
  }

  get ground(): Ground {
    return this.#o.ground
  }

  /** Hears every event. */
  note(event: Event): void {
    this.#sockets.note(event)
    this.#book.note(event)
  }

  /** At this moment: looks at the sockets of every daemon that is ready. */
  status(): StackStatus {
    const { stack, owner } = this.#o
    const daemons = [...this.keepers.values()].map((keeper) => this.#book.describe(keeper))
    return describeStack({ stack: stack.name, file: stack.file, owner, phase: this.#phase }, daemons)
  }

  /** Boots all of it. False: it did not come up, or the signal has fired; `stop` is then to be called. */
  boot(signal: AbortSignal): Promise<boolean> {
    const done = this.#bootAll(signal)
    // A bug in it surfaces where the boot was asked for.
    done.then(this.#booted.resolve, () => this.#booted.resolve(false))
    this.#changing = this.booted
    return done
  }

  async #bootAll(signal: AbortSignal): Promise<boolean> {
    if (!(await this.#bootThese([...this.keepers.keys()], signal))) return false
    this.#phase = 'up'
    for (const keeper of this.keepers.values()) keeper.watch()
    return true
  }

  /**
   * Starts the daemons that the file has now and had not before. One such change after the other, the boot first.
   * Undefined: the stack is going down.
   */
  reload(stack: Stack): Promise<Result<Reloaded, NoGround> | undefined> {
    const done = this.#changing.then(() => (this.#phase === 'up' ? this.#reloadNow(stack) : undefined))
    this.#changing = done.catch(() => undefined)
    return done
  }

  /** Stops everything, in the order of needs, and looks for what is left. `kill` ends the daemons' grace. */
  async stop(kill: AbortSignal): Promise<StopReport> {
    const { emit, ground } = this.#o
    this.#phase = 'stopping'
    this.#halt.abort()
    const daemons = this.#daemons()
    const stopped = [...daemons.values()].filter((daemon) => daemon.pid !== undefined).map(({ name }) => name)
    const leaks = await stopOn(ground, emit, async () => {
      await stopDaemons(daemons, kill)
      return this.#sockets.list([...daemons.values()].map((daemon) => daemon.spec))
    })
    return { stopped, leaks }
  }

  #daemons(): Map<string, Daemon> {
    return new Map([...this.keepers].map(([name, keeper]) => [name, keeper.daemon]))
  }

  #add(spec: ResolvedDaemon): void {
    const { ground, logsDir, emit } = this.#o
    const daemon = new Daemon(spec, {
      run: { id: ground.id, marker: ground.marker, logsDir },
      guardian: ground.guardian,
      belongings: ground.belongings,
      emit,
      currentSmoke: () => null,
      secrets: this.#resolved.secrets,
      sampleEveryMs: SAMPLE_EVERY_MS,
    })
    this.keepers.set(spec.name, new Keeper(daemon, emit, this.#halt.signal))
  }

  async #bootThese(names: readonly string[], signal: AbortSignal): Promise<boolean> {
    const { emit } = this.#o
    const startedAt = now()
    emit({ type: 'boot.started', daemons: names })
    const wanted = new Map([...this.#daemons()].filter(([name]) => names.includes(name)))
    const needsOf = (name: string) => wanted.get(name)?.spec.needs ?? []
    const boot = await bootDaemons(wanted, needsOf, signal)
    emit({ type: 'boot.finished', ok: boot.ok, ms: now() - startedAt })
    return boot.ok && !signal.aborted
  }

  async #reloadNow(stack: Stack): Promise<Result<Reloaded, NoGround>> {
    const before = this.#resolved
    const resolved = await this.#o.ground.resolveAgain(stack)
    if (!resolved.ok) return resolved
    const now = resolved.value
    const added = [...now.daemons.values()].filter((spec) => !this.keepers.has(spec.name))
    const changed = [...now.daemons.values()].filter((spec) => differs(before.daemons.get(spec.name), spec))
    const removed = [...before.daemons.keys()].filter((name) => !now.daemons.has(name))
    const kept = [...removed, ...changed.map((spec) => spec.name)]
    const running = kept.flatMap((name) => before.daemons.get(name) ?? [])
    const daemons = new Map([...now.daemons, ...running.map((spec) => [spec.name, spec] as const)])
    this.#resolved = { ...now, daemons }
    for (const spec of added) this.#add(spec)
    const started = added.map((spec) => spec.name)
    if (added.length > 0) await this.#bootThese(started, this.#halt.signal)
    const failures: Failure[] = []
    for (const name of started) {
      const keeper = this.keepers.get(name)
      if (keeper?.daemon.state === 'ready') keeper.watch()
      else {
        const failure = keeper?.daemon.checkStillOurs()
        if (failure) failures.push(failure)
        // As if it had never been in the file: the next `up` tries it again.
        await keeper?.daemon.stop()
        this.keepers.delete(name)
        daemons.delete(name)
      }
    }
    return ok({
      started: started.filter((name) => this.keepers.has(name)),
      changed: changed.map((spec) => spec.name),
      removed,
      failures,
    })
  }
}

/** Whether a running daemon is written differently now. */
function differs(before: ResolvedDaemon | undefined, after: ResolvedDaemon): boolean {
  // Which files are watched is none of a running daemon's business.
  const written = (spec: ResolvedDaemon): string => JSON.stringify({ ...spec, watch: [] })
  return before !== undefined && written(before) !== written(after)
}
