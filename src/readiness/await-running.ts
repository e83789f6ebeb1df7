/**
 * Waits until a daemon that somebody else has started is ready. Who holds its sockets is not proven here: a supervisor
 * that wants this asks only after it has started the process, and watches that process itself.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectUnix } from '../host/connect.ts'
import { LogFile } from '../host/log-file.ts'
import { runMarker } from '../host/marker.ts'
import { isAlive, type ProcessIdentity } from '../host/process-table.ts'
import { removeFolder } from '../host/temp-folder.ts'
import { now } from '../kernel/clock.ts'
import { listAskable } from '../stack/outside.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import type { ReadySpec } from '../stack/types.ts'
import { createProbe, type Probe, type ProbeContext } from './create.ts'
import { type PollOutcome, pollUntil } from './poll.ts'

export interface AwaitRunningOptions {
  readonly timeoutMs: number
  /** Environment of `command` probes. */
  readonly env: Readonly<Record<string, string>>
  /** The daemon's process, where it is known: when it ends, so does the wait. */
  readonly process?: ProcessIdentity
  readonly signal?: AbortSignal
}

/** One outcome for each thing that was asked, in the order of `listAskable`. Empty: nothing can be asked. */
export async function awaitRunning(
  daemon: ResolvedDaemon,
  o: AwaitRunningOptions,
): Promise<{ readonly spec: ReadySpec; readonly outcome: PollOutcome }[]> {
  const folder = mkdtempSync(join(tmpdir(), 'smokechain-wait-'))
  const log = new LogFile(join(folder, `${daemon.name}.log`))
  const context: ProbeContext = { daemon, log, env: o.env, marker: runMarker(`wait-${randomUUID()}`) }
  const startedAt = now()
  try {
    return await Promise.all(
      listAskable(daemon).map(async (spec) => {
        const asked = spec.kind === 'socket' ? askSocket(spec.path, daemon) : createProbe(spec, context)
        const probe = o.process === undefined ? asked : whileAlive(asked, o.process)
        try {
          const outcome = await pollUntil(probe, {
            startedAt,
            deadline: startedAt + o.timeoutMs,
            ...(o.signal && { signal: o.signal }),
          })
          return { spec, outcome }
        } finally {
          asked.dispose?.()
        }
      }),
    )
  } finally {
    await log.close()
    await removeFolder(folder)
  }
}

/** Unlike the probe of a daemon of our own, it cannot know what was there before. */
function askSocket(path: string, { cwd }: ResolvedDaemon): Probe {
  const absolute = join(path.startsWith('/') ? '/' : cwd, path)
  return {
    kind: 'socket',
    async attempt(signal, timeoutMs) {
      const answer = await connectUnix({ path: absolute, timeoutMs, signal })
      return answer.ok
        ? { ok: true, saw: `${absolute} accepts connections` }
        : { ok: false, saw: `${absolute}: ${answer.error.detail}` }
    },
  }
}

function whileAlive(probe: Probe, process: ProcessIdentity): Probe {
  const { gate } = probe
  return {
    kind: probe.kind,
    ...(probe.waits !== undefined && { waits: probe.waits }),
    ...(probe.maxPauseMs !== undefined && { maxPauseMs: probe.maxPauseMs }),
    ...(gate && { gate: () => (isAlive(process) ? gate() : undefined) }),
    attempt: async (signal, timeoutMs) =>
      isAlive(process)
        ? await probe.attempt(signal, timeoutMs)
        : { ok: false, saw: `its process (${process.pid}) has ended`, fatal: true },
  }
}
