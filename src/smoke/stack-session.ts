/** What one smoke does to the stack, as the tool carries it out: only on daemons it needs, and all up again at the end. */
import type { Failure } from '../kernel/failure.ts'
import { renderFailure } from '../kernel/failure-text.ts'
import type { Result } from '../kernel/result.ts'
import type { Control } from './runtime/messages.ts'
import type { SmokeInfo, StackControls } from './types.ts'

/**
 * For one smoke. `restore` is called once, when the smoke has ended; `failures` is complete after that. Never
 * rejects.
 */
export class StackSession {
  readonly #info: SmokeInfo
  readonly #controls: StackControls
  readonly #stopped = new Set<string>()
  readonly #pending = new Set<Promise<unknown>>()
  /** Failures of daemons that did not come back. */
  readonly failures: Failure[] = []

  constructor(info: SmokeInfo, controls: StackControls) {
    this.#info = info
    this.#controls = controls
  }

  /** Carries out what the smoke asks for; the text says what went wrong. */
  async act(control: Control): Promise<string | undefined> {
    if (!this.#info.needs.includes(control.daemon)) {
      return `${control.daemon} is not in this smoke's needs: [${this.#info.needs.join(', ')}]`
    }
    const work = this.#perform(control)
    this.#pending.add(work)
    const result = await work
    this.#pending.delete(work)
    if (result.ok) {
      if (control.verb === 'stop') this.#stopped.add(control.daemon)
      else this.#stopped.delete(control.daemon)
      return undefined
    }
    this.failures.push(result.error)
    return renderFailure(result.error).headline
  }

  async #perform(control: Control): Promise<Result<void, Failure>> {
    try {
      if (control.verb === 'start') return await this.#controls.start(control.daemon)
      const o = control.signal === undefined ? {} : { signal: control.signal }
      return await this.#controls[control.verb](control.daemon, o)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return { ok: false, error: { tag: 'tool-fault', message } }
    }
  }

  /** Waits for what is under way, and starts again what the smoke has left stopped. Returns those daemons' names. */
  async restore(signal: AbortSignal): Promise<string[]> {
    await Promise.allSettled(this.#pending)
    const left = [...this.#stopped]
    for (const name of left) {
      if (signal.aborted) break
      const result = await this.#perform({ verb: 'start', daemon: name })
      if (!result.ok) this.failures.push(result.error)
    }
    return left
  }
}
