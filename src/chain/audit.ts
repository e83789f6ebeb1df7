/**
 * The leak audit: after the stop, nothing of the run may be left. What is left is named, and fails the
 * run.
 */
import { describeProcess, listFamily, type Marker } from '../host/process-table.ts'
import { holdersOf, listListeners } from '../host/sockets.ts'
import type { SocketAddress } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'

/**
 * @param except processes of the run that are meant to be alive still (the guardian).
 * @returns a failure for every process of the run that is alive, and for every socket of it still listening.
 */
export function auditLeaks(
  marker: Marker,
  sockets: readonly { readonly daemon: string; readonly address: SocketAddress }[],
  except: ReadonlySet<number>,
): Failure[] {
  const failures: Failure[] = []
  for (const process of listFamily({ marker })) {
    if (except.has(process.pid)) continue
    const described = describeProcess(process.pid)
    // Gone between the listing and the look: not left behind.
    if (!described) continue
    failures.push({ tag: 'leak', kind: 'process', what: `PID ${process.pid} (${described.command})` })
  }
  const listening = new Set((listListeners() ?? []).map((listener) => listener.port))
  for (const { daemon, address } of sockets) {
    if (!listening.has(address.port)) continue
    failures.push({
      tag: 'leak',
      kind: 'port',
      what: `${address.host}:${address.port} is still listened on, ${describeHolders(address.port)}`,
      owner: daemon,
    })
  }
  return failures
}

function describeHolders(port: number): string {
  const holders = holdersOf(port).filter((holder) => holder.pid > 0)
  if (holders.length === 0) return 'by a process that the system does not name'
  return `by ${holders.map((holder) => `PID ${holder.pid} (${holder.command})`).join(', ')}`
}
