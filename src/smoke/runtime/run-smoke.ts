/** Runs one smoke inside the smoke host, and says how it ended. What it cannot see from inside, the tool adds. */
import type { SmokeDefinition } from '../define.ts'
import { SkipSignal } from '../skip.ts'
import { createContext, type Surroundings } from './create-context.ts'
import { SmokeOver } from './errors.ts'
import { findLeftRunning, listResources } from './leftovers.ts'
import type { Finished } from './messages.ts'
import { nameInFlight, type SmokeState } from './state.ts'

/** A child's handle and pipes show up as resources too; the tool looks for processes itself, and names them. */
const OF_CHILDREN = ['ProcessWrap', 'PipeWrap']

/** @param hasSpawned tells whether the smoke has started a process so far. */
export async function runSmoke(
  definition: SmokeDefinition,
  state: SmokeState,
  given: Surroundings,
  hasSpawned: () => boolean,
): Promise<Finished> {
  const baseline = listResources()
  const skipped = await Promise.race([
    runToEnd(definition, state, given),
    state.broken.then((): undefined => undefined),
  ])
  // A rejection that nobody handles is reported when the microtasks have drained.
  await new Promise(setImmediate)
  if (state.failures.length === 0) reportUnawaited(state)
  const unfinished = state.inFlight.size > 0
  state.finish()
  if (state.failures.length === 0 && skipped === undefined) reportEmpty(state)
  const left = unfinished ? undefined : await findLeftRunning(baseline, hasSpawned() ? OF_CHILDREN : [])
  if (state.failures.length === 0 && left !== undefined) {
    state.breaks('left-running', `still there when the smoke had ended: ${left}`)
  }
  return {
    failures: state.failures,
    ...(skipped === undefined ? {} : { skipped }),
    dirty: unfinished || left !== undefined || state.wasBrokenFromOutside,
    spawned: hasSpawned(),
  }
}

/** The reason, when the smoke was skipped. Never rejects. */
async function runToEnd(
  definition: SmokeDefinition,
  state: SmokeState,
  given: Surroundings,
): Promise<string | undefined> {
  try {
    await definition.run(createContext(state, given))
  } catch (error) {
    if (error instanceof SkipSignal) return error.message
    const hasFailed = state.failures.length > 0
    // In a trial an error after a failed step follows from it: the step had no value to go on with.
    const isConsequence = hasFailed && (error instanceof SmokeOver || state.trial !== undefined)
    if (!isConsequence) state.recordThrown(error)
  }
  return undefined
}

function reportUnawaited(state: SmokeState): void {
  const pending = [...new Set(nameInFlight(state.inFlight))]
  if (pending.length === 0) return
  // A step names what it runs; the requests inside it would only repeat that.
  const steps = pending.filter((what) => what.startsWith('step '))
  const named = steps.length > 0 ? steps : pending
  state.breaks('not-awaited', `still in flight when the smoke ended: ${named.join(', ')}`)
}

function reportEmpty(state: SmokeState): void {
  if (state.expectations > 0) return
  state.breaks('proved-nothing', state.steps === 0 ? 'it has no step' : 'it has no expectation')
}
