/** `within`: the only way to wait. A condition is tried until it holds or its deadline has passed. */
import { setTimeout as delay } from 'node:timers/promises'
import { now } from '../../kernel/clock.ts'
import type { Mismatch, RequestLine } from '../../kernel/failure.ts'
import { DURATION_HINT, formatDuration, parseDuration } from '../../kernel/units.ts'
import { toMismatch } from '../expect/answer.ts'
import { compare } from '../expect/compare.ts'
import { ExpectationFailed, SmokeOver } from './errors.ts'
import type { Scope, SmokeState } from './state.ts'
import { Trace } from './trace.ts'

const FIRST_PAUSE_MS = 5
const LONGEST_PAUSE_MS = 50
/** What an attempt that begins at the deadline still gets: it asks about the state at the deadline. */
const LAST_ATTEMPT_MS = 250

/** What was seen when the condition did not hold. */
interface Seen {
  readonly mismatches: readonly Mismatch[]
  readonly request?: RequestLine | undefined
}
type Outcome<T> = { readonly held: true; readonly value: T } | ({ readonly held: false } & Seen)
type Attempt<T> = Outcome<T> & { readonly trace: Trace }

/** `within` for one smoke. */
export function createWithin(state: SmokeState) {
  return async function within<T>(
    limit: string,
    condition: () => T | Promise<T>,
    ...rest: readonly [expected?: unknown]
  ): Promise<T> {
    state.assertOpen('within')
    const limitMs = readDuration(state, limit, 'within')
    if (typeof condition !== 'function') state.misuse(`within("${limit}", fn) needs a function`)
    const scope = state.requireScope('within')
    return await state.track(`within("${limit}")`, () =>
      pollUntil(state, scope, limitMs, async (attempt) => {
        const value = await condition()
        if (attempt.attemptFailure) throw attempt.attemptFailure
        const mismatches = rest.length > 0 ? compare(rest[0], value, 'value').map(toMismatch) : judge(value)
        if (mismatches.length > 0) {
          attempt.trace.addMismatches(mismatches)
          throw new ExpectationFailed({ mismatches })
        }
        if (rest.length === 0 && attempt.expectations === 0 && value === undefined) {
          state.misuse('the condition of within() returns nothing and expects nothing; return what must hold')
        }
        if (rest.length > 0) attempt.trace.addValue(`within ${limit}`, rest[0], value)
        else if (attempt.expectations === 0)
          attempt.trace.addValue(`within ${limit}`, 'the condition holds', value)
        if (rest.length > 0 || attempt.expectations === 0) attempt.expectations += 1
        return value
      }),
    )
  }
}

const judge = (value: unknown): Mismatch[] =>
  value === false ? [{ what: 'the condition did not hold', expected: 'to hold', received: 'false' }] : []

/** A duration such as `"2s"` in milliseconds; anything else is a misuse. */
export function readDuration(state: SmokeState, text: unknown, what: string): number {
  const ms = typeof text === 'string' ? parseDuration(text) : undefined
  return ms ?? state.misuse(`${what}: ${JSON.stringify(text)} is no duration (${DURATION_HINT})`)
}

/**
 * Runs `attempt` until it returns; a failed expectation in it means "not yet", any other error ends it at once.
 * @throws ExpectationFailed with what was seen last, when the deadline has passed.
 */
export async function pollUntil<T>(
  state: SmokeState,
  scope: Scope,
  limitMs: number,
  attempt: (scope: Scope) => Promise<T>,
): Promise<T> {
  const startedAt = now()
  const location = state.here()
  const allowedMs = Math.min(limitMs, state.trial?.waitMs ?? limitMs)
  const deadline = Math.min(startedAt + allowedMs, scope.deadline)
  let pause = FIRST_PAUSE_MS
  let last: (Seen & { readonly trace: Trace }) | undefined
  for (let attempts = 1; ; attempts += 1) {
    const isLast = now() >= deadline
    const result = await runAttempt(state, scope, deadline, attempt)
    if (result.held) {
      scope.trace.absorb(result.trace, attempts)
      return result.value
    }
    // An attempt that was cut short has seen less than the one before it.
    const wasCut = result.mismatches.length === 0
    last = last === undefined || !wasCut ? result : last
    if (isLast || wasCut) {
      scope.trace.absorb(last.trace, attempts)
      const waited = { ms: Math.round(now() - startedAt), attempts }
      const seen = last.mismatches.length > 0 ? last.mismatches : [neverReturned(limitMs)]
      const failed = { mismatches: seen, request: last.request, waited, location }
      return state.fail(scope, new ExpectationFailed(failed))
    }
    await pauseUnlessOver(Math.max(0, Math.min(pause, deadline - now())), scope.signal)
    pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)
  }
}

/** That the smoke is over has been told by whoever ended it; the wait it cut short is no failure of its own. */
async function pauseUnlessOver(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal })
  } catch (error) {
    if (signal.aborted) throw new SmokeOver('a wait was cut off')
    throw error
  }
}

const neverReturned = (limitMs: number): Mismatch => ({
  what: 'the condition did not return',
  expected: `an outcome within ${formatDuration(limitMs)}`,
  received: 'the condition had not returned by then',
})

async function runAttempt<T>(
  state: SmokeState,
  scope: Scope,
  deadline: number,
  attempt: (scope: Scope) => Promise<T>,
): Promise<Attempt<T>> {
  const cut = new AbortController()
  const until = Math.max(deadline, now() + LAST_ATTEMPT_MS)
  const inner: Scope = {
    step: scope.step,
    expectations: 0,
    deadline: until,
    signal: AbortSignal.any([scope.signal, cut.signal]),
    isAttempt: true,
    trace: new Trace(),
  }
  const timedOut = Promise.withResolvers<Outcome<T>>()
  const timer = setTimeout(() => timedOut.resolve({ held: false, mismatches: [] }), until - now())
  const running = state.scopes
    .run(inner, () => attempt(inner))
    .then(
      (value): Outcome<T> => ({ held: true, value }),
      (error: unknown): Outcome<T> => {
        if (error instanceof ExpectationFailed) {
          return { held: false, mismatches: error.mismatches, request: error.request }
        }
        if (error instanceof SmokeOver && cut.signal.aborted) return { held: false, mismatches: [] }
        throw error
      },
    )
  try {
    const result = await Promise.race([running, timedOut.promise])
    if (result.held) scope.expectations += inner.expectations
    return { ...result, trace: inner.trace }
  } finally {
    clearTimeout(timer)
    cut.abort(new SmokeOver('this attempt is over'))
  }
}
