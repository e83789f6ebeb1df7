/** Keeps one daemon up: answers its ends by its restart policy, and what people and chains ask of it. */
import type { Daemon } from '../daemon/daemon.ts'
import { now } from '../kernel/clock.ts'
import type { Emit } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { ok, type Result } from '../kernel/result.ts'
import { RestartRecord } from './restart-policy.ts'

/** As the daemon's own states; `waiting` for its restart; `abandoned`: no restart has lasted. */
export type KeptState = Daemon['state'] | 'waiting' | 'abandoned'

/**
 * Answers no end before `watch`: the first start is the boot's. Whoever asks for something ends the restart that is
 * due.
 */
export class Keeper {
  readonly daemon: Daemon
  readonly #emit: Emit
  readonly #stop: AbortSignal
  /** Restarts that nobody asked for, since the stack is up. */
  restarts = 0
  readonly #record: RestartRecord
  #timer: NodeJS.Timeout | undefined
  #abandoned = false
  /** Its ends are answered. */
  #watching = false
  /** Stopped by a chain, on purpose. */
  #held = false
  /** Counts what was begun with it: what is overtaken by a newer turn has nothing to say any more. */
  #turn = 0

  /** @param stop fires when the stack goes down: from then on nothing is started. */
  constructor(daemon: Daemon, emit: Emit, stop: AbortSignal) {
    this.daemon = daemon
    this.#record = new RestartRecord(daemon.spec.restart)
    this.#emit = emit
    this.#stop = stop
    daemon.onDeath(() => this.#answerEnd())
    stop.addEventListener('abort', () => this.#calm(), { once: true })
  }

  get state(): KeptState {
    if (this.#timer !== undefined) return 'waiting'
    return this.#abandoned ? 'abandoned' : this.daemon.state
  }

  /** The daemon is ready: from now on its ends are answered. */
  watch(): void {
    this.#record.noteReady(now())
    this.#watching = true
  }

  /** What a person asks for: counts from one again. */
  async restart(o: { readonly signal?: NodeJS.Signals } = {}): Promise<Result<void, Failure>> {
    this.#calm()
    this.#record.reset()
    this.#held = false
    this.#watching = true
    return await this.#begin(this.daemon.restart(o, this.#stop))
  }

  /** On purpose: nothing restarts it until somebody asks for it. Never an error. */
  async stop(o: { readonly signal?: NodeJS.Signals } = {}): Promise<Result<void, Failure>> {
    this.#calm()
    this.#held = true
    await this.daemon.stop(o)
    return ok(undefined)
  }

  /** From now on its ends are answered; that of a start that fails, too. */
  async start(): Promise<Result<void, Failure>> {
    this.#calm()
    this.#held = false
    this.#watching = true
    return await this.#begin(this.daemon.start(this.#stop))
  }

  async #begin(starting: Promise<Result<void, Failure>>): Promise<Result<void, Failure>> {
    const turn = this.#turn
    const result = await starting
    if (turn !== this.#turn) return result
    if (result.ok) this.#record.noteReady(now())
    else this.#answerEnd()
    return result
  }

  #answerEnd(): void {
    if (!this.#watching || this.#held || this.#stop.aborted || this.#timer !== undefined) return
    const { name, restart: policy } = this.daemon.spec
    const step = this.#record.noteEnd(now())
    if (step.what === 'leave') return
    if (step.what === 'give-up') {
      this.#abandoned = true
      this.#emit({ type: 'daemon.abandoned', daemon: name, attempts: step.attempts })
      return
    }
    const { attempt, afterMs } = step
    this.#emit({ type: 'daemon.restarting', daemon: name, attempt, limit: policy?.limit ?? 0, afterMs })
    this.#timer = setTimeout(() => void this.#restartNow(), afterMs)
  }

  /** Rejects only for a bug, which is to surface as one. */
  async #restartNow(): Promise<void> {
    this.#timer = undefined
    this.restarts += 1
    await this.#begin(this.daemon.start(this.#stop))
  }

  /** A new turn: no restart is due. */
  #calm(): void {
    this.#turn += 1
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#abandoned = false
  }
}
