/** Two sides' JSON answers to one request: what differs, what is noise, what is unproven. */
import type { NumberPolicy } from './decimal.ts'
import { diffShapes, type ShapeDifference } from './diff-shape.ts'
import { diffValues, type ValueDifference } from './diff-value.ts'
import type { JsonNode } from './json-node.ts'
import type { ModeState } from './modes.ts'
import { formatPath, generalise, type Segment } from './path.ts'
import { PathSet } from './path-set.ts'
import { NOTHING, type Shape, shapeOf, unite } from './shape.ts'
import type { SideName, Unproven } from './types.ts'

export interface JsonPolicy {
  readonly numbers: NumberPolicy
  readonly modes: ModeState
}

/** Differences of one kind at all places that one general path names. */
export interface ValueGroup {
  /** With `[*]` for elements. */
  readonly path: string
  readonly first: ValueDifference
  readonly places: number
}

export interface JsonComparison {
  readonly shape: readonly ShapeDifference[]
  readonly values: readonly ValueGroup[]
  /** The first place of each type or presence difference, by general path. */
  readonly structureAt: ReadonlyMap<string, readonly Segment[]>
  readonly noise: readonly NoiseGroup[]
  readonly unproven: readonly Unproven[]
}

export type NoiseGroup = { readonly side: SideName } & (
  | { readonly aspect: 'shape'; readonly difference: ShapeDifference }
  | { readonly aspect: 'value'; readonly group: ValueGroup }
)

/** @param left what it answered, in the order of the asking; the first answers are compared with each other. */
export function compareJson(
  left: readonly JsonNode[],
  right: readonly JsonNode[],
  policy: JsonPolicy,
): JsonComparison {
  const [ours, theirs] = [readSide(left, policy), readSide(right, policy)]
  const noisyShapes = new PathSet()
  for (const { path } of [...ours.shapeNoise, ...theirs.shapeNoise]) noisyShapes.add(path)
  const noisyValues = new PathSet()
  for (const { path } of [...ours.valueNoise, ...theirs.valueNoise]) noisyValues.add(path)

  const { differences, unproven } = diffShapes(ours.shape, theirs.shape)
  const shape = differences.filter(({ path }) => !noisyShapes.covers(path))
  const found = compareFirst(left, right, policy, noisyValues)
  // A difference of types is told once, as one of the shapes.
  const told = new PathSet()
  for (const { path } of differences) told.add(path)
  const structure = found.filter(({ kind }) => kind === 'structure')
  const values = found.filter(
    ({ kind, mode, path }) => kind !== 'structure' || (mode === 'value' && !told.covers(generalise(path))),
  )
  return {
    shape,
    values: groupByPath(values),
    structureAt: new Map(groupByPath(structure).map(({ path, first }) => [path, first.path])),
    noise: [...listNoise('left', ours), ...listNoise('right', theirs)],
    unproven,
  }
}

function compareFirst(
  left: readonly JsonNode[],
  right: readonly JsonNode[],
  policy: JsonPolicy,
  except: PathSet,
): ValueDifference[] {
  const [l, r] = [left[0], right[0]]
  return l === undefined || r === undefined ? [] : collect(l, r, policy, except)
}

function collect(l: JsonNode, r: JsonNode, policy: JsonPolicy, except: PathSet): ValueDifference[] {
  const found: ValueDifference[] = []
  diffValues(l, r, {
    policy: policy.numbers,
    modes: policy.modes,
    except,
    onDifference: (difference) => found.push(difference),
  })
  return found
}

interface Side {
  /** Of all its answers together. */
  readonly shape: Shape
  /** Where its answers differ from its first one. */
  readonly shapeNoise: readonly ShapeDifference[]
  readonly valueNoise: readonly ValueDifference[]
}

function readSide(answers: readonly JsonNode[], policy: JsonPolicy): Side {
  // The same body twice says nothing more.
  const [first, ...others] = new Set(answers)
  const shapes = [...new Set(answers)].map((answer) => shapeOf(answer, policy.numbers, policy.modes))
  const [firstShape, ...otherShapes] = shapes
  if (firstShape === undefined || first === undefined)
    return { shape: NOTHING, shapeNoise: [], valueNoise: [] }
  return {
    shape: shapes.reduce(unite, NOTHING),
    shapeNoise: otherShapes.flatMap((shape) => diffShapes(firstShape, shape).differences),
    // A pattern that an answer violates is no noise, however often it does.
    valueNoise: others
      .flatMap((answer) => collect(first, answer, policy, new PathSet()))
      .filter(({ kind }) => kind !== 'pattern'),
  }
}

function listNoise(side: SideName, { shapeNoise, valueNoise }: Side): NoiseGroup[] {
  const told = new PathSet()
  for (const { path } of shapeNoise) told.add(path)
  const rest = valueNoise.filter(({ path }) => !told.covers(generalise(path)))
  const unique = new Map(shapeNoise.map((difference) => [formatPath(difference.path), difference]))
  return [
    ...[...unique.values()].map((difference) => ({ side, aspect: 'shape' as const, difference })),
    ...groupByPath(rest).map((group) => ({ side, aspect: 'value' as const, group })),
  ]
}

/** In the order of their first places. */
function groupByPath(differences: readonly ValueDifference[]): ValueGroup[] {
  const groups = new Map<string, { path: string; first: ValueDifference; places: number }>()
  for (const difference of differences) {
    const path = formatPath(generalise(difference.path))
    const key = `${difference.kind === 'pattern'} ${path}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { path, first: difference, places: 1 })
    else group.places += 1
  }
  return [...groups.values()]
}
