/** Keeps one daemon up: answers its ends by its restart policy, and what people and chains ask of it. */
import type { Daemon } from '../daemon/daemon.ts'
import { now } from '../kernel/clock.ts'
import type { Emit } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { ok, type Result } from '../kernel/result.ts'
import { decideRestart, RECOVERED_MS } from './restart-policy.ts'

/** As the daemon's own states; `waiting` for its restart; `abandoned`: no restart has lasted. */
export type KeptState = Daemon['state'] | 'waiting' | 'abandoned'

export class Keeper {
  readonly daemon: Daemon
  readonly #emit: Emit
  readonly #stop: AbortSignal
  /** Restarts that nobody asked for, since the stack is up. */
  restarts = 0
  /** In a row. */
  #attempts = 0
  #readySince: number | undefined
  #timer: NodeJS.Timeout | undefined
  #abandoned = false
  /** Its ends are answered. */
  #watching = false
  /** Stopped by a chain, on purpose. */
  #held = false

  /** @param stop fires when the stack goes down: from then on nothing is started. */
  constructor(daemon: Daemon, emit: Emit, stop: AbortSignal) {
    this.daemon = daemon
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
    this.#readySince = now()
    this.#watching = true
  }

  /** What a person asks for: counts from one again. */
  async restart(o: { readonly signal?: NodeJS.Signals } = {}): Promise<Result<void, Failure>> {
    this.#calm()
    this.#attempts = 0
    this.#held = false
    this.#watching = true
    const result = await this.daemon.restart(o, this.#stop)
    this.#noteStart(result)
    return result
  }

  async stop(o: { readonly signal?: NodeJS.Signals } = {}): Promise<Result<void, Failure>> {
    this.#calm()
    this.#held = true
    await this.daemon.stop(o)
    return ok(undefined)
  }

  async start(): Promise<Result<void, Failure>> {
    this.#calm()
    this.#held = false
    this.#watching = true
    const result = await this.daemon.start(this.#stop)
    this.#noteStart(result)
    return result
  }

  #noteStart(result: Result<void, Failure>): void {
    if (result.ok) this.#readySince = now()
    else this.#answerEnd()
  }

  #answerEnd(): void {
    if (!this.#watching || this.#held || this.#stop.aborted || this.#timer !== undefined) return
    if (this.#readySince !== undefined && now() - this.#readySince >= RECOVERED_MS) this.#attempts = 0
    this.#readySince = undefined
    const { name, restart: policy } = this.daemon.spec
    const step = decideRestart(policy, this.#attempts)
    if (step.what === 'leave') return
    if (step.what === 'give-up') {
      this.#abandoned = true
      this.#emit({ type: 'daemon.abandoned', daemon: name, attempts: step.attempts })
      return
    }
    this.#attempts = step.attempt
    const { attempt, afterMs } = step
    this.#emit({ type: 'daemon.restarting', daemon: name, attempt, limit: policy?.limit ?? 0, afterMs })
    this.#timer = setTimeout(() => void this.#restartNow(), afterMs)
  }

  /** Rejects only for a bug, which is to surface as one. */
  async #restartNow(): Promise<void> {
    this.#timer = undefined
    this.restarts += 1
    this.#noteStart(await this.daemon.start(this.#stop))
  }

  #calm(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#abandoned = false
  }
}
