/** Kind `socket`: a Unix socket accepts a connection, and is not the one that was there before the spawn. */
import { resolve } from 'node:path'
import type { ReadySpec } from '../stack/types.ts'
import { isNew, snapshotPath } from './path-snapshot.ts'
import type { Probe, ProbeContext } from './probe.ts'
import { loadWaitOn, waitForResource } from './wait-on.ts'

const INTERVAL_MS = 5

/** A socket file that is still the same answers for another process, since binding it makes a new one. */
export function createSocketProbe(
  spec: Extract<ReadySpec, { kind: 'socket' }>,
  { daemon }: ProbeContext,
): Probe {
  const path = resolve(daemon.cwd, spec.path)
  const before = snapshotPath(path)
  loadWaitOn()
  return {
    kind: 'socket',
    waits: true,
    async attempt(_signal, timeoutMs) {
      if (!(await waitForResource(`socket:${path}`, INTERVAL_MS, timeoutMs))) {
        return { ok: false, saw: `${path} accepts no connection` }
      }
      if (isNew(path, before)) return { ok: true, saw: `${path} accepts connections` }
      return { ok: false, saw: `${path} is answered by a process from before the start` }
    },
  }
}
