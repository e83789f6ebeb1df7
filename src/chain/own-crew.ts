/** Daemons that live as long as the chain: booted by it, stopped by it. */
import { Daemon } from '../daemon/daemon.ts'
import type { EventBody } from '../kernel/event.ts'
import { bootDaemons } from './boot.ts'
import { createControls } from './controls.ts'
import type { Crew, CrewContext, StoppedSocket } from './crew.ts'
import type { Ground } from './prepare.ts'
import { stopDaemons } from './stop.ts'

/** How often CPU and memory of each daemon are sampled, in milliseconds. */
const SAMPLE_EVERY_MS = 500

export interface OwnCrewOptions extends CrewContext {
  readonly ground: Ground
  /** Takes `<daemon>.log`. */
  readonly logsDir: string
  /** Ends what is starting. */
  readonly stop: AbortSignal
  /** Kills what is stopping. */
  readonly kill: AbortSignal
}

export function createOwnCrew(o: OwnCrewOptions): Crew {
  const { ground } = o
  const daemons = createDaemons(o)
  // Daemons whose sockets were proven to be theirs when last looked at: these must not listen afterwards.
  const ownSockets = new Set<string>()
  const needsOf = (name: string) => daemons.get(name)?.spec.needs ?? []
  return {
    daemons,
    controls: createControls(daemons, o.stop),
    async boot(names) {
      const wanted = new Map([...daemons].filter(([name]) => names.includes(name)))
      return (await bootDaemons(wanted, needsOf, o.stop)).ok
    },
    settle: () => Promise.resolve(),
    note(event) {
      if (event.type === 'daemon.ready') ownSockets.add(event.daemon)
      for (const daemon of findLostSockets(event)) ownSockets.delete(daemon)
    },
    async stop() {
      await stopDaemons(daemons, o.kill)
      return listSockets(ground, ownSockets)
    },
  }
}

function createDaemons(o: OwnCrewOptions): ReadonlyMap<string, Daemon> {
  const { ground, logsDir, emit } = o
  const context = {
    run: { id: ground.id, marker: ground.marker, logsDir },
    guardian: ground.guardian,
    emit,
    currentSmoke: () => o.currentSmoke(),
    secrets: ground.resolved.secrets,
    sampleEveryMs: SAMPLE_EVERY_MS,
  }
  return new Map([...ground.resolved.daemons].map(([name, spec]) => [name, new Daemon(spec, context)]))
}

/** Daemons whose ports are known to be held by strangers: those are told as such, and are no leak of this run. */
function findLostSockets(event: EventBody): string[] {
  const failures = [
    ...('failure' in event && event.failure ? [event.failure] : []),
    ...('failures' in event ? event.failures : []),
  ]
  return failures.flatMap((f) => (f.tag === 'bind-taken' || f.tag === 'foreign-listener' ? [f.daemon] : []))
}

function listSockets(ground: Ground, daemons: ReadonlySet<string>): StoppedSocket[] {
  return [...ground.resolved.daemons.values()]
    .filter((spec) => daemons.has(spec.name))
    .flatMap((spec) => spec.binds.map((address) => ({ daemon: spec.name, address })))
}
