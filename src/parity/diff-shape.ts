/** Where two shapes differ. */
import type { Segment } from './path.ts'
import { type Field, isIgnored, isNothing, listTypes, type Shape } from './shape.ts'
import type { SideName } from './types.ts'

/** What each side has at a path (with `[*]` for elements), in words. */
export interface ShapeDifference {
  readonly path: readonly Segment[]
  readonly left: string
  readonly right: string
}

/** Who is told of a comparison. */
export interface ShapeSink {
  /** At most once for each path; for nothing below a path at which the types have nothing in common. */
  onDifference(difference: ShapeDifference): void
  /** Nothing was seen at a path, on these sides. */
  onUnproven?(path: readonly Segment[], sides: readonly SideName[]): void
}

export const ABSENT = '(absent)'

/** Compares two shapes, each the union of what was seen on its side. */
export function diffShapes(left: Shape, right: Shape, { onDifference, onUnproven }: ShapeSink): void {
  const path: Segment[] = []

  const within = (segment: Segment, work: () => void): void => {
    path.push(segment)
    work()
    path.pop()
  }

  const compare = (l: Field, r: Field): void => {
    if (isIgnored(l.shape) || isIgnored(r.shape)) return
    const sides: SideName[] = []
    if (isNothing(l.shape)) sides.push('left')
    if (isNothing(r.shape)) sides.push('right')
    if (sides.length > 0) {
      onUnproven?.([...path], sides)
      return
    }
    const [ours, theirs] = [describeField(l), describeField(r)]
    if (ours !== theirs) onDifference({ path: [...path], left: ours, right: theirs })
    compareElements(l.shape, r.shape)
    compareFields(l.shape, r.shape)
  }

  const compareElements = (l: Shape, r: Shape): void => {
    const [ours, theirs] = [l.elements, r.elements]
    if (ours === undefined || theirs === undefined) return
    within(null, () => compare(alone(ours), alone(theirs)))
  }

  const compareFields = (l: Shape, r: Shape): void => {
    const [ours, theirs] = [l.fields, r.fields]
    if (ours === undefined || theirs === undefined) return
    for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
      within(key, () => compareField(ours.get(key), theirs.get(key)))
    }
  }

  const compareField = (l: Field | undefined, r: Field | undefined): void => {
    const words = (field: Field | undefined) => (field === undefined ? ABSENT : describeField(field))
    if (l !== undefined && r !== undefined) compare(l, r)
    else if (![l, r].some((field) => field !== undefined && isIgnored(field.shape))) {
      onDifference({ path: [...path], left: words(l), right: words(r) })
    }
  }

  compare(alone(left), alone(right))
}

const alone = (shape: Shape): Field => ({ shape, optional: false, repeated: false })

/** `integer`, `object | null`, `string, not always there`. */
function describeField({ shape, optional, repeated }: Field): string {
  const types = listTypes(shape).join(' | ')
  return `${types}${optional ? ', not always there' : ''}${repeated ? ', key given twice' : ''}`
}
