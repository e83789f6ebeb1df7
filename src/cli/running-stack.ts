/** What the doctor may know of a stack that `up` keeps running: asked of its supervisor, read off its state. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DeadSupervisor, RunningStack } from '../doctor/running-stack.ts'
import { connectControl } from '../operate/control-client.ts'
import { findOwner, removeLease } from '../operate/owner-lease.ts'
import { placeOf, type StackPlace, UnusableState } from '../operate/places.ts'
import type { StackStatus } from '../operate/status.ts'

/** Undefined: no supervisor of this stack file lives. */
export async function findRunningStack(
  file: string,
  env: NodeJS.ProcessEnv,
): Promise<RunningStack | undefined> {
  const place = findPlace(file, env)
  const found = place && findOwner(place.lease)
  if (place === undefined || !found?.alive) return undefined
  const { run, pid: supervisorPid } = found.owner
  const status = await askStatus(place)
  if (typeof status === 'string') return { run, supervisorPid, silent: status, daemons: [] }
  const daemons = status.daemons.map(({ addresses, ...daemon }) => ({
    ...daemon,
    sockets: addresses,
    logFile: join(place.runs, run, 'daemons', `${daemon.name}.log`),
  }))
  return { run, supervisorPid, daemons }
}

/** A supervisor that died and left its lease. */
export function findDeadSupervisor(file: string, env: NodeJS.ProcessEnv): DeadSupervisor | undefined {
  const place = findPlace(file, env)
  const found = place && findOwner(place.lease)
  if (place === undefined || found === undefined || found.alive) return undefined
  const { owner } = found
  return {
    run: owner.run,
    pid: owner.pid,
    since: owner.since,
    path: place.lease,
    remove: () => removeLease(place.lease, owner),
  }
}

/** Undefined: there is no such file, or no folder of state that could be used; then nothing was ever up. */
function findPlace(file: string, env: NodeJS.ProcessEnv): StackPlace | undefined {
  if (!existsSync(file)) return undefined
  try {
    return placeOf(file, env)
  } catch (error) {
    if (error instanceof UnusableState) return undefined
    throw error
  }
}

/** The status, or why there is none. */
async function askStatus(place: StackPlace): Promise<StackStatus | string> {
  const connected = await connectControl(place.socket)
  if (!connected.ok) return connected.error.detail
  const client = connected.value
  try {
    const answer = await client.ask<StackStatus>({ op: 'status' })
    return answer.ok ? answer.value : answer.error.message
  } finally {
    client.close()
  }
}
