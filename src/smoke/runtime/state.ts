/**
 * All that is known of the one smoke that a host is running: its steps, failures, and what is still in flight.
 * Which step an expectation belongs to follows the asynchronous call (AsyncLocalStorage), so that steps may run
 * side by side.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { now } from '../../kernel/clock.ts'
import type { Failure, FailureOf, Location } from '../../kernel/failure.ts'
import type { Trial } from '../types.ts'
import { describeStack, describeThrown, ExpectationFailed, SmokeMisuse, SmokeOver } from './errors.ts'
import { currentLocation, findLocation } from './location.ts'
import type { Trace } from './trace.ts'

type BrokenHow = FailureOf<'smoke-broken'>['how']

/** One step. */
export interface StepRecord {
  readonly title: string
  readonly index: number
  readonly location: Location | undefined
  readonly inFlight: Set<string>
  failure: Failure | undefined
}

/** Where expectations are counted: a step, or within it one attempt of a condition. */
export interface Scope {
  readonly step: StepRecord
  expectations: number
  /** `now()` at which the enclosing condition gives up. */
  readonly deadline: number
  readonly signal: AbortSignal
  /** Present: an attempt of `within`. What fails in it is no failure yet. */
  attemptFailure?: ExpectationFailed | undefined
  readonly isAttempt: boolean
  /** What was asked and seen in it. */
  readonly trace: Trace
}

/**
 * One for each time a smoke is run, in the host. What was recorded stays among the `failures`, whoever catches what
 * was thrown.
 */
export class SmokeState {
  readonly id: string
  readonly file: string
  /** Present: failed steps do not end the smoke, and waits are short. */
  readonly trial: Trial | undefined
  readonly scopes = new AsyncLocalStorage<Scope>()
  readonly titles = new Map<string, Location | undefined>()
  readonly failures: Failure[] = []
  readonly openSteps = new Set<StepRecord>()
  readonly inFlight = new Set<string>()
  readonly #abort = new AbortController()
  readonly #recorded = new Set<unknown>()
  readonly #broken = Promise.withResolvers<void>()
  #over = false
  #brokenFromOutside = false
  steps = 0
  expectations = 0
  #calls = 0

  constructor(id: string, file: string, trial?: Trial) {
    this.id = id
    this.file = file
    this.trial = trial
  }

  /** Aborted when the smoke is over. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Resolves when something outside the smoke's own promise has broken it (an unhandled rejection, say). */
  get broken(): Promise<void> {
    return this.#broken.promise
  }

  get wasBrokenFromOutside(): boolean {
    return this.#brokenFromOutside
  }

  get isOver(): boolean {
    return this.#over
  }

  /** Ends it: helpers refuse from now on, requests are aborted. */
  finish(): void {
    this.#over = true
    this.#abort.abort(new SmokeOver('the smoke is over'))
  }

  /** @throws SmokeOver when the smoke, or this attempt of a condition, is over. */
  assertOpen(what: string): void {
    if (this.#over) throw new SmokeOver(`${what}: the smoke is over`)
    if (this.scopes.getStore()?.signal.aborted) throw new SmokeOver(`${what}: this attempt is over`)
  }

  /** The scope to count in, or an error that says why there is none. */
  requireScope(what: string): Scope {
    const scope = this.scopes.getStore()
    if (!scope)
      this.misuse(`${what} expects something outside of a step; write it inside: step("…", () => …)`)
    return scope
  }

  /** Records and throws: the smoke uses a helper wrongly. */
  misuse(message: string): never {
    const error = new SmokeMisuse(message)
    this.recordThrown(error)
    throw error
  }

  /** A failed expectation. In an attempt of `within` it is kept there; otherwise the step has failed, come what may. */
  fail(scope: Scope, failed: ExpectationFailed): never {
    if (scope.isAttempt) scope.attemptFailure = failed
    else this.recordThrown(failed, scope.step)
    throw failed
  }

  /** Keeps a failure once, whoever catches what was thrown. */
  recordThrown(error: unknown, step = this.scopes.getStore()?.step): void {
    if (this.#recorded.has(error) || error instanceof SmokeOver) return
    this.#recorded.add(error)
    const failure =
      error instanceof ExpectationFailed ? this.#stepFailed(error, step) : this.#threw(error, step)
    if (step && step.failure === undefined) step.failure = failure
    this.failures.push(failure)
  }

  /** By identity: this very error is among the failures already. */
  isRecorded(error: unknown): boolean {
    return this.#recorded.has(error)
  }

  /** Records a fault of the smoke itself. */
  breaks(
    how: BrokenHow,
    detail: string,
    o: { step?: StepRecord; stack?: string; location?: Location } = {},
  ): Failure {
    const location = o.location ?? o.step?.location
    const failure: Failure = {
      tag: 'smoke-broken',
      smoke: this.id,
      how,
      detail,
      ...(o.step ? { step: o.step.title } : {}),
      ...(o.stack === undefined ? {} : { stack: o.stack }),
      ...(location ? { location } : {}),
    }
    this.failures.push(failure)
    return failure
  }

  /** An error that no promise of the smoke carries: it ends the smoke at once. */
  breaksFromOutside(how: 'threw' | 'rejected', error: unknown): void {
    const stack = describeStack(error)
    const location = error instanceof Error ? findLocation(error.stack, this.file) : undefined
    const [only] = this.openSteps
    this.breaks(how, describeThrown(error), {
      ...(this.openSteps.size === 1 && only ? { step: only } : {}),
      ...(stack === undefined ? {} : { stack }),
      ...(location ? { location } : {}),
    })
    this.#brokenFromOutside = true
    this.#broken.resolve()
  }

  /** Keeps `what` among the things in flight until `work` has settled. */
  async track<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.#calls += 1
    const entry = `${what}\u0000${this.#calls}\u0000${now()}`
    const step = this.scopes.getStore()?.step
    this.inFlight.add(entry)
    step?.inFlight.add(entry)
    try {
      return await work()
    } finally {
      this.inFlight.delete(entry)
      step?.inFlight.delete(entry)
    }
  }

  /** Where in the smoke's file the call came from; undefined when no frame of it is on the stack. */
  here(): Location | undefined {
    return currentLocation(this.file)
  }

  #stepFailed(error: ExpectationFailed, step: StepRecord | undefined): Failure {
    const location = error.location ?? step?.location
    return {
      tag: 'step-failed',
      smoke: this.id,
      step: step?.title ?? '(outside of a step)',
      mismatches: capped(error.mismatches),
      ...(error.request ? { request: error.request } : {}),
      ...(location ? { location } : {}),
      ...(error.waited ? { waited: error.waited } : {}),
    }
  }

  #threw(error: unknown, step: StepRecord | undefined): Failure {
    const location =
      (error instanceof Error ? findLocation(error.stack, this.file) : undefined) ?? step?.location
    const stack = error instanceof SmokeMisuse ? undefined : describeStack(error)
    return {
      tag: 'smoke-broken',
      smoke: this.id,
      how: 'threw',
      detail: error instanceof SmokeMisuse ? error.message : describeThrown(error),
      ...(step ? { step: step.title } : {}),
      ...(stack === undefined ? {} : { stack }),
      ...(location ? { location } : {}),
    }
  }
}

/** The texts of what is in flight, with how long it has been. */
export function describeInFlight(entries: Iterable<string>): string[] {
  return [...entries].map((entry) => {
    const [what = '', , since = '0'] = entry.split('\u0000')
    return `${what} (for ${Math.round(now() - Number(since))} ms)`
  })
}

/** The bare names of what is in flight. */
export const nameInFlight = (entries: Iterable<string>): string[] =>
  [...entries].map((entry) => entry.split('\u0000')[0] ?? '')

const MAX_MISMATCHES = 20

function capped(mismatches: ExpectationFailed['mismatches']): ExpectationFailed['mismatches'] {
  if (mismatches.length <= MAX_MISMATCHES) return mismatches
  const more = mismatches.length - MAX_MISMATCHES
  return [
    ...mismatches.slice(0, MAX_MISMATCHES),
    { what: '…', expected: `${more} more expectations`, received: `${more} more differences` },
  ]
}
