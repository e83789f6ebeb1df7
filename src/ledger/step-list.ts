/** The steps of a smoke, as its row keeps them: all that failed, and as many of the others as stay readable. */
import type { EventOf } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { bounded } from '../kernel/text.ts'

/** One step of a smoke. */
export interface Step {
  readonly title: string
  readonly ok: boolean
  readonly ms: number
  readonly expectations: number
  /** Of the smoke's claims, those that it is the evidence for. */
  readonly claims?: readonly string[]
  /** Where in the row's failures its own is. Absent: it passed, or was cut short without a reason of its own. */
  readonly failure?: number
}

/**
 * What is kept of thousands: of each smoke its first 200 steps, of the run 5,000; beyond that only steps that
 * failed or name claims, 50 of each smoke. A ledger so stays below a few megabytes whatever the smokes do.
 */
export const STEPS_KEPT = { smoke: 200, run: 5_000, toldBeyond: 50, titleLength: 300 } as const

/** How many more steps the run may keep; shared by its smokes. */
export interface StepBudget {
  left: number
}

export const createStepBudget = (): StepBudget => ({ left: STEPS_KEPT.run })

interface Kept {
  readonly index: number
  readonly step: Step
  readonly failure: Failure | undefined
}

/** One for each smoke, all with the run's one budget. Steps that ran side by side may end in any order. */
export class StepList {
  readonly #budget: StepBudget
  #kept: Kept[] = []
  #toldBeyond = 0
  #leftOut = 0

  constructor(budget: StepBudget) {
    this.#budget = budget
  }

  /** Of a step beyond the bounds, only that there was one is kept. */
  add(event: EventOf<'step.finished'>): void {
    if (!this.#hasRoomFor(event)) {
      this.#leftOut += 1
      return
    }
    const step: Step = {
      title: bounded(event.step, STEPS_KEPT.titleLength),
      ok: event.ok,
      ms: event.ms,
      expectations: event.expectations,
      ...(event.claims && { claims: event.claims }),
    }
    this.#kept.push({ index: event.index, step, failure: event.failure })
  }

  #hasRoomFor(event: EventOf<'step.finished'>): boolean {
    if (this.#kept.length < STEPS_KEPT.smoke && this.#budget.left > 0) {
      this.#budget.left -= 1
      return true
    }
    const counts = !event.ok || event.claims !== undefined
    if (!counts || this.#toldBeyond >= STEPS_KEPT.toldBeyond) return false
    this.#toldBeyond += 1
    return true
  }

  /** How many were not kept. */
  get leftOut(): number {
    return this.#leftOut
  }

  /** In the order in which they began. @param indexOf where in the row's failures this one is. */
  steps(indexOf: (failure: Failure) => number | undefined): readonly Step[] {
    return this.#kept
      .toSorted((a, b) => a.index - b.index)
      .map(({ step, failure }) => {
        const at = failure && indexOf(failure)
        return at === undefined ? step : { ...step, failure: at }
      })
  }
}
