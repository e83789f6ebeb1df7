/** Kind `command`: a command of its own process family exits with 0. */
import { LogFile } from '../host/log-file.ts'
import { markerEnvironment, ownerMarker } from '../host/marker.ts'
import { spawnChild } from '../host/spawn.ts'
import { stopFamily } from '../host/stop.ts'
import type { ReadySpec } from '../stack/types.ts'
import type { Probe, ProbeContext } from './probe.ts'
import { whenAborted } from './when-aborted.ts'

/** A process is dear: with this much between two, a quick command takes a fifth of the time at most. */
const MAX_PAUSE_MS = 100

/** Its output goes to `<name>.ready.log` beside the daemon's log; the last attempt's is kept. */
export function createCommandProbe(
  spec: Extract<ReadySpec, { kind: 'command' }>,
  { daemon, env, log, marker }: ProbeContext,
): Probe {
  const owner = ownerMarker(marker, `${daemon.name}:ready`)
  const logPath = log.path.replace(/(\.log)?$/, '.ready.log')
  return {
    kind: 'command',
    maxPauseMs: MAX_PAUSE_MS,
    async attempt(signal) {
      const output = new LogFile(logPath)
      try {
        const spawned = await spawnChild({
          command: spec.command,
          cwd: daemon.cwd,
          env: { ...env, ...markerEnvironment(marker, owner) },
          log: output,
        })
        if (!spawned.ok) {
          const { reason, detail } = spawned.error
          return { ok: false, saw: `${spec.command[0]}: ${reason}: ${detail}`, fatal: reason !== 'other' }
        }
        const child = spawned.value
        const exit = await Promise.race([child.exited, whenAborted(signal)])
        if (!exit) {
          await stopFamily({ child, marker: owner, graceMs: 0, firstSignal: 'SIGKILL' })
          return { ok: false, saw: 'the command did not end in time and was killed' }
        }
        if (exit.code === 0) return { ok: true, saw: 'exit 0' }
        await child.drained
        const said = output.tail(1)[0]
        return {
          ok: false,
          saw: `${exit.signal ?? `exit ${exit.code}`}${said === undefined ? '' : `: ${said}`}`,
        }
      } finally {
        await output.close()
      }
    },
  }
}
