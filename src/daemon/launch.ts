/** Starts one process of a daemon, with its log, its probes and its place under the guardian. */
import { join } from 'node:path'
import { baseEnvironment } from '../host/environment.ts'
import { LogFile } from '../host/log-file.ts'
import { type Marker, markerEnvironment } from '../host/marker.ts'
import { spawnChild } from '../host/spawn.ts'
import type { Failure } from '../kernel/failure.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import type { DaemonContext } from './context.ts'
import { explainSpawnError } from './explain.ts'
import { Incarnation } from './incarnation.ts'
import { limitsOf } from './limits.ts'
import { listeningInodes } from './ownership.ts'
import { createProbes } from './probes.ts'

export interface Launch {
  readonly spec: ResolvedDaemon
  readonly ctx: DaemonContext
  /** Carried by this daemon's processes alone. */
  readonly marker: Marker
  readonly log: LogFile
  /** Counts from 1. */
  readonly number: number
}

/** Emits `daemon.spawned`. On a failure there is no process. */
export async function launch({
  spec,
  ctx,
  marker,
  log,
  number,
}: Launch): Promise<Result<Incarnation, Failure>> {
  const { run, guardian, belongings, emit } = ctx
  const env = { ...baseEnvironment(), ...spec.env, ...markerEnvironment(run.marker, marker) }
  const probes = createProbes({ daemon: spec, log, env, marker: run.marker })
  const before = listeningInodes()
  belongings.dropClosed(spec.name, before)
  const extraFds = spec.ready.flatMap((ready) => (ready.kind === 'fd' ? [ready.fd] : []))
  const spawned = await spawnChild({ command: spec.command, cwd: spec.cwd, env, log, extraFds })
  if (!spawned.ok) {
    probes.dispose()
    await log.close()
    return err(explainSpawnError(spec, spawned.error))
  }
  const child = spawned.value
  const limits = limitsOf(spec)
  guardian.watchGroup(child.identity)
  probes.attach(child)
  emit({
    type: 'daemon.spawned',
    daemon: spec.name,
    incarnation: number,
    pid: child.pid,
    sockets: spec.binds.map(({ name, host, port }) => ({ name, host, port })),
    needs: spec.needs,
    ...(limits && { limits }),
  })
  return ok(new Incarnation({ number, spec, child, marker, probes, before, belongings }))
}

/** One file for all incarnations: what the former ones wrote stays, with a line between. */
export function openDaemonLog(
  { name }: ResolvedDaemon,
  { run, secrets, emit }: DaemonContext,
  number: number,
): LogFile {
  const path = join(run.logsDir, `${name}.log`)
  const log = new LogFile(path, {
    redact: secrets,
    times: true,
    onLost: (reason) => {
      emit({ type: 'evidence.lost', failure: { tag: 'evidence-lost', path, reason } })
    },
  })
  if (number > 1) log.write(Buffer.from(`--- ${name}, incarnation ${number} ---\n`))
  return log
}
