/** Daemons that can no longer be trusted: dead, without their sockets, or with somebody else on their ports. */
import type { Failure } from '../kernel/failure.ts'
import type { CrewMember } from './crew.ts'

/** How long a daemon that has lost its sockets may take to end: the sockets of a process go a moment before it does. */
const ENDING_MS = 1_000

/**
 * What is wrong with these daemons; what they died of, where they died. Waits for an end that is about to be told:
 * it would pass for the next smoke's.
 *
 * @param deaths of any daemon, added to as they are told.
 */
export async function findLost(
  names: readonly string[],
  daemons: ReadonlyMap<string, CrewMember>,
  deaths: readonly Failure[],
): Promise<readonly Failure[]> {
  if (deaths.length > 0) return [...deaths]
  const members = names.flatMap((name) => daemons.get(name) ?? [])
  const lost = members.flatMap((member) => {
    const failure = member.checkStillOurs()
    return failure ? [{ member, failure }] : []
  })
  await Promise.all(lost.map(({ member, failure }) => awaitEnd(member, failure)))
  return deaths.length > 0 ? [...deaths] : lost.map(({ failure }) => failure)
}

/**
 * Resolves when the end has been told that `failure` may be the beginning of, or when it does not come: a process that is
 * dead or without its sockets has perhaps just ended, and what tells of that end knows why.
 */
export async function awaitEnd(member: CrewMember, { tag }: Failure): Promise<void> {
  if (member.state !== 'ready' || (tag !== 'died' && tag !== 'not-alive')) return
  const told = Promise.withResolvers<void>()
  const off = member.onDeath(() => told.resolve())
  const timer = setTimeout(told.resolve, ENDING_MS)
  await told.promise
  clearTimeout(timer)
  off()
}
