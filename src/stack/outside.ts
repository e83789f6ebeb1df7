/** What of a stack can be used by somebody who did not start its daemons: fixed ports, and probes that only ask. */
import type { Problem } from './problem.ts'
import type { DaemonSpec, ReadySpec, Stack } from './types.ts'

/**
 * Whether a probe can be asked of a daemon that somebody else has started. Its output (`log`) and its descriptors (`fd`)
 * are not ours, and a `file` may be there from the time before.
 */
export function isAskable({ kind }: ReadySpec): boolean {
  return kind !== 'log' && kind !== 'fd' && kind !== 'file'
}

/** What is asked of such a daemon: its probes, as far as they can be asked, and that each of its sockets accepts. */
export function listAskable({ binds, ready }: Pick<DaemonSpec, 'binds' | 'ready'>): ReadySpec[] {
  const sockets = binds.map((bind): ReadySpec => ({ kind: 'tcp', bind: bind.name }))
  return [...sockets, ...ready.filter(isAskable)]
}

/** One problem for each socket whose port is leased for a run. */
export function findLeasedPorts(stack: Stack, hint: string): Problem[] {
  return [...stack.daemons].flatMap(([name, { binds }]) =>
    binds
      .filter((bind) => bind.port === 0)
      .map((bind): Problem => {
        const path = ['daemons', name, 'binds', bind.name]
        const lone = bind.name === 'main'
        return {
          path: lone ? ['daemons', name, 'bind'] : path,
          otherwise: path,
          at: 'value',
          message: `${name} has no fixed port${lone ? '' : ` for its socket ${bind.name}`}`,
          hint,
        }
      }),
  )
}
