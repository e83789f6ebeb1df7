/** Ends processes of which no handle is held: what a dead tool left, or what a leak audit found. */
import { setTimeout as delay } from 'node:timers/promises'
import { now } from '../kernel/clock.ts'
import { isAlive, type ProcessInfo } from './process-table.ts'
import { signalProcess } from './signal-process.ts'

const POLL_MS = process.platform === 'darwin' ? 50 : 10
const KILL_DEADLINE_MS = 10_000

export interface EndedProcesses {
  /** Every process that was told to end. */
  readonly ended: readonly ProcessInfo[]
  /** Those that SIGKILL was needed for. */
  readonly killed: readonly ProcessInfo[]
  readonly leftovers: readonly ProcessInfo[]
}

/**
 * SIGTERM, then after `graceMs` SIGKILL, to all that `look` finds, until it finds none. Each process is signalled by its
 * own number and only while its start time is the same: neither a reused pid nor a reused group is ever hit.
 */
export async function endProcesses(look: () => ProcessInfo[], graceMs: number): Promise<EndedProcesses> {
  const ended = new Map<string, ProcessInfo>()
  const killed = new Map<string, ProcessInfo>()
  const start = now()
  for (;;) {
    const left = lookAgain(look, ended)
    const spent = now() - start
    if (left.length === 0 || spent > graceMs + KILL_DEADLINE_MS) {
      return { ended: [...ended.values()], killed: [...killed.values()], leftovers: left }
    }
    for (const one of left) {
      const key = `${one.pid}-${one.startTime}`
      if (spent >= graceMs) {
        killed.set(key, one)
        signalProcess(one, 'SIGKILL')
      } else if (!ended.has(key)) signalProcess(one, 'SIGTERM')
      ended.set(key, one)
    }
    await delay(POLL_MS)
  }
}

/** Who was found once stays in sight, even when what it was found by is gone. */
function lookAgain(look: () => ProcessInfo[], known: ReadonlyMap<string, ProcessInfo>): ProcessInfo[] {
  const found = new Map(look().map((one) => [one.pid, one]))
  for (const one of known.values()) if (isAlive(one)) found.set(one.pid, one)
  found.delete(process.pid)
  return [...found.values()]
}
