/** From what happened to a daemon to the failure that says so. */

import { holdersOf } from '../host/sockets.ts'
import type { Exit, SpawnError } from '../host/spawn.ts'
import { now } from '../kernel/clock.ts'
import type { Failure, FailureOf, LogTail } from '../kernel/failure.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import type { Incarnation } from './incarnation.ts'
import type { ReadyEnd } from './ready-race.ts'

/** As the common runtimes and the C library spell it. */
const ADDRESS_IN_USE =
  /EADDRINUSE|address (?:is )?already in use|address in use|port .*in use|os error (?:98|48)\b/i

/** No process came to be: there is neither an exit nor a log to tell of. */
export function explainSpawnError(spec: ResolvedDaemon, error: SpawnError): FailureOf<'spawn-failed'> {
  return { tag: 'spawn-failed', daemon: spec.name, command: spec.command, cwd: spec.cwd, ...error }
}

/** An exit before readiness. When its log blames the address, and somebody holds it, that is the cause. */
export function explainEarlyExit(
  spec: ResolvedDaemon,
  { child, sockets }: Incarnation,
  exit: Exit,
  log: LogTail,
): Failure {
  const foreign = log.some((line) => ADDRESS_IN_USE.test(line)) ? sockets.findForeign() : undefined
  if (foreign) {
    const holders = holdersOf(foreign.port)
    return { tag: 'bind-taken', daemon: spec.name, address: foreign.address, holders }
  }
  const afterMs = Math.round(now() - child.spawnedAt)
  return { tag: 'exited-before-ready', daemon: spec.name, ...exit, afterMs, log }
}

/** Why it did not become ready; `interrupted`: because we gave up. */
export function explainNotReady(
  spec: ResolvedDaemon,
  end: Exclude<ReadyEnd, { how: 'ready' } | { how: 'exited' }>,
  log: LogTail,
): Failure {
  if (end.how === 'failed') return end.failure
  if (end.how === 'aborted') return explainInterruption(spec)
  const { lacking, probes } = end
  return { tag: 'not-ready', daemon: spec.name, timeoutMs: spec.readyTimeoutMs, lacking, probes, log }
}

/** We gave its start up: nothing is wrong with the daemon, and it is not to be told as if it were. */
export function explainInterruption(spec: ResolvedDaemon): FailureOf<'not-ready'> {
  return {
    tag: 'not-ready',
    daemon: spec.name,
    timeoutMs: spec.readyTimeoutMs,
    lacking: ['its start was interrupted'],
    probes: [],
    log: [],
  }
}

/** An end that nobody asked for. @param exit undefined: it has not been told yet; code and signal are null then. */
export function explainDeath(
  spec: ResolvedDaemon,
  { child }: Incarnation,
  exit: Exit | undefined,
  log: LogTail,
): FailureOf<'died'> {
  return {
    tag: 'died',
    daemon: spec.name,
    code: exit?.code ?? null,
    signal: exit?.signal ?? null,
    upMs: Math.round(now() - child.spawnedAt),
    log,
  }
}

/** A daemon that runs and has closed its socket. */
export function explainSilence(
  spec: ResolvedDaemon,
  { child }: Incarnation,
  lacking: readonly string[],
): FailureOf<'not-alive'> {
  const atMs = Math.round(now() - child.spawnedAt)
  const probes = lacking.map((saw) => ({ atMs, kind: 'listen', ok: false, saw }))
  return { tag: 'not-alive', daemon: spec.name, probes }
}
