/** Machine-wide leases of TCP ports, so that two runs side by side never take the same one. */
import { now } from '../kernel/clock.ts'
import { messageOf } from '../kernel/errno.ts'
import { LeaseClaim, leaseDirectory, readLeases, sweepStaging } from './lease-directory.ts'
import { choosePortRange, type PortRange } from './port-range.ts'
import { identify, isAlive, type ProcessIdentity } from './process-table.ts'
import { isPortFree, listUsedPorts } from './sockets.ts'

export interface PortLease {
  readonly port: number
  /** Idempotent; never throws. */
  release(): void
}

export interface LeaseRecord extends ProcessIdentity {
  readonly port: number
  readonly run: string
  /** Its owner is dead; the next who wants the port takes it. */
  readonly stale: boolean
}

/** No port could be leased: all of the range are taken, or leases cannot be kept on this machine. */
export class NoFreePort extends Error {
  /** The ports that were tried, e.g. `20000-32767`; or why none could be. */
  readonly range: string

  constructor(range: string) {
    super(`no free port in ${range}`)
    this.name = 'NoFreePort'
    this.range = range
  }
}

const USED_MS = 250
let used: { readonly ports: ReadonlySet<number>; readonly until: number } | undefined

/** One reading of all sockets serves a stack's leases; whether a port is free is found out by binding anyway. */
function usedPorts(): ReadonlySet<number> {
  if (used === undefined || now() > used.until) used = { ports: listUsedPorts(), until: now() + USED_MS }
  return used.ports
}

/**
 * A port that nobody has leased, on which no socket exists in any state, and that can be bound on `host` now. The
 * lease ends with `release`, or with this process. Throws NoFreePort.
 */
export async function leasePort(o: {
  readonly run: string
  readonly host: string
  /** Default: `choosePortRange()`. */
  readonly range?: PortRange
}): Promise<PortLease> {
  const self = identify(process.pid)
  if (self === undefined)
    throw new NoFreePort('any range: this process does not see itself in the process table')
  const { first, last } = o.range ?? choosePortRange()
  const claim = prepareClaim({ ...self, run: o.run })
  try {
    const size = last - first + 1
    const start = Math.floor(Math.random() * size)
    for (let i = 0; i < size; i += 1) {
      const port = first + ((start + i) % size)
      if (usedPorts().has(port) || !claim.take(port)) continue
      if (await isPortFree(o.host, port)) return openLease(claim, port)
      claim.putBack(port)
    }
  } catch (error) {
    claim.discard()
    throw error
  }
  claim.discard()
  throw new NoFreePort(`${first}-${last}`)
}

function prepareClaim(owner: ProcessIdentity & { readonly run: string }): LeaseClaim {
  try {
    sweepStaging()
    return new LeaseClaim(owner)
  } catch (error) {
    const hint = 'set SMOKECHAIN_LEASE_DIR to a directory you may write'
    throw new NoFreePort(
      `any range: leases cannot be kept in ${leaseDirectory()} (${messageOf(error)}); ${hint}`,
    )
  }
}

function openLease(claim: LeaseClaim, port: number): PortLease {
  let released = false
  return {
    port,
    release: () => {
      if (released) return
      released = true
      claim.release(port)
    },
  }
}

/** Every lease on this machine, whose ever it is. */
export function listLeases(): LeaseRecord[] {
  return readLeases().map(({ port, owner: { pid, startTime, run } }) => {
    return { port, pid, startTime, run, stale: !isAlive({ pid, startTime }) }
  })
}
