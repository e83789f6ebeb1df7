/**
 * The one place that puts events in order: everything that happens in a run is emitted here, stamped with
 * monotonic time since the run's start, frozen, and handed to the sinks in turn (journal first).
 */
import { now } from '../kernel/clock.ts'
import type { Emit, Event } from '../kernel/event.ts'

/** Takes each event, synchronously. A sink must not throw: a reporter's fault is not the chain's. */
export type Sink = (event: Event) => void

/**
 * @param redact takes secrets out, before anything is written, shown or judged.
 * @returns an `emit` that stamps, redacts, freezes and hands on to every sink in the given order.
 */
export function createEventStream(redact: (event: Event) => Event, sinks: readonly Sink[]): Emit {
  const startedAt = now()
  return (body) => {
    const atMs = Math.round((now() - startedAt) * 1000) / 1000
    const event = deepFreeze(redact({ ...body, atMs }))
    for (const sink of sinks) sink(event)
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}
