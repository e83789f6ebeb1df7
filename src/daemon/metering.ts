/** What a daemon uses while one smoke runs, and its budgets held against that at both ends. */
import type { UseMeter } from '../host/use-meter.ts'
import type { Failure } from '../kernel/failure.ts'
import type { Limits, Use } from '../kernel/resources.ts'
import { findHoldingTooMuch, findUsedTooMuch } from './limits.ts'

/** The end of one smoke is the beginning of the next. */
export const LOOK_GOOD_MS = 20

export interface Metered {
  readonly spec: Limits & { readonly name: string }
  readonly meter: Pick<UseMeter, 'read' | 'mark' | 'last' | 'stretch'>
  /** Milliseconds since its process was spawned; undefined while there is none. */
  upMs(): number | undefined
  /** It holds more than its budget: it is not to be gone on with. */
  onExcess(failure: Failure): void
}

/**
 * `begin` and `end` take turns, once a smoke. Both tell through `onExcess` when too much is held at that moment; what
 * was used over the smoke and was too much comes back from `end`.
 */
export class Metering {
  readonly #o: Metered

  constructor(o: Metered) {
    this.#o = o
  }

  /** From now on it is counted, for a smoke that begins. A budget that is exceeded already has been so before. */
  begin(): void {
    const { meter } = this.#o
    meter.read(LOOK_GOOD_MS)
    this.#checkHoldings()
    meter.mark()
  }

  /** The smoke has ended. */
  end(smoke: string): Use {
    const { meter, spec } = this.#o
    meter.read()
    this.#checkHoldings()
    const resources = meter.stretch
    meter.mark()
    const excess = findUsedTooMuch(spec, resources, smoke)
    return { resources, ...(excess && { excess }) }
  }

  #checkHoldings(): void {
    const { last } = this.#o.meter
    const upMs = this.#o.upMs()
    if (!last || upMs === undefined) return
    const failure = findHoldingTooMuch(this.#o.spec, last, upMs)
    if (failure) this.#o.onExcess(failure)
  }
}
