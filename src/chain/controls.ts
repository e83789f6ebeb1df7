/**
 * What a smoke may do to the stack: stop, start and restart a daemon, to prove persistence or how its
 * neighbours take its absence. These exits are expected; anything else that ends a daemon is a failure.
 */
import type { Daemon } from '../daemon/daemon.ts'
import { ok } from '../kernel/result.ts'
import type { StackControls } from '../smoke/types.ts'

/** @param stop ends a restart that is under way when the run is interrupted. */
export function createControls(daemons: ReadonlyMap<string, Daemon>, stop: AbortSignal): StackControls {
  const find = (name: string): Daemon => {
    const daemon = daemons.get(name)
    // The runner has checked the name against the smoke's needs, and those against the stack.
    if (!daemon) throw new Error(`no daemon "${name}" in this stack`)
    return daemon
  }
  return {
    restart: (name, options) => find(name).restart(options, stop),
    start: (name) => find(name).start(stop),
    stop: async (name, options) => {
      await find(name).stop(options)
      return ok(undefined)
    },
  }
}
