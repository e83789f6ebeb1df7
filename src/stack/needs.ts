/** `needs`: unknown names, daemons that need themselves, and cycles, shown as a path. */
import { nearest } from '../kernel/text.ts'
import type { Path, Problem } from './problem.ts'
import { type Table, tableOf } from './toml-values.ts'

interface Need {
  readonly name: string
  readonly path: Path
}

/** @param daemons the table `daemons` of the file, as parsed; needs that are no strings are passed over. */
export function checkNeeds(daemons: Table): Problem[] {
  const graph = new Map<string, Need[]>()
  for (const name of Object.keys(daemons)) {
    const needs: unknown = tableOf(daemons[name])['needs']
    const entries = Array.isArray(needs) ? needs : []
    graph.set(
      name,
      entries.flatMap((need: unknown, index) =>
        typeof need === 'string' ? [{ name: need, path: ['daemons', name, 'needs', index] }] : [],
      ),
    )
  }
  return [...checkEntries(graph, daemons), ...findCycles(graph)]
}

function checkEntries(graph: ReadonlyMap<string, readonly Need[]>, daemons: Table): Problem[] {
  return [...graph].flatMap(([daemon, needs]) => {
    const problems: Problem[] = needs.flatMap(({ name, path }): Problem[] => {
      if (name === daemon) return [{ path, at: 'value', message: `daemon \`${name}\` needs itself` }]
      return graph.has(name) || name.trim() === '' ? [] : [unknownDaemon(name, path, [...graph.keys()])]
    })
    return [...problems, ...listedTwice(['daemons', daemon, 'needs'], tableOf(daemons[daemon])['needs'])]
  })
}

function unknownDaemon(name: string, path: Path, known: readonly string[]): Problem {
  const near = name.length > 64 || known.length > 500 ? undefined : nearest(name, known)
  const shown = name.length > 64 ? `${name.slice(0, 61)}…` : name
  return {
    path,
    at: 'value',
    message: `no daemon is named \`${shown}\`${near === undefined ? '' : `; did you mean \`${near}\`?`}`,
    ...(near === undefined && known.length <= 20 ? { hint: `there are: ${known.join(', ')}` } : {}),
    follows: true,
  }
}

/** Strings that a list holds more than once. */
export function listedTwice(path: Path, list: unknown): Problem[] {
  const first = new Map<string, number>()
  return (Array.isArray(list) ? list : []).flatMap((item: unknown, index): Problem[] => {
    if (typeof item !== 'string') return []
    const earlier = first.get(item)
    if (earlier === undefined) {
      first.set(item, index)
      return []
    }
    return [
      {
        path: [...path, index],
        at: 'value',
        message: `\`${item}\` is listed twice`,
        related: [{ path: [...path, earlier], at: 'value', message: 'first listed here' }],
      },
    ]
  })
}

/** One problem a cycle: the shortest one through the first daemon, in the file's order, that is on any. */
function findCycles(graph: ReadonlyMap<string, readonly Need[]>): Problem[] {
  const reported = new Set<string>()
  const candidates = withoutTrees(graph)
  return [...candidates].flatMap((start): Problem[] => {
    if (reported.has(start)) return []
    const cycle = shortestCycle(graph, start, candidates)
    const [first, ...others] = cycle
    if (first === undefined || others.length === 0) return []
    for (const edge of cycle) reported.add(edge.name)
    const path = [start, ...cycle.map((edge) => edge.name)].join(' → ')
    return [
      {
        path: first.path,
        at: 'value',
        message: `daemons need each other in a circle: ${path}`,
        hint: 'none of them could ever be started first; take one of these needs away',
        related: others.map((edge) => ({
          path: edge.path,
          at: 'value',
          message: `\`${String(edge.path[1])}\` needs \`${edge.name}\``,
        })),
      },
    ]
  })
}

/** The daemons left when those that need nobody, or whom nobody needs, are taken away, again and again. */
function withoutTrees(graph: ReadonlyMap<string, readonly Need[]>): Set<string> {
  const needs = new Map<string, string[]>()
  const users = new Map<string, string[]>([...graph.keys()].map((name) => [name, []]))
  for (const [name, list] of graph) {
    const others = list.map((need) => need.name).filter((need) => need !== name && graph.has(need))
    needs.set(name, others)
    for (const other of others) users.get(other)?.push(name)
  }
  return trim(trim(new Set(graph.keys()), needs, users), users, needs)
}

/** Takes away whatever has no edge left, and so on along the edges back. */
function trim(
  names: ReadonlySet<string>,
  edges: ReadonlyMap<string, readonly string[]>,
  back: ReadonlyMap<string, readonly string[]>,
): Set<string> {
  const left = new Set(names)
  const degree = new Map(
    [...left].map((name) => [name, edges.get(name)?.filter((to) => left.has(to)).length ?? 0]),
  )
  const free = [...left].filter((name) => degree.get(name) === 0)
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    left.delete(name)
    for (const from of back.get(name) ?? []) {
      const rest = (degree.get(from) ?? 0) - 1
      degree.set(from, rest)
      if (rest === 0) free.push(from)
    }
  }
  return left
}

/** The edges of the shortest way from a daemon back to itself; empty when there is none. Breadth first. */
function shortestCycle(
  graph: ReadonlyMap<string, readonly Need[]>,
  start: string,
  within: ReadonlySet<string>,
): Need[] {
  const cameBy = new Map<string, { from: string; need: Need }>()
  const queue = [start]
  for (const name of queue) {
    for (const need of graph.get(name) ?? []) {
      if (need.name === name || !within.has(need.name) || cameBy.has(need.name)) continue
      cameBy.set(need.name, { from: name, need })
      if (need.name === start) return traceBack(cameBy, start)
      queue.push(need.name)
    }
  }
  return []
}

function traceBack(cameBy: ReadonlyMap<string, { from: string; need: Need }>, start: string): Need[] {
  const edges: Need[] = []
  let step = cameBy.get(start)
  while (step !== undefined) {
    edges.unshift(step.need)
    if (step.from === start) break
    step = cameBy.get(step.from)
  }
  return edges
}
