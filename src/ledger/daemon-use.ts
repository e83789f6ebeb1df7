/** What each daemon used over the run, as the latest event about it tells. */
import type { Event } from '../kernel/event.ts'
import type { Limits, Resources } from '../kernel/resources.ts'

/** One daemon of the run. */
export interface DaemonUse {
  readonly daemon: string
  /** How many processes of it were started, one after the other. */
  readonly incarnations: number
  readonly limits?: Limits
  /** By all of them, from the start of the first. Absent while nothing has been told. */
  readonly resources?: Resources
}

export interface DaemonUseRegister {
  add(event: Event): void
  /** In the order in which they were first started. */
  list(): readonly DaemonUse[]
}

/** For one run. Of an attached stack it lists no resources: what is told of those counts from before the run. */
export function createDaemonUseRegister(): DaemonUseRegister {
  const daemons = new Map<string, DaemonUse>()
  /** Of a stack that was up already, the supervisor tells totals since long before the run. */
  let attached = false
  return {
    add(event) {
      if (event.type === 'boot.started') attached = event.attachedTo !== undefined
      else if (event.type === 'daemon.spawned') {
        const { daemon, limits } = event
        const known = daemons.get(daemon)
        const incarnations = (known?.incarnations ?? 0) + 1
        daemons.set(daemon, { ...known, daemon, incarnations, ...(limits && { limits }) })
      } else if (event.type === 'daemon.sampled' || event.type === 'daemon.stopped') {
        const known = daemons.get(event.daemon)
        if (known && event.resources && !attached)
          daemons.set(event.daemon, { ...known, resources: event.resources })
      }
    },
    list: () => [...daemons.values()],
  }
}
