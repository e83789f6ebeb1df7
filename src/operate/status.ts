/** What is known of a stack that is up, as plain JSON. */
import type { Daemon } from '../daemon/daemon.ts'
import { now } from '../kernel/clock.ts'
import type { Event } from '../kernel/event.ts'
import { renderFailure } from '../kernel/failure-text.ts'
import type { Keeper, KeptState } from './keeper.ts'
import type { Owner } from './owner-lease.ts'

export interface DaemonStatus {
  readonly name: string
  readonly state: KeptState
  readonly pid?: number
  /** Since its process was started. */
  readonly uptimeMs?: number
  readonly addresses: readonly { readonly name: string; readonly host: string; readonly port: number }[]
  /** Of its whole process tree; 100 is one core. Absent before the first sample. */
  readonly cpuPercent?: number
  readonly rssBytes?: number
  /** Restarts that nobody asked for, since the stack is up. */
  readonly restarts: number
  /** The last look at its health, and how long ago it was. */
  readonly health?: { readonly ok: boolean; readonly saw: string; readonly agoMs: number }
  /** Why it is not running. */
  readonly failure?: string
}

/** `degraded`: not every daemon is ready. */
export type StackState = 'starting' | 'up' | 'degraded' | 'stopping' | 'down'

export interface StackStatus {
  readonly schema: 1
  readonly stack: string
  readonly file: string
  readonly state: StackState
  /** Absent when it is down. */
  readonly owner?: { readonly pid: number; readonly since: string; readonly detached: boolean }
  /** Folder of its data. */
  readonly data?: string
  readonly daemons: readonly DaemonStatus[]
}

/** Gathers from events what the daemons themselves do not keep. */
export interface StatusBook {
  note(event: Event): void
  describe(keeper: Keeper): DaemonStatus
}

interface Entry {
  startedAt?: number
  usage?: { readonly cpuPercent: number; readonly rssBytes: number }
  failure?: string
}

/** `note` must get the events from the boot on. `describe` looks at the daemon's sockets as well, at that moment. */
export function createStatusBook(): StatusBook {
  const entries = new Map<string, Entry>()
  return {
    note(event) {
      if (event.type === 'daemon.spawned') entries.set(event.daemon, { startedAt: now() })
      else if (event.type === 'daemon.sampled') {
        const { daemon, cpuPercent, rssBytes } = event
        entries.set(daemon, { ...entries.get(daemon), usage: { cpuPercent, rssBytes } })
      } else if ((event.type === 'daemon.failed' || event.type === 'daemon.exited') && event.failure) {
        entries.set(event.daemon, { failure: renderFailure(event.failure).headline })
      }
    },
    describe: (keeper) => describeDaemon(keeper, entries.get(keeper.daemon.name) ?? {}),
  }
}

function describeDaemon({ daemon, state, restarts }: Keeper, entry: Entry): DaemonStatus {
  const { pid, health } = daemon
  const { failure, usage, startedAt } = entry
  const lost = findLost(daemon)
  return {
    name: daemon.name,
    state,
    ...(pid === undefined ? {} : { pid }),
    ...(pid === undefined || startedAt === undefined ? {} : { uptimeMs: Math.round(now() - startedAt) }),
    addresses: daemon.spec.binds.map(({ name, host, port }) => ({ name, host, port })),
    ...(pid === undefined ? {} : usage),
    restarts,
    ...(lost === undefined
      ? health && { health: { ok: health.ok, saw: health.saw, agoMs: Math.round(now() - health.at) } }
      : { health: { ok: false, saw: lost, agoMs: 0 } }),
    ...(state === 'ready' || failure === undefined ? {} : { failure }),
  }
}

/** What a ready daemon has lost since it was proven: its socket, or the sole right to it. */
function findLost(daemon: Daemon): string | undefined {
  const failure = daemon.state === 'ready' ? daemon.checkStillOurs() : undefined
  return failure && renderFailure(failure).headline
}

/** @param o `phase` is the supervisor's own: `up` becomes `degraded` while a daemon is not ready. */
export function describeStack(
  o: {
    readonly stack: string
    readonly file: string
    readonly owner: Owner
    readonly phase: 'starting' | 'up' | 'stopping'
  },
  daemons: readonly DaemonStatus[],
): StackStatus {
  const { pid, since, detached, data } = o.owner
  const degraded = o.phase === 'up' && daemons.some((daemon) => daemon.state !== 'ready')
  return {
    schema: 1,
    stack: o.stack,
    file: o.file,
    state: degraded ? 'degraded' : o.phase,
    owner: { pid, since, detached },
    ...(data === undefined ? {} : { data }),
    daemons,
  }
}
