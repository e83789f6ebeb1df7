/**
 * Whom to blame for a daemon that failed: the boot, the smoke that was running, or nobody in particular.
 * One incarnation of a daemon is blamed once: its death and what the supervisor says about it are one failure.
 */
import type { Event, EventOf } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import type { Rows } from './rows.ts'

export interface DeathRegister {
  add(event: Event): void
  /** One for each daemon, the cause before its consequences. */
  ofBoot(): readonly Failure[]
  /** In the order in which they came. */
  unattributed(): readonly Failure[]
}

/** For one run. @param rows get each event before this does; the smoke that runs by them is blamed. */
export function createDeathRegister(rows: Rows): DeathRegister {
  let booting = false
  const boot = new Map<string, Failure>()
  const unattributed: Failure[] = []
  const blamed = new Set<string>()
  const spawnedAt = new Map<string, number>()

  function record(daemon: string, failure: Failure, during: string | undefined): void {
    if (blamed.has(daemon)) return
    blamed.add(daemon)
    if (during === undefined || !rows.blame(during, failure)) unattributed.push(failure)
  }

  function recordInBoot(daemon: string, failure: Failure): void {
    blamed.add(daemon)
    boot.set(daemon, failure)
  }

  function exited(event: EventOf<'daemon.exited'>): void {
    if (event.expected) return
    const failure = event.failure ?? {
      tag: 'died',
      daemon: event.daemon,
      code: event.code,
      signal: event.signal,
      upMs: Math.max(0, event.atMs - (spawnedAt.get(event.daemon) ?? event.atMs)),
      log: [],
    }
    // What the supervisor says (daemon.failed) tells more than the bare exit; it comes before or after it.
    if (!booting) record(event.daemon, failure, event.during ?? undefined)
    else if (!boot.has(event.daemon)) recordInBoot(event.daemon, failure)
  }

  return {
    add(event) {
      if (event.type === 'boot.started') booting = true
      else if (event.type === 'boot.finished') booting = false
      else if (event.type === 'daemon.spawned') {
        spawnedAt.set(event.daemon, event.atMs)
        blamed.delete(event.daemon)
      } else if (event.type === 'daemon.exited') exited(event)
      else if (event.type === 'daemon.failed') {
        if (booting) recordInBoot(event.daemon, event.failure)
        else record(event.daemon, event.failure, rows.running())
      }
    },
    // The cause before its consequences: who was not started for want of another comes last.
    ofBoot: () => [...boot.values()].sort((a, b) => Number(isConsequence(a)) - Number(isConsequence(b))),
    unattributed: () => [...unattributed],
  }
}

const isConsequence = (failure: Failure): boolean => failure.tag === 'needs-failed'
