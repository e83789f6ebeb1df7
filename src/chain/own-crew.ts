/** Daemons that live as long as the chain: booted by it, stopped by it. */
import { Daemon } from '../daemon/daemon.ts'
import { prepareMeters } from '../host/family-meter.ts'
import { bootDaemons } from './boot.ts'
import { createControls } from './controls.ts'
import type { Crew, CrewContext } from './crew.ts'
import { createOwnSockets } from './own-sockets.ts'
import type { Ground } from './prepare.ts'
import { stopDaemons } from './stop.ts'

/** How often CPU and memory of each daemon are sampled, in milliseconds. */
const SAMPLE_EVERY_MS = 1_000

export interface OwnCrewOptions extends CrewContext {
  readonly ground: Ground
  /** Takes `<daemon>.log`. */
  readonly logsDir: string
  /** Ends what is starting. */
  readonly stop: AbortSignal
  /** Kills what is stopping. */
  readonly kill: AbortSignal
}

/**
 * Makes the daemons and starts none: `boot` does. `stop` is to be awaited also when `boot` gave false or was cut
 * short. The ground (ports, folder, guardian) stays the caller's to give back.
 */
export function createOwnCrew(o: OwnCrewOptions): Crew {
  const { ground } = o
  const daemons = createDaemons(o)
  // While the smoke host is starting there is little else to do.
  setImmediate(prepareMeters)
  const sockets = createOwnSockets()
  const needsOf = (name: string) => daemons.get(name)?.spec.needs ?? []
  return {
    daemons,
    controls: createControls(daemons, o.stop),
    async boot(names) {
      const wanted = new Map([...daemons].filter(([name]) => names.includes(name)))
      return (await bootDaemons(wanted, needsOf, o.stop)).ok
    },
    settle: () => Promise.resolve(),
    note: (event) => sockets.note(event),
    async stop() {
      await stopDaemons(daemons, o.kill)
      return sockets.list(ground.resolved.daemons.values())
    },
  }
}

function createDaemons(o: OwnCrewOptions): ReadonlyMap<string, Daemon> {
  const { ground, logsDir, emit } = o
  const context = {
    run: { id: ground.id, marker: ground.marker, logsDir },
    guardian: ground.guardian,
    belongings: ground.belongings,
    emit,
    currentSmoke: () => o.currentSmoke(),
    secrets: ground.resolved.secrets,
    sampleEveryMs: SAMPLE_EVERY_MS,
  }
  return new Map([...ground.resolved.daemons].map(([name, spec]) => [name, new Daemon(spec, context)]))
}
