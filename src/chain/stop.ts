/** Stops daemons in reverse order of need: whoever needs a daemon is gone before it is. */
import type { Daemon } from '../daemon/daemon.ts'

/** @param kill when it fires (second Ctrl-C), what is still there is killed at once. */
export async function stopDaemons(daemons: ReadonlyMap<string, Daemon>, kill: AbortSignal): Promise<void> {
  const needsOf = (name: string) => daemons.get(name)?.spec.needs ?? []
  for (const wave of stopWaves([...daemons.keys()], needsOf)) {
    await Promise.all(wave.map((name) => daemons.get(name)?.stop({ kill })))
  }
}

/** Names in the order in which to stop, one array a wave. */
function stopWaves(
  names: readonly string[],
  needsOf: (name: string) => readonly string[],
): readonly (readonly string[])[] {
  const left = new Set(names)
  const waves: string[][] = []
  while (left.size > 0) {
    const needed = new Set([...left].flatMap((name) => needsOf(name)))
    const wave = [...left].filter((name) => !needed.has(name))
    // The loader refuses cycles; were one to slip through, stopping all at once is still stopping.
    const next = wave.length > 0 ? wave : [...left]
    for (const name of next) left.delete(name)
    waves.push(next)
  }
  return waves
}
