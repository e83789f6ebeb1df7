/** A run as its directory tells it: the journal, and the verdict that follows from it. */
import { join } from 'node:path'
import type { Event, EventOf } from '../kernel/event.ts'
import { readJournal } from '../ledger/journal.ts'
import { type Verdict, verdictOf } from '../ledger/verdict.ts'

export interface RunRecord {
  readonly dir: string
  readonly events: readonly Event[]
  readonly verdict: Verdict
  /** The journal's last line was cut short. */
  readonly torn: boolean
  /** Unix time in milliseconds of the instant that `atMs` counts from; undefined without `run.started`. */
  readonly zeroMs: number | undefined
  /** Of the last event. */
  readonly endMs: number
}

/** @throws Error when the journal cannot be read, or a line of it is no event. */
export function readRun(dir: string): RunRecord {
  const { events, torn } = readJournal(join(dir, 'journal.jsonl'))
  return recordOf(dir, events, torn)
}

/** A run from its events, e.g. those of a run that still goes on. */
export function recordOf(dir: string, events: readonly Event[], torn = false): RunRecord {
  const started = ofType(events, 'run.started')[0]
  return {
    dir,
    events,
    verdict: verdictOf(events),
    torn,
    zeroMs: started === undefined ? undefined : Date.parse(started.at) - started.atMs,
    endMs: events.reduce((end, { atMs }) => Math.max(end, atMs), 0),
  }
}

/** The events of one type, in order. */
export function ofType<T extends Event['type']>(events: readonly Event[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type)
}
