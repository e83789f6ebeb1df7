/** Who must be up before whom. The stack is checked: every need exists and none leads back to itself. */
import type { DaemonSpec, Stack } from './types.ts'

/**
 * The daemons in layers: each needs only daemons of earlier layers, so that a layer can start at once.
 * Needs outside of `daemons` are passed over. Stop in reverse.
 */
export function startOrder(daemons: ReadonlyMap<string, Pick<DaemonSpec, 'needs'>>): string[][] {
  const layers: string[][] = []
  const placed = new Set<string>()
  let open = [...daemons]
  while (open.length > 0) {
    const layer = open.filter(([, { needs }]) =>
      needs.every((need) => placed.has(need) || !daemons.has(need)),
    )
    if (layer.length === 0) throw new Error(`needs in a circle: ${open.map(([name]) => name).join(', ')}`)
    layers.push(layer.map(([name]) => name))
    for (const [name] of layer) placed.add(name)
    open = open.filter(([name]) => !placed.has(name))
  }
  return layers
}

/**
 * The named daemons and all that they need, directly or not, in the file's order. Names that the stack does not
 * have are passed over.
 */
export function needsClosure(stack: Pick<Stack, 'daemons'>, names: Iterable<string>): string[] {
  const wanted = new Set<string>()
  const queue = [...names]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const daemon = stack.daemons.get(name)
    if (daemon === undefined || wanted.has(name)) continue
    wanted.add(name)
    queue.push(...daemon.needs)
  }
  return [...stack.daemons.keys()].filter((name) => wanted.has(name))
}
