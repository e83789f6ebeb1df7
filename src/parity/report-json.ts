/** From what differs between two JSON bodies to rows of the report. */
import { type BodyComparison, describeMatch, NO_DIFFERENCE } from './body-comparison.ts'
import type { JsonComparison, NoiseGroup } from './compare-json.ts'
import type { ValueDifference } from './diff-value.ts'
import type { Group } from './groups.ts'
import type { JsonNode } from './json-node.ts'
import { locate } from './locate.ts'
import { formatPath } from './path.ts'
import { type Shape, showShape } from './shape.ts'
import type { Show } from './show.ts'
import type { Divergence, Noise } from './types.ts'
import { viewJson } from './view.ts'

/** Characters of a type tree. */
const MOST_OF_SHAPE = 1_000

/** @param left the JSON of its answers, in the order of the asking. */
export function reportJson(
  found: JsonComparison,
  left: readonly JsonNode[],
  right: readonly JsonNode[],
  show: Show,
): BodyComparison {
  const [l, r] = [left[0], right[0]]
  if (l === undefined || r === undefined) return NO_DIFFERENCE
  const top = found.noise.find((group) => group.aspect === 'shape' && group.group.path === '$')
  if (top?.aspect === 'shape') {
    const { left: first, right: then } = top.group.first
    return {
      ...NO_DIFFERENCE,
      unknown: [`${top.side} differs from itself: its body is of type ${first}, then ${then}`],
    }
  }
  const shapes = found.shape.map(({ path, first }) => {
    const place = found.structureAt.get(path) ?? locate(first.path, l, r)
    const { left: ours, right: theirs } = first
    const divergence: Divergence = {
      aspect: 'shape',
      path,
      at: formatPath(place),
      places: 1,
      left: ours,
      right: theirs,
    }
    return { place, divergence }
  })
  const values = found.values.map((group) => ({
    place: group.first.path,
    divergence: describeValue(group, show),
  }))
  const all = [...shapes, ...values]
  const tree = (shape: Shape) => show.text(showShape(shape), MOST_OF_SHAPE)
  return {
    shapes: { left: tree(found.shapes.left), right: tree(found.shapes.right) },
    divergences: all.map(({ divergence }) => divergence),
    more: found.more,
    noise: mergeNoise(found.noise, show),
    unproven: found.unproven,
    notes: [],
    unknown: [],
    views: viewJson(
      [l, r],
      all.map(({ place }) => place),
      { complete: found.more === 0 },
      show,
    ),
  }
}

function describeValue({ path, first, places }: Group<ValueDifference>, show: Show): Divergence {
  const at = { path, at: formatPath(first.path), places }
  const { pattern } = first
  if (pattern !== undefined) {
    const words = (node: JsonNode | undefined, violates: boolean) =>
      describeMatch(show.node(node, 40), show.text(pattern.source, 60), violates)
    return {
      aspect: 'pattern',
      ...at,
      left: words(first.left, pattern.left),
      right: words(first.right, pattern.right),
    }
  }
  return { aspect: 'value', ...at, ...describePair(first, show) }
}

function describePair(
  { kind, left, right }: ValueDifference,
  show: Show,
): { readonly left: string; readonly right: string } {
  if (kind !== 'length') {
    const [ours, theirs] = show.pair(left, right)
    return { left: ours, right: theirs }
  }
  const words = (node: JsonNode | undefined) =>
    node?.kind === 'array' ? `${node.items.length} ${node.items.length === 1 ? 'element' : 'elements'}` : ''
  return { left: words(left), right: words(right) }
}

/** One row for a path that is noise on both sides. */
function mergeNoise(groups: readonly NoiseGroup[], show: Show): Noise[] {
  const rows = new Map<string, Noise>()
  for (const group of groups) {
    const row = describeNoise(group, show)
    const key = `${row.aspect} ${row.path}`
    const known = rows.get(key)
    const sides = [...new Set([...(known?.sides ?? []), ...row.sides])]
    rows.set(key, known === undefined ? row : { ...known, sides, places: Math.max(known.places, row.places) })
  }
  return [...rows.values()]
}

function describeNoise({ side, aspect, group }: NoiseGroup, show: Show): Noise {
  const { path, places } = group
  const { left, right } = aspect === 'shape' ? group.first : describePair(group.first, show)
  return { aspect, path, places, sides: [side], samples: [left, right] }
}
