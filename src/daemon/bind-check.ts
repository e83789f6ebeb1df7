/** Before a daemon is spawned: are its ports free? A taken one is named with its holder, and nothing is started. */
import { formatAddress, holdersOf, isLoopback, isPortFree } from '../host/sockets.ts'
import type { FailureOf } from '../kernel/failure.ts'
import { listenerTable } from '../readiness/listeners.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'

/** Below this, only a privileged process may listen, so that trying to tells nothing about the port. */
const FIRST_UNPRIVILEGED_PORT = 1024

/**
 * A port counts as taken when anybody listens on it, on whatever address: a client would reach one or the other by
 * chance of its address family.
 */
export async function findTakenBind(spec: ResolvedDaemon): Promise<FailureOf<'bind-taken'> | undefined> {
  for (const { host, port } of spec.binds) {
    const listens = (listenerTable.exact()?.get(port) ?? []).length > 0
    if (listens || !(await canListen(host, port))) {
      return {
        tag: 'bind-taken',
        daemon: spec.name,
        address: formatAddress(host, port),
        holders: holdersOf(port),
      }
    }
  }
  return undefined
}

/** Where an attempt can fail for other reasons than the port (an address that is not there yet), the daemon makes it. */
async function canListen(host: string, port: number): Promise<boolean> {
  if (!isLoopback(host) || port < FIRST_UNPRIVILEGED_PORT) return true
  return await isPortFree(host, port)
}
