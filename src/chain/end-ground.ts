/** The end of every ground, whoever stood on it: a chain, a supervisor, a watch, a loan. Nothing may be left of any. */
import { now } from '../kernel/clock.ts'
import type { Emit } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { auditLeaks } from './audit.ts'
import type { StoppedSocket } from './crew.ts'
import type { Ground } from './prepare.ts'

/**
 * Looks what is left of the daemons, and gives the ground back. The guardian is to be dismissed afterwards.
 *
 * @param sockets where they listened.
 * @returns every process, port, lease and folder that is left.
 */
export async function endGround(
  ground: Ground,
  sockets: readonly StoppedSocket[],
): Promise<readonly Failure[]> {
  const left = auditLeaks(ground.marker, sockets, new Set([ground.guardian.pid]))
  const leaks = [...left, ...(await ground.release())]
  ground.guardian.forget(ground.folder)
  return leaks
}

/** The same, told as it happens. @param stop ends the daemons, and says where they listened. */
export async function stopOn(
  ground: Ground,
  emit: Emit,
  stop: () => Promise<readonly StoppedSocket[]>,
): Promise<readonly Failure[]> {
  const startedAt = now()
  emit({ type: 'stop.started' })
  const leaks = await endGround(ground, await stop())
  for (const failure of leaks) emit({ type: 'leak.found', failure })
  emit({ type: 'stop.finished', ms: now() - startedAt, leaks: leaks.length })
  return leaks
}
