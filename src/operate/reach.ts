/** Finds the supervisor of a stack, whatever state it is in. */
import { now } from '../kernel/clock.ts'
import { pause } from '../readiness/poll.ts'
import { type ControlClient, connectControl } from './control-client.ts'
import { findOwner, type Owner } from './owner-lease.ts'
import type { StackPlace } from './places.ts'

export type Reached =
  | { readonly how: 'down' }
  /** Its supervisor has died and left its lease. */
  | { readonly how: 'orphaned'; readonly owner: Owner }
  | { readonly how: 'up'; readonly owner: Owner; readonly client: ControlClient }
  | { readonly how: 'unreachable'; readonly owner: Owner; readonly why: string }

/** Between taking the lease and listening a supervisor reads a file and leases ports. */
const LISTEN_MS = 10_000
const LOOK_EVERY_MS = 20

/**
 * Waits up to 10 s for one that has taken its lease and does not listen yet. When it is up, the caller closes
 * `client`.
 */
export async function reachSupervisor(place: StackPlace): Promise<Reached> {
  const deadline = now() + LISTEN_MS
  for (;;) {
    const found = findOwner(place.lease)
    if (!found) return { how: 'down' }
    const { owner, alive } = found
    if (!alive) return { how: 'orphaned', owner }
    const connected = await connectControl(place.socket)
    if (connected.ok) return { how: 'up', owner, client: connected.value }
    const { kind, detail } = connected.error
    if (kind !== 'nobody' || now() >= deadline) return { how: 'unreachable', owner, why: detail }
    await pause(LOOK_EVERY_MS, new AbortController().signal)
  }
}

/** `PID 4711, since 2026-11-20T10:02:00.000Z`. */
export function describeOwner({ pid, since }: Owner): string {
  return `PID ${pid}, since ${since}`
}
