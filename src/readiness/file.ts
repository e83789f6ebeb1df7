/** Kind `file`: the daemon has made, or made anew, a file, and its size has come to rest. */
import { resolve } from 'node:path'
import type { ReadySpec } from '../stack/types.ts'
import { isNew, snapshotPath } from './path-snapshot.ts'
import type { Probe, ProbeContext } from './probe.ts'
import { loadWaitOn, waitForResource } from './wait-on.ts'

/** One look is a stat; the size must be seen twice, so this twice over is the latency. Milliseconds. */
const INTERVAL_MS = 2

/** A file that was there before the spawn and is still the same proves nothing: a crash leaves its PID file. */
export function createFileProbe(spec: Extract<ReadySpec, { kind: 'file' }>, { daemon }: ProbeContext): Probe {
  const path = resolve(daemon.cwd, spec.path)
  const before = snapshotPath(path)
  loadWaitOn()
  return {
    kind: 'file',
    waits: true,
    async attempt(_signal, timeoutMs) {
      if (!(await waitForResource(`file:${path}`, INTERVAL_MS, timeoutMs))) {
        return { ok: false, saw: `${path} is not there` }
      }
      if (isNew(path, before)) return { ok: true, saw: `${path} is there` }
      return { ok: false, saw: `${path} is still the one from before the start` }
    },
  }
}
