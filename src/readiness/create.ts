/** From what a stack file asks for to the probe that asks it. A new kind is one file and one line here. */
import { unreachable } from '../kernel/result.ts'
import type { ReadySpec } from '../stack/types.ts'
import { createCommandProbe } from './command.ts'
import { createFdProbe } from './fd.ts'
import { createFileProbe } from './file.ts'
import { createHttpProbe } from './http.ts'
import { createLogProbe } from './log.ts'
import type { Probe, ProbeContext } from './probe.ts'
import { createSocketProbe } from './socket.ts'
import { createSqlProbe } from './sql.ts'
import { createTcpProbe } from './tcp.ts'

export type { Probe, ProbeContext } from './probe.ts'

/** To be called before the daemon is spawned; see `Probe.attach`. */
export function createProbe(spec: ReadySpec, context: ProbeContext): Probe {
  switch (spec.kind) {
    case 'http':
      return createHttpProbe(spec, context)
    case 'tcp':
      return createTcpProbe(spec, context)
    case 'sql':
      return createSqlProbe(spec, context)
    case 'log':
      return createLogProbe(spec, context)
    case 'fd':
      return createFdProbe(spec)
    case 'command':
      return createCommandProbe(spec, context)
    case 'file':
      return createFileProbe(spec, context)
    case 'socket':
      return createSocketProbe(spec, context)
    default:
      return unreachable(spec)
  }
}
