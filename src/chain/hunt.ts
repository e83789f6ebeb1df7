/**
 * Before the leak audit: who escaped from the daemons' families is found by what it still holds of theirs, and ended.
 * Costs nothing when all output has come to its end and no socket of a daemon listens any more.
 */
import type { Belonging, Belongings } from '../host/belongings.ts'
import { type EndedEscapee, endEscapees } from '../host/escapees.ts'
import { listListeners } from '../host/sockets.ts'
import type { FailureOf } from '../kernel/failure.ts'

/** From SIGTERM to SIGKILL. */
const GRACE_MS = 2_000

export interface Hunted {
  readonly pids: readonly number[]
  /** One for each: a run in which something escaped has leaked, though nothing of it runs any more. */
  readonly leaks: readonly FailureOf<'leak'>[]
}

/** @param except processes that are never to be ended. */
export async function huntEscapees(belongings: Belongings, except: ReadonlySet<number>): Promise<Hunted> {
  const listening = new Set((listListeners() ?? []).map(({ inode }) => inode))
  const held = belongings.list().filter(({ inode, address }) => address === undefined || listening.has(inode))
  const escaped = await endEscapees(held, except, GRACE_MS)
  return { pids: escaped.map(({ process }) => process.pid), leaks: escaped.map(describe) }
}

function describe({ process, command, held, gone }: EndedEscapee<Belonging>): FailureOf<'leak'> {
  const what = held.address === undefined ? 'the output it still held' : `its hold on ${held.address}`
  return {
    tag: 'leak',
    kind: 'process',
    what: `PID ${process.pid} (${command}), found by ${what}`,
    owner: held.owner,
    ...(gone && { ended: true as const }),
  }
}
