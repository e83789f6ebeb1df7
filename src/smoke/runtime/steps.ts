/** `step` and `expect`: running one probe, and insisting that it proves something. */
import { now } from '../../kernel/clock.ts'
import type { StepOptions } from '../context.ts'
import { toMismatch } from '../expect/answer.ts'
import { compare } from '../expect/compare.ts'
import { createHollow } from '../expect/hollow.ts'
import { SkipSignal } from '../skip.ts'
import { ExpectationFailed, SmokeOver } from './errors.ts'
import type { FromHost } from './messages.ts'
import { nameInFlight, type Scope, type SmokeState, type StepRecord } from './state.ts'
import { Trace } from './trace.ts'

type Probe<T> = () => T | Promise<T>

/** `step` for one smoke. `send` tells the tool; `claimed` are the claims of the smoke. */
export function createStep(state: SmokeState, send: (message: FromHost) => void, claimed: readonly string[]) {
  return async function step<T>(title: string, first: StepOptions | Probe<T>, second?: Probe<T>): Promise<T> {
    const fn = typeof first === 'function' ? first : second
    const claims = typeof first === 'function' ? [] : readClaims(state, title, first, claimed)
    const record = openStep(state, title, fn)
    if (fn === undefined) throw new SmokeOver('a step without a function was refused')
    const scope: Scope = {
      step: record,
      expectations: 0,
      deadline: Number.POSITIVE_INFINITY,
      signal: state.signal,
      isAttempt: false,
      trace: new Trace(),
    }
    const startedAt = now()
    send({
      type: 'step.started',
      step: record.title,
      index: record.index,
      ...(claims.length > 0 && { claims }),
    })
    const finish = (): void => {
      state.openSteps.delete(record)
      if (state.isOver) return
      state.steps += 1
      state.expectations += scope.expectations
      send({
        type: 'step.finished',
        step: record.title,
        index: record.index,
        ok: record.failure === undefined,
        ms: now() - startedAt,
        expectations: scope.expectations,
        ...(record.failure ? { failure: record.failure } : {}),
        ...scope.trace.evidence(),
      })
    }
    return await state.track(`step "${record.title}"`, async () => {
      try {
        const value = await state.scopes.run(scope, async () => await fn())
        if (!state.isOver) closeStep(state, scope)
        return value
      } catch (error) {
        if (error instanceof SkipSignal || state.isOver) throw error
        state.recordThrown(error, record)
        // In a trial the smoke goes on, with a value that nothing can be proven by.
        if (state.trial !== undefined && record.failure !== undefined) return createHollow<T>()
        throw error
      } finally {
        finish()
      }
    })
  }
}

function openStep(state: SmokeState, title: unknown, fn: unknown): StepRecord {
  state.assertOpen('step')
  const outer = state.scopes.getStore()
  const quoted = JSON.stringify(title)
  if (typeof title !== 'string' || title.trim() === '') state.misuse('a step needs a sentence for a title')
  if (/[\r\n]/.test(title)) state.misuse(`the title of step ${quoted} must be one line`)
  if (typeof fn !== 'function') state.misuse(`step ${quoted} needs a function: step("…", () => …)`)
  if (outer) state.misuse(`step ${quoted} begins inside step "${outer.step.title}"; steps do not nest`)
  const name = title.trim()
  const earlier = state.titles.get(name)
  if (state.titles.has(name)) {
    const where = earlier ? `, first used at line ${earlier.line}` : ''
    state.misuse(`two steps are titled ${JSON.stringify(name)}${where}; titles are unique in a smoke`)
  }
  const location = state.here()
  state.titles.set(name, location)
  const record: StepRecord = {
    title: name,
    index: state.titles.size - 1,
    location,
    inFlight: new Set(),
    failure: undefined,
  }
  state.openSteps.add(record)
  return record
}

/** A step's claims are among its smoke's: what a smoke is evidence for is known before it runs. */
function readClaims(
  state: SmokeState,
  title: string,
  options: unknown,
  claimed: readonly string[],
): readonly string[] {
  const step = `step ${JSON.stringify(title)}`
  if (typeof options !== 'object' || options === null) {
    state.misuse(`${step} needs a function: step("…", () => …)`)
  }
  const unknown = Object.keys(options).find((key) => key !== 'claims')
  if (unknown !== undefined) state.misuse(`${step} has an unknown option "${unknown}"; known: claims`)
  const claims: unknown = Reflect.get(options, 'claims') ?? []
  if (!Array.isArray(claims)) state.misuse(`the claims of ${step} must be an array: { claims: ["..."] }`)
  const stranger: unknown = claims.find((claim) => !claimed.includes(claim))
  if (stranger !== undefined) {
    const list = `[${claimed.join(', ')}]`
    state.misuse(
      `${step} names the claim "${stranger}", which is not in this smoke's claims: ${list}; add it there`,
    )
  }
  return claims
}

/** What must be true of a step whose function has returned: nothing in flight, nothing swallowed, something proven. */
function closeStep(state: SmokeState, scope: Scope): void {
  const { step } = scope
  const pending = nameInFlight(step.inFlight).filter((what) => what !== `step "${step.title}"`)
  if (step.failure === undefined && pending.length > 0) {
    step.failure = state.breaks('not-awaited', `still in flight when the step ended: ${pending.join(', ')}`, {
      step,
    })
  } else if (step.failure === undefined && scope.expectations === 0) {
    step.failure = state.breaks('proved-nothing', 'this step has no expectation', { step })
  }
  // Ends the smoke, also where the step's own code has caught the failed expectation.
  if (step.failure !== undefined) throw new SmokeOver(`step "${step.title}" has failed`)
}

/** `expect` for one smoke. */
export function createExpect(state: SmokeState) {
  return function expect(what: string, actual: unknown, expected: unknown): void {
    state.assertOpen('expect')
    const scope = state.requireScope(`expect(${JSON.stringify(what)}, …)`)
    scope.expectations += 1
    const differences = compare(expected, actual, '')
    if (differences.length === 0) {
      scope.trace.addValue(what, expected, actual)
      return
    }
    const mismatches = differences.map(toMismatch).map((m) => ({ ...m, what: joinPath(what, m.what) }))
    scope.trace.addMismatches(mismatches)
    state.fail(scope, new ExpectationFailed({ mismatches, location: state.here() }))
  }
}

const joinPath = (what: string, path: string): string =>
  path === '' ? what : `${what}: ${path.replace(/^\./, '')}`
