/** The bodies of one case: JSON by shape and value, text and bytes as a whole. */
import type { Body } from './body.ts'
import { type BodyComparison, describeMatch, NO_DIFFERENCE } from './body-comparison.ts'
import { compareJson, type JsonPolicy } from './compare-json.ts'
import { violatesPattern } from './diff-value.ts'
import type { JsonNode } from './json-node.ts'
import { reportJson } from './report-json.ts'
import type { Show } from './show.ts'
import type { Divergence, Noise, SideName } from './types.ts'
import { viewBodies, viewText } from './view.ts'

/** @param left what it answered, in the order of the asking; at least one. */
export function compareBodies(
  left: readonly Body[],
  right: readonly Body[],
  policy: JsonPolicy,
  show: Show,
): BodyComparison {
  if (policy.modes.mode.kind === 'ignore' && policy.modes.uniform) {
    return { ...NO_DIFFERENCE, notes: ['the body is ignored, as the file says'] }
  }
  const unstable = [...findUnstable('left', left), ...findUnstable('right', right)]
  const [l, r] = [left[0], right[0]]
  if (unstable.length > 0 || l === undefined || r === undefined)
    return { ...NO_DIFFERENCE, unknown: unstable }
  if (l.kind === 'invalid JSON' && r.kind === 'invalid JSON') {
    const why = `neither body is JSON, though both say so: left ${describeKind(l)}, right ${describeKind(r)}`
    return { ...NO_DIFFERENCE, unknown: [why] }
  }
  if (l.kind !== r.kind) return compareKinds(l, r, show)
  const [ours, theirs] = [left.flatMap(nodeOf), right.flatMap(nodeOf)]
  return l.kind === 'json'
    ? reportJson(compareJson(ours, theirs, policy), ours, theirs, show)
    : compareWhole(left, right, policy, show)
}

const nodeOf = (body: Body): readonly JsonNode[] => (body.kind === 'json' ? [body.node] : [])

function findUnstable(side: SideName, bodies: readonly Body[]): string[] {
  const kinds = new Set(bodies.map(({ kind }) => kind))
  return kinds.size > 1 ? [`${side} differs from itself: its body is ${[...kinds].join(', then ')}`] : []
}

/** What a body is, in words. */
function describeKind(body: Body): string {
  if (body.kind === 'invalid JSON') {
    const { line, column, message } = body.fault
    return `invalid JSON (line ${line}, column ${column}: ${message})`
  }
  if (body.kind !== 'json') return body.kind
  const { node } = body
  return `JSON ${node.kind}`
}

function compareKinds(l: Body, r: Body, show: Show): BodyComparison {
  const [left, right] = [show.text(describeKind(l)), show.text(describeKind(r))]
  return {
    ...NO_DIFFERENCE,
    divergences: [{ aspect: 'shape', path: '$', at: '$', places: 1, left, right }],
    views: [viewBodies(show.body(l, 160), show.body(r, 160))],
  }
}

/** Texts and bytes: equal or not. */
function compareWhole(
  left: readonly Body[],
  right: readonly Body[],
  { modes: { mode } }: JsonPolicy,
  show: Show,
): BodyComparison {
  const [l, r] = [left[0], right[0]]
  if (l === undefined || r === undefined || l.kind === 'empty') return NO_DIFFERENCE
  if (mode.kind === 'shape' || mode.kind === 'ignore') return NO_DIFFERENCE
  const at = { path: '$', at: '$', places: 1 }
  if (mode.kind === 'pattern') {
    const violates = (body: Body) => !('text' in body) || violatesPattern(body.text, mode.pattern)
    if (![l, r].some(violates)) return NO_DIFFERENCE
    const words = (body: Body) => describeMatch(show.body(body, 40), mode.pattern.source, violates(body))
    return { ...NO_DIFFERENCE, divergences: [{ aspect: 'pattern', ...at, left: words(l), right: words(r) }] }
  }
  const noisy = [['left', left] as const, ['right', right] as const].filter(
    ([, bodies]) => new Set(bodies.map(contentOf)).size > 1,
  )
  const [first] = noisy
  if (first !== undefined) {
    const samples = [...new Map(first[1].map((body) => [contentOf(body), show.body(body)])).values()]
    const noise: Noise = {
      aspect: 'value',
      path: '$',
      places: 1,
      sides: noisy.map(([side]) => side),
      samples: [samples[0] ?? '', samples[1] ?? ''],
    }
    return { ...NO_DIFFERENCE, noise: [noise] }
  }
  if (contentOf(l) === contentOf(r)) return NO_DIFFERENCE
  const divergence: Divergence = { aspect: 'value', ...at, left: show.body(l), right: show.body(r) }
  const view =
    l.kind === 'text' && r.kind === 'text'
      ? viewText(l.text, r.text, show)
      : viewBodies(show.body(l, 160), show.body(r, 160))
  return { ...NO_DIFFERENCE, divergences: [divergence], views: [view] }
}

const contentOf = (body: Body): string =>
  body.kind === 'bytes' ? `sha256 ${body.sha256}` : body.kind === 'text' ? `text ${body.text}` : body.kind
