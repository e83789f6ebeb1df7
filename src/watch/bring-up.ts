/**
 * Starts as many daemons as can be started, each after its needs. Unlike a boot it does not end with the first failure: who
 * works on one daemon wants the others up.
 */
import type { Daemon } from '../daemon/daemon.ts'

/**
 * Starts those of `names` that are down. A daemon whose need is not ready stays down; one that has failed or died is left as it is.
 * Resolves when nothing is starting any more.
 */
export async function bringUp(
  daemons: ReadonlyMap<string, Daemon>,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const wanted = new Set(names)
  const started = new Map<string, Promise<void>>()
  const start = (name: string): Promise<void> => {
    const known = started.get(name)
    if (known) return known
    const starting = startAfterNeeds(name)
    started.set(name, starting)
    return starting
  }
  const startAfterNeeds = async (name: string): Promise<void> => {
    const daemon = daemons.get(name)
    if (!daemon) return
    const { needs } = daemon.spec
    await Promise.all(needs.filter((need) => wanted.has(need)).map(start))
    const lacks = needs.some((need) => daemons.get(need)?.state !== 'ready')
    if (lacks || signal.aborted || daemon.state !== 'down') return
    // What goes wrong is told by events.
    await daemon.start(signal)
  }
  await Promise.all([...wanted].map(start))
}
