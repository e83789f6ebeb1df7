/** Two sides' JSON answers to one request: what differs, what is noise, what is unproven. */
import type { NumberPolicy } from './decimal.ts'
import { diffShapes, type ShapeDifference } from './diff-shape.ts'
import { diffValues, type ValueDifference } from './diff-value.ts'
import { type Group, Groups } from './groups.ts'
import type { JsonNode } from './json-node.ts'
import { MOST } from './limits.ts'
import type { ModeState } from './modes.ts'
import { formatPath, generalise, type Segment } from './path.ts'
import { PathSet } from './path-set.ts'
import { NOTHING, type Shape, shapeOf, unite } from './shape.ts'
import type { SideName, Unproven } from './types.ts'

export interface JsonPolicy {
  readonly numbers: NumberPolicy
  readonly modes: ModeState
}

/** Paths have `[*]` for elements. Lists are bounded (`limits.ts`). */
export interface JsonComparison {
  /** Of all answers of each side. */
  readonly shapes: { readonly left: Shape; readonly right: Shape }
  readonly shape: readonly Group<ShapeDifference>[]
  readonly values: readonly Group<ValueDifference>[]
  /** Differences that are not listed. */
  readonly more: number
  /** The first place of each type or presence difference, by path. */
  readonly structureAt: ReadonlyMap<string, readonly Segment[]>
  readonly noise: readonly NoiseGroup[]
  readonly unproven: readonly Unproven[]
}

export type NoiseGroup = { readonly side: SideName } & (
  | { readonly aspect: 'shape'; readonly group: Group<ShapeDifference> }
  | { readonly aspect: 'value'; readonly group: Group<ValueDifference> }
)

/** @param left what it answered, in the order of the asking; the first answers are compared with each other. */
export function compareJson(
  left: readonly JsonNode[],
  right: readonly JsonNode[],
  policy: JsonPolicy,
): JsonComparison {
  const noisy = { shapes: new PathSet(), values: new PathSet() }
  const [ours, theirs] = [readSide('left', left, policy, noisy), readSide('right', right, policy, noisy)]
  const shape = compareShapes(ours.shape, theirs.shape, noisy.shapes)
  const values = compareValues(left[0], right[0], policy, { noise: noisy.values, told: shape.told })
  return {
    shapes: { left: ours.shape, right: theirs.shape },
    shape: shape.groups.rows,
    values: values.groups.rows,
    more: shape.groups.more + values.groups.more,
    structureAt: new Map(values.structure.rows.map(({ path, first }) => [path, first.path])),
    noise: [...ours.noise, ...theirs.noise],
    unproven: shape.unproven,
  }
}

function compareShapes(left: Shape, right: Shape, noise: PathSet) {
  const groups = new Groups<ShapeDifference>(MOST.divergences)
  const unproven: Unproven[] = []
  // A difference of types is told once, as one of the shapes, or as noise.
  const told = new PathSet()
  diffShapes(left, right, {
    onDifference(difference) {
      told.add(difference.path)
      if (!noise.covers(difference.path)) groups.add(formatPath(difference.path), difference)
    },
    onUnproven(path, sides) {
      if (unproven.length < MOST.unproven) unproven.push({ path: formatPath(path), sides })
    },
  })
  return { groups, unproven, told }
}

function compareValues(
  left: JsonNode | undefined,
  right: JsonNode | undefined,
  { numbers, modes }: JsonPolicy,
  { noise, told }: { readonly noise: PathSet; readonly told: PathSet },
) {
  const groups = new Groups<ValueDifference>(MOST.divergences)
  const structure = new Groups<ValueDifference>(MOST.divergences)
  if (left === undefined || right === undefined) return { groups, structure }
  diffValues(left, right, {
    policy: numbers,
    modes,
    except: noise,
    onDifference(difference) {
      const general = generalise(difference.path)
      const path = formatPath(general)
      const { kind, mode } = difference
      if (kind === 'structure') structure.add(path, difference)
      const isTold = kind === 'structure' && (mode !== 'value' || told.covers(general))
      if (!isTold) groups.add(path, difference, kind === 'pattern' ? 'pattern' : 'value')
    },
  })
  return { groups, structure }
}

/** What one side shows of itself. Adds to `noisy` every place at which its answers differ from its first one. */
function readSide(
  side: SideName,
  answers: readonly JsonNode[],
  policy: JsonPolicy,
  noisy: { readonly shapes: PathSet; readonly values: PathSet },
): { readonly shape: Shape; readonly noise: readonly NoiseGroup[] } {
  const shapes = new Groups<ShapeDifference>(MOST.noise)
  const values = new Groups<ValueDifference>(MOST.noise)
  // The same body twice says nothing more.
  const [first, ...others] = new Set(answers)
  if (first === undefined) return { shape: NOTHING, noise: [] }
  const firstShape = shapeOf(first, policy.numbers, policy.modes)
  let all = firstShape
  for (const other of others) {
    const told = new PathSet()
    const shape = shapeOf(other, policy.numbers, policy.modes)
    all = unite(all, shape)
    diffShapes(firstShape, shape, {
      onDifference(difference) {
        told.add(difference.path)
        noisy.shapes.add(difference.path)
        shapes.add(formatPath(difference.path), difference)
      },
    })
    diffValues(first, other, {
      policy: policy.numbers,
      modes: policy.modes,
      except: new PathSet(),
      onDifference(difference) {
        // A pattern that an answer violates is no noise, however often it does.
        if (difference.kind === 'pattern') return
        noisy.values.add(difference.path)
        const general = generalise(difference.path)
        if (!told.covers(general)) values.add(formatPath(general), difference)
      },
    })
  }
  return {
    shape: all,
    noise: [
      ...shapes.rows.map((group) => ({ side, aspect: 'shape' as const, group: { ...group, places: 1 } })),
      ...values.rows.map((group) => ({ side, aspect: 'value' as const, group })),
    ],
  }
}
