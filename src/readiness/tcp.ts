/** Kind `tcp`: something accepts a connection. */
import { connectTcp } from '../host/connect.ts'
import type { ReadySpec } from '../stack/types.ts'
import { describeFault, hopeless } from './http.ts'
import type { Probe, ProbeContext } from './probe.ts'
import { isOwn, listenGate, ownTarget, parseTarget } from './target.ts'

/** Connects and closes; sends nothing. A target that is no address is told by the first attempt, as fatal. */
export function createTcpProbe(spec: Extract<ReadySpec, { kind: 'tcp' }>, { daemon }: ProbeContext): Probe {
  const target = spec.target === undefined ? ownTarget(daemon, spec.bind) : parseTarget(spec.target)
  if ('problem' in target) return hopeless('tcp', target.problem)
  return {
    kind: 'tcp',
    ...(isOwn(target, daemon) && { gate: listenGate(target) }),
    async attempt(signal, timeoutMs) {
      const answer = await connectTcp({ host: target.host, port: target.port, timeoutMs, signal })
      if (answer.ok) return { ok: true, saw: `${target.address} accepts connections` }
      return { ok: false, saw: describeFault(answer.error, target, timeoutMs) }
    },
  }
}
