/**
 * Boots daemons as wide as their needs allow: each starts the moment all that it needs is ready. The first
 * failure ends the boot, because a stack without one of its daemons is not the stack that was asked for; so does the
 * death of a daemon that was ready already.
 */
import type { Daemon } from '../daemon/daemon.ts'
import type { Failure } from '../kernel/failure.ts'
import { err, ok, type Result } from '../kernel/result.ts'

/**
 * Starts every daemon given, each after its needs.
 *
 * @param needsOf names of the daemons that must be ready first; names outside `daemons` are ignored.
 * @param signal ends the boot (Ctrl-C); daemons that are starting are stopped by their own `start`.
 * @returns the failures in the order in which they happened, the cause first.
 */
export async function bootDaemons(
  daemons: ReadonlyMap<string, Daemon>,
  needsOf: (name: string) => readonly string[],
  signal: AbortSignal,
): Promise<Result<void, readonly Failure[]>> {
  const failures: Failure[] = []
  const halt = new AbortController()
  const whileBooting = AbortSignal.any([signal, halt.signal])
  const started = new Map<string, Promise<boolean>>()

  const start = (name: string, daemon: Daemon): Promise<boolean> => {
    const known = started.get(name)
    if (known) return known
    const starting = startAfterNeeds(name, daemon)
    started.set(name, starting)
    return starting
  }

  const startAfterNeeds = async (name: string, daemon: Daemon): Promise<boolean> => {
    const needs = await Promise.all(
      needsOf(name).map((need) => {
        const needed = daemons.get(need)
        return needed ? start(need, needed) : true
      }),
    )
    if (needs.includes(false) || whileBooting.aborted) return false
    const result = await daemon.start(whileBooting)
    if (result.ok) return true
    // What fails after the first failure fails because the boot was ended, unless it says something of its own.
    if (!whileBooting.aborted || result.error.tag !== 'not-ready') failures.push(result.error)
    halt.abort()
    return false
  }

  const unwatch = [...daemons.values()].map((daemon) =>
    daemon.onDeath((failure) => {
      failures.push(failure)
      halt.abort()
    }),
  )
  try {
    const outcomes = await Promise.all([...daemons].map(([name, daemon]) => start(name, daemon)))
    return outcomes.every(Boolean) && failures.length === 0 ? ok(undefined) : err(failures)
  } finally {
    for (const off of unwatch) off()
  }
}
