/** Why a run is red, first of all: the failure that the others follow from. A pure function of its events. */
import type { Event } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'

export interface Cause {
  readonly failure: Failure
  /** Whose log may tell more. */
  readonly daemon?: string
  /** The smoke it came to light in. */
  readonly smoke?: string
}

/** Undefined: no event tells of a failure. */
export function findFirstCause(events: readonly Event[]): Cause | undefined {
  const causes = events.flatMap(causesOf)
  const [first] = causes
  if (first === undefined) return undefined
  // A daemon's death is noticed a moment after the request that it breaks, and told after the step that it fails.
  const death = causes.find(({ failure, smoke }) => isOfDaemon(failure) && smoke === first.smoke)
  return first.smoke !== undefined && !isOfDaemon(first.failure) && death ? death : first
}

function causesOf(event: Event): Cause[] {
  switch (event.type) {
    case 'daemon.failed':
      return isConsequence(event.failure) ? [] : [{ failure: event.failure, daemon: event.daemon }]
    case 'daemon.exited': {
      if (event.expected) return []
      const { daemon, code, signal, during } = event
      const failure: Failure = event.failure ?? { tag: 'died', daemon, code, signal, upMs: 0, log: [] }
      return [{ failure, daemon, ...(during === null ? {} : { smoke: during }) }]
    }
    case 'step.finished':
      return event.ok || !event.failure ? [] : [{ failure: event.failure, smoke: event.smoke }]
    case 'smoke.finished':
      return event.failures
        .filter((failure) => !isConsequence(failure))
        .map((failure) => ({ failure, smoke: event.smoke }))
    case 'leak.found':
    case 'evidence.lost':
    case 'tool.fault':
      return [{ failure: event.failure }]
    default:
      return []
  }
}

const isConsequence = ({ tag }: Failure): boolean => tag === 'needs-failed' || tag === 'blocked'

const isOfDaemon = ({ tag }: Failure): boolean =>
  ['died', 'limit-exceeded', 'not-alive', 'foreign-listener', 'exposed'].includes(tag)
