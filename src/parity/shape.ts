/**
 * The shape of JSON: a canonical type tree. Shapes form a join-semilattice under `unite` (commutative, associative,
 * idempotent, `NOTHING` as its identity), so that the shape of an array's elements, or of several answers, does not
 * depend on their order or number.
 */
import { type NumberPolicy, typeOfNumber } from './decimal.ts'
import type { JsonNode, JsonObject } from './json-node.ts'
import type { ModeState } from './modes.ts'

/** In the order in which they are shown. */
const SCALARS = ['boolean', 'integer', 'float', 'number', 'string', 'null'] as const
export type Scalar = (typeof SCALARS)[number]

/** Everything that has been seen at one place. */
export interface Shape {
  /** Types of scalars, sorted. */
  readonly scalars: readonly Scalar[]
  /** There were arrays: the union of all their elements; `NOTHING` when they were empty. */
  readonly elements?: Shape
  /** There were objects: all their fields. */
  readonly fields?: ReadonlyMap<string, Field>
  /** Something was there that is not compared. */
  readonly ignored: boolean
}

export interface Field {
  readonly shape: Shape
  /** Some of the objects did not have it. Null is not absent. */
  readonly optional: boolean
  /** Some of the objects had it twice. */
  readonly repeated: boolean
}

/** Nothing was seen: unproven. */
export const NOTHING: Shape = { scalars: [], ignored: false }
const IGNORED: Shape = { scalars: [], ignored: true }

const SCALAR_SHAPES = Object.fromEntries(
  SCALARS.map((scalar) => [scalar, { scalars: [scalar], ignored: false }]),
) as unknown as Readonly<Record<Scalar, Shape>>

/** The shape of a value. Places whose mode is `ignore` are of the ignored shape. */
export function shapeOf(node: JsonNode, policy: NumberPolicy, modes: ModeState): Shape {
  if (modes.mode.kind === 'ignore' && modes.uniform) return IGNORED
  switch (node.kind) {
    case 'number':
      return SCALAR_SHAPES[typeOfNumber(node.text, policy)]
    case 'array':
      return { scalars: [], ignored: false, elements: shapeOfElements(node.items, policy, modes) }
    case 'object':
      return { scalars: [], ignored: false, fields: shapeOfFields(node, policy, modes) }
    default:
      return SCALAR_SHAPES[node.kind]
  }
}

function shapeOfElements(items: readonly JsonNode[], policy: NumberPolicy, modes: ModeState): Shape {
  let all = NOTHING
  for (const [index, item] of items.entries()) {
    all = unite(all, shapeOf(item, policy, modes.descend(index)))
  }
  return all
}

function shapeOfFields(node: JsonObject, policy: NumberPolicy, modes: ModeState): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>()
  for (const [key, value] of node.fields) {
    const shape = shapeOf(value, policy, modes.descend(key))
    fields.set(key, { shape, optional: false, repeated: node.repeated.has(key) })
  }
  return fields
}

/** The shape of whatever has one of two shapes. */
export function unite(a: Shape, b: Shape): Shape {
  if (a === b || b === NOTHING) return a
  if (a === NOTHING) return b
  if (includes(a, b)) return a
  const elements = uniteOptional(a.elements, b.elements, unite)
  const fields = uniteOptional(a.fields, b.fields, uniteFields)
  return {
    scalars: uniteScalars(a.scalars, b.scalars),
    ignored: a.ignored || b.ignored,
    ...(elements === undefined ? {} : { elements }),
    ...(fields === undefined ? {} : { fields }),
  }
}

/** Whether `a` allows all that `b` does: their union is `a`. Most elements of an array add nothing. */
function includes(a: Shape, b: Shape): boolean {
  if (b === NOTHING || a === b) return true
  if (!b.scalars.every((scalar) => a.scalars.includes(scalar)) || (b.ignored && !a.ignored)) return false
  if (b.elements !== undefined && !(a.elements !== undefined && includes(a.elements, b.elements)))
    return false
  return b.fields === undefined || (a.fields !== undefined && includesFields(a.fields, b.fields))
}

function includesFields(a: ReadonlyMap<string, Field>, b: ReadonlyMap<string, Field>): boolean {
  for (const [key, field] of a) if (!field.optional && !b.has(key)) return false
  for (const [key, { shape, optional, repeated }] of b) {
    const known = a.get(key)
    if (known === undefined || (optional && !known.optional) || (repeated && !known.repeated)) return false
    if (!includes(known.shape, shape)) return false
  }
  return true
}

function uniteOptional<T>(a: T | undefined, b: T | undefined, join: (a: T, b: T) => T): T | undefined {
  if (a === undefined) return b
  return b === undefined ? a : join(a, b)
}

function uniteScalars(a: readonly Scalar[], b: readonly Scalar[]): readonly Scalar[] {
  if (b.every((scalar) => a.includes(scalar))) return a
  return SCALARS.filter((scalar) => a.includes(scalar) || b.includes(scalar))
}

function uniteFields(
  a: ReadonlyMap<string, Field>,
  b: ReadonlyMap<string, Field>,
): ReadonlyMap<string, Field> {
  const all = new Map<string, Field>()
  for (const [key, field] of a) all.set(key, uniteField(field, b.get(key)))
  for (const [key, field] of b) if (!a.has(key)) all.set(key, { ...field, optional: true })
  return all
}

function uniteField(a: Field, b: Field | undefined): Field {
  if (b === undefined) return a.optional ? a : { ...a, optional: true }
  return {
    shape: unite(a.shape, b.shape),
    optional: a.optional || b.optional,
    repeated: a.repeated || b.repeated,
  }
}

/** Nothing but what is not compared. */
export const isIgnored = (shape: Shape): boolean => shape.ignored && isBare(shape)

/** No value of it was seen. */
export const isNothing = (shape: Shape): boolean => !shape.ignored && isBare(shape)

const isBare = ({ scalars, elements, fields }: Shape): boolean =>
  scalars.length === 0 && elements === undefined && fields === undefined

/** The types at this place, without what is in them: `array | null`. */
export function listTypes({ scalars, elements, fields }: Shape): string[] {
  return [
    ...(fields === undefined ? [] : ['object']),
    ...(elements === undefined ? [] : ['array']),
    ...scalars,
  ]
}

/** One text for each shape: equal texts mean equal shapes. `{id: integer, tags?: [string | null]}`, `[?]` for an empty array. */
export function showShape(shape: Shape): string {
  const { scalars, elements, fields, ignored } = shape
  const parts = [
    ...(fields === undefined ? [] : [showFields(fields)]),
    ...(elements === undefined ? [] : [`[${showShape(elements)}]`]),
    ...scalars,
    ...(ignored ? ['ignored'] : []),
  ]
  return parts.length === 0 ? '?' : parts.join(' | ')
}

function showFields(fields: ReadonlyMap<string, Field>): string {
  const shown = [...fields]
    .toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
    .map(([key, { shape, optional, repeated }]) => {
      const name = /^[A-Za-z_][\w-]*$/.test(key) ? key : JSON.stringify(key)
      return `${name}${optional ? '?' : ''}${repeated ? ' (twice)' : ''}: ${showShape(shape)}`
    })
  return `{${shown.join(', ')}}`
}
