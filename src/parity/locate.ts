/** From a general path (`$.items[*].id`) to one place in two bodies at which the difference can be seen. */
import type { JsonNode } from './json-node.ts'
import type { Segment } from './path.ts'

/** The first elements of an array that are tried. */
const TRIED = 1_000

/** The node at a path; undefined when there is none. */
export function nodeAt(node: JsonNode | undefined, path: readonly Segment[]): JsonNode | undefined {
  let found = node
  for (const segment of path) found = child(found, segment)
  return found
}

function child(node: JsonNode | undefined, segment: Segment): JsonNode | undefined {
  if (node?.kind === 'object' && typeof segment === 'string') return node.fields.get(segment)
  return node?.kind === 'array' && typeof segment === 'number' ? node.items[segment] : undefined
}

/**
 * The best place: one where the two sides have different types, or else one where a field is lacking, or else the
 * first elements.
 */
export function locate(
  path: readonly Segment[],
  left: JsonNode | undefined,
  right: JsonNode | undefined,
): readonly Segment[] {
  return search(path, 0, left, right).path
}

interface Found {
  readonly path: readonly Segment[]
  /** 2: types differ; 1: lacking on both sides, although the one above is there; 0: nothing to be seen. */
  readonly rank: number
}

function search(
  path: readonly Segment[],
  at: number,
  left: JsonNode | undefined,
  right: JsonNode | undefined,
): Found {
  const segment = path[at]
  if (segment === undefined) return { path: [], rank: left?.kind === right?.kind ? 0 : 2 }
  if (segment !== null) return step(path, at, segment, left, right)
  let best: Found = { path: [0, ...path.slice(at + 1).map((one) => one ?? 0)], rank: -1 }
  for (let index = 0; index < Math.min(TRIED, Math.max(lengthOf(left), lengthOf(right))); index += 1) {
    const found = step(path, at, index, left, right)
    if (found.rank > best.rank) best = found
    if (best.rank === 2) break
  }
  return best
}

function step(
  path: readonly Segment[],
  at: number,
  segment: string | number,
  left: JsonNode | undefined,
  right: JsonNode | undefined,
): Found {
  const [l, r] = [child(left, segment), child(right, segment)]
  const below = search(path, at + 1, l, r)
  const last = at === path.length - 1
  const lacking = last && l === undefined && r === undefined && (left ?? right) !== undefined
  return { path: [segment, ...below.path], rank: lacking ? 1 : below.rank }
}

const lengthOf = (node: JsonNode | undefined): number => (node?.kind === 'array' ? node.items.length : 0)
