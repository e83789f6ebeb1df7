/** The processes that a smoke has started: found whatever they did to parent, group or session, and ended. */
import { setTimeout as delay } from 'node:timers/promises'
import {
  describeProcess,
  type FamilyQuery,
  isAlive,
  listFamily,
  type ProcessInfo,
} from '../../host/process-table.ts'
import { now } from '../../kernel/clock.ts'

/** A process that has been told to end gets this long before it counts as left behind. */
const SETTLE_MS = 1_000
const KILL_MS = 3_000

/** SIGKILL to all of it, again and again, until nothing is left (or three seconds have passed). */
export async function killFamily(query: FamilyQuery, except?: number): Promise<void> {
  const deadline = now() + KILL_MS
  // A process that is being ended loses its environment, by which it was found, before it is gone.
  let ending: ProcessInfo[] = []
  for (let pause = 1; ; pause = Math.min(pause * 2, 20)) {
    const family = listFamily(query).filter((p) => p.pid !== except)
    const found = new Set(family.map((p) => p.pid))
    ending = [...family, ...ending.filter((p) => !found.has(p.pid) && isAlive(p))]
    if (ending.length === 0 || now() >= deadline) return
    for (const member of ending) kill(member.pid)
    await delay(pause)
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // It has gone in the meantime, which is what was wanted; or it is not ours to kill, which the audit will name.
    const code = error instanceof Error ? Reflect.get(error, 'code') : undefined
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

/**
 * Ends what a smoke has left, and names it. Processes that are just ending are waited for, briefly.
 * @returns `4711 (sleep 1000)` for each.
 */
export async function endLeftovers(query: FamilyQuery, except?: number): Promise<string[]> {
  const find = (): ProcessInfo[] => listFamily(query).filter((p) => p.pid !== except)
  const deadline = now() + SETTLE_MS
  let left = find()
  for (let pause = 2; left.length > 0 && now() < deadline; pause = Math.min(pause * 2, 25)) {
    await delay(pause)
    left = find()
  }
  if (left.length === 0) return []
  const names = left.map((p) => `PID ${p.pid} (${describeProcess(p.pid)?.command ?? 'gone meanwhile'})`)
  await killFamily(query, except)
  return names
}
