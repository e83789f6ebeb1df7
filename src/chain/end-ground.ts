/** The end of every ground, whoever stood on it: a chain, a supervisor, a watch, a loan. Nothing may be left of any. */
import { now } from '../kernel/clock.ts'
import type { Emit } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { auditLeaks } from './audit.ts'
import type { StoppedSocket } from './crew.ts'
import { huntEscapees } from './hunt.ts'
import type { Ground } from './prepare.ts'

/**
 * Ends what has escaped from the daemons, looks what is left of them, and gives the ground back. The guardian is to be
 * dismissed afterwards.
 *
 * @param sockets where they listened.
 * @returns every process that had escaped, and every process, port, lease and folder that is left.
 */
export async function endGround(
  ground: Ground,
  sockets: readonly StoppedSocket[],
): Promise<readonly Failure[]> {
  const { pid } = ground.guardian
  const escaped = await huntEscapees(ground.belongings, new Set([pid]))
  const left = auditLeaks(ground.marker, sockets, new Set([pid, ...escaped.pids]))
  const leaks = [...escaped.leaks, ...left, ...(await ground.release())]
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
