/** Which sockets must not listen any more once their daemons are stopped. */
import type { EventBody } from '../kernel/event.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import type { StoppedSocket } from './crew.ts'

export interface OwnSockets {
  /** Hears every event of the run. */
  note(event: EventBody): void
  /** All binds of those among them that are proven by now. */
  list(daemons: Iterable<ResolvedDaemon>): StoppedSocket[]
}

/** Daemons whose sockets were proven to be theirs when last looked at. */
export function createOwnSockets(): OwnSockets {
  const proven = new Set<string>()
  return {
    note(event) {
      if (event.type === 'daemon.ready') proven.add(event.daemon)
      for (const daemon of findLostSockets(event)) proven.delete(daemon)
    },
    list: (daemons) =>
      [...daemons]
        .filter((spec) => proven.has(spec.name))
        .flatMap((spec) => spec.binds.map((address) => ({ daemon: spec.name, address }))),
  }
}

/** Daemons whose ports are known to be held by strangers: those are told as such, and are no leak of this run. */
function findLostSockets(event: EventBody): string[] {
  const failures = [
    ...('failure' in event && event.failure ? [event.failure] : []),
    ...('failures' in event ? event.failures : []),
  ]
  return failures.flatMap((f) => (f.tag === 'bind-taken' || f.tag === 'foreign-listener' ? [f.daemon] : []))
}
