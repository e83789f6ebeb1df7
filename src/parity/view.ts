/** The two bodies side by side, around each place that differs: the object or array that holds it, key by key. */
import type { JsonNode } from './json-node.ts'
import { nodeAt } from './locate.ts'
import { formatPath, type Segment } from './path.ts'
import { PathSet } from './path-set.ts'
import type { Show } from './show.ts'
import type { BodyView, ViewRow } from './types.ts'

/** Views of one case; rows of one view; characters of one cell. */
const MOST = { views: 5, differing: 12, equal: 4, cell: 160, lines: 9 } as const

/**
 * @param places the paths that differ, with indexes.
 * @param o.complete these are all; otherwise of a row without one of them nothing is said.
 */
export function viewJson(
  [left, right]: readonly [JsonNode, JsonNode],
  places: readonly (readonly Segment[])[],
  o: { readonly complete: boolean },
  show: Show,
): BodyView[] {
  const differing = new PathSet()
  for (const place of places) differing.add(place)
  const parents = new Map(
    places.map((place) => {
      const parent = place.slice(0, -1)
      return [formatPath(parent), parent]
    }),
  )
  return [...parents].slice(0, MOST.views).map(([at, parent]) => {
    const [l, r] = [nodeAt(left, parent), nodeAt(right, parent)]
    return { at, ...listRows([l, r], subset(differing, parent), o, show) }
  })
}

function listRows(
  [l, r]: readonly [JsonNode | undefined, JsonNode | undefined],
  touched: PathSet | undefined,
  { complete }: { readonly complete: boolean },
  show: Show,
): Omit<BodyView, 'at'> {
  const rows: ViewRow[] = []
  const kept = { equal: 0, differing: 0 }
  const omitted = { equal: 0, differing: 0 }
  for (const key of listKeys(l, r)) {
    const differs = isTouched(touched, key) || (!complete && isOneSided(key, l, r))
    if (!differs && !complete) continue
    const kind = differs ? 'differing' : 'equal'
    if (kept[kind] < MOST[kind]) {
      kept[kind] += 1
      rows.push(rowOf(key, l, r, differs, show))
    } else omitted[kind] += 1
  }
  return { rows, omitted }
}

const isOneSided = (key: Segment, l: JsonNode | undefined, r: JsonNode | undefined): boolean =>
  key !== null && (nodeAt(l, [key]) === undefined) !== (nodeAt(r, [key]) === undefined)

function subset(set: PathSet, path: readonly Segment[]): PathSet | undefined {
  return path.reduce<PathSet | undefined>((found, segment) => found?.below(segment), set)
}

/** The row of the body itself has no key. */
const isTouched = (set: PathSet | undefined, key: Segment): boolean =>
  key === null ? set !== undefined : set?.below(key) !== undefined

function listKeys(l: JsonNode | undefined, r: JsonNode | undefined): Segment[] {
  if (l?.kind === 'object' && r?.kind === 'object')
    return [...new Set([...l.fields.keys(), ...r.fields.keys()])]
  if (l?.kind === 'array' && r?.kind === 'array') {
    return Array.from({ length: Math.max(l.items.length, r.items.length) }, (_, index) => index)
  }
  return [null]
}

function rowOf(
  key: Segment,
  l: JsonNode | undefined,
  r: JsonNode | undefined,
  differs: boolean,
  show: Show,
): ViewRow {
  const there = (node: JsonNode | undefined) => (key === null ? node : nodeAt(node, [key]))
  const [ours, theirs] = [there(l), there(r)]
  const [left, right] = show.pair(ours, theirs, MOST.cell)
  const name = key === null ? '' : typeof key === 'number' ? `[${key}]` : show.text(key, 60)
  return {
    key: name,
    left: ours === undefined ? null : left,
    right: theirs === undefined ? null : right,
    differs,
  }
}

/** Two texts, line by line around the first line that differs. */
export function viewText(left: string, right: string, show: Show): BodyView {
  const [l, r] = [left.split('\n'), right.split('\n')]
  const longer = Math.max(l.length, r.length)
  let first = 0
  while (first < longer - 1 && l[first] === r[first]) first += 1
  const from = Math.max(0, first - 2)
  const cell = (line: string | undefined) => (line === undefined ? null : show.text(line, MOST.cell))
  const rows = Array.from({ length: Math.min(MOST.lines, longer - from) }, (_, offset): ViewRow => {
    const at = from + offset
    return { key: `${at + 1}`, left: cell(l[at]), right: cell(r[at]), differs: l[at] !== r[at] }
  })
  const rest = longer - from - rows.length
  return { at: `$ from line ${from + 1}`, rows, omitted: { equal: from, differing: rest } }
}

/** Whole bodies of different kinds. */
export function viewBodies(left: string, right: string): BodyView {
  return { at: '$', rows: [{ key: '', left, right, differs: true }], omitted: { equal: 0, differing: 0 } }
}
