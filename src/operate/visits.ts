/**
 * A chain that looks at the stack (`verify --attach`): what it is told, and what it may do to daemons. One at a time:
 * two chains that restart daemons would fail each other's smokes. Whatever it leaves stopped is started again.
 */
import type { LineChannel } from '../host/line-socket.ts'
import type { Failure } from '../kernel/failure.ts'
import type { Result } from '../kernel/result.ts'
import type { Ask, AttachedDaemon, Attachment, Refusal } from './protocol.ts'
import type { Supervisor } from './supervisor.ts'

export interface ChainVisit {
  readonly attachment: Attachment
  /** Rejects for a daemon that is not in the stack. */
  control(ask: Extract<Ask, { op: 'control' }>): Promise<Result<void, Failure>>
}

/** A second chain is refused while one is attached. A visit ends with its channel, however that ends. */
export class Visits {
  readonly #supervisor: Supervisor
  readonly #logPathOf: (daemon: string) => string
  #current: LineChannel | undefined

  constructor(supervisor: Supervisor, logPathOf: (daemon: string) => string) {
    this.#supervisor = supervisor
    this.#logPathOf = logPathOf
  }

  open(channel: LineChannel): ChainVisit | Refusal {
    if (this.#current) return { message: 'another chain is attached to this stack: wait for its end' }
    this.#current = channel
    const stopped = new Set<string>()
    void channel.closed.then(() => {
      this.#current = undefined
      for (const name of stopped) void this.#supervisor.keepers.get(name)?.start()
    })
    return { attachment: this.#describe(), control: (ask) => this.#control(ask, stopped) }
  }

  async #control(
    { verb, daemon, signal }: Extract<Ask, { op: 'control' }>,
    stopped: Set<string>,
  ): Promise<Result<void, Failure>> {
    const keeper = this.#supervisor.keepers.get(daemon)
    if (!keeper) throw new Error(`no daemon "${daemon}" in this stack`)
    const o = signal === undefined ? {} : { signal }
    // Stopped until it is started: also when the chain goes away in the middle.
    if (verb !== 'start') stopped.add(daemon)
    if (verb === 'stop') return await keeper.stop(o)
    const result = verb === 'start' ? await keeper.start() : await keeper.restart(o)
    if (result.ok) stopped.delete(daemon)
    return result
  }

  #describe(): Attachment {
    const { resolved, ground, keepers } = this.#supervisor
    const { configText, secrets } = resolved
    return {
      run: ground.id,
      ...(configText === undefined ? {} : { configText }),
      secrets,
      daemons: [...keepers.values()].map(({ daemon, state }): AttachedDaemon => {
        const { pid, spec } = daemon
        const failure = daemon.state === 'ready' ? undefined : daemon.checkStillOurs()
        return {
          spec,
          state,
          ...(pid === undefined ? {} : { pid, incarnation: daemon.incarnation }),
          ...(failure === undefined ? {} : { failure }),
          log: this.#logPathOf(daemon.name),
        }
      }),
    }
  }
}
