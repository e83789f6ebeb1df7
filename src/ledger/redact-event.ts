/** Takes secrets out of events, before anything is written, shown or judged. */
import type { Event } from '../kernel/event.ts'
import { createRedactor } from '../kernel/redact.ts'

/** Names and tags stay as they are, else the verdict could not be rebuilt. Free text is in other fields. */
const NAMES: ReadonlySet<string> = new Set([
  ...['type', 'tag', 'kind', 'verdict', 'how', 'limit', 'ownership', 'run', 'at', 'signal', 'during', 'tree'],
  ...['smoke', 'daemon', 'daemons', 'chain', 'selected', 'needs', 'claims'],
])

/** @param secrets values never to be shown. @returns the same event without them. */
export function createEventRedactor(secrets: readonly string[]): (event: Event) => Event {
  const redactor = createRedactor(secrets, NAMES)
  return (event) => redactor.value(event)
}

/** For secrets that grow while events come: daemons that are added bring some of their own. */
export function createGrowingRedactor(secrets: () => readonly string[]): (event: Event) => Event {
  let known: readonly string[] | undefined
  let redact = createEventRedactor([])
  return (event) => {
    if (secrets() !== known) {
      known = secrets()
      redact = createEventRedactor(known)
    }
    return redact(event)
  }
}
