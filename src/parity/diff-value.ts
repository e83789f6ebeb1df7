/** Where two bodies differ, value by value, walked in step. */
import { areEqualNumbers, type NumberPolicy, typeOfNumber } from './decimal.ts'
import type { JsonNode, JsonObject } from './json-node.ts'
import type { Mode, ModeState } from './modes.ts'
import type { Segment } from './path.ts'
import type { PathSet } from './path-set.ts'

export interface ValueDifference {
  /**
   * `structure`: absent on one side, or of another type; told in every mode, since the shapes of whole arrays can be
   * equal while two of their elements are not. `length`: arrays of different length.
   */
  readonly kind: 'structure' | 'value' | 'length' | 'pattern'
  readonly path: readonly Segment[]
  readonly left: JsonNode | undefined
  readonly right: JsonNode | undefined
  readonly mode: Mode['kind']
  /** Of a pattern: the sides that do not match it. */
  readonly pattern?: { readonly source: string; readonly left: boolean; readonly right: boolean }
}

export interface ValueWalk {
  readonly policy: NumberPolicy
  readonly modes: ModeState
  /** Places that are not looked at, nor what is below them. */
  readonly except: PathSet
  onDifference(difference: ValueDifference): void
}

/** Longer strings are not held against a pattern: a careless one could take for ever. */
const LONGEST_MATCHED = 65_536

/** Reports every difference; extra elements of a longer array are reported as its length only. */
export function diffValues(left: JsonNode, right: JsonNode, walk: ValueWalk): void {
  const path: Segment[] = []

  const report = (
    kind: ValueDifference['kind'],
    mode: Mode['kind'],
    l: JsonNode | undefined,
    r: JsonNode | undefined,
    pattern?: ValueDifference['pattern'],
  ): void =>
    walk.onDifference({
      kind,
      path: [...path],
      left: l,
      right: r,
      mode,
      ...(pattern === undefined ? {} : { pattern }),
    })

  const compare = (
    l: JsonNode | undefined,
    r: JsonNode | undefined,
    modes: ModeState,
    except: PathSet | undefined,
  ): void => {
    const { mode } = modes
    if (except?.has === true || (mode.kind === 'ignore' && modes.uniform)) return
    if (l === undefined || r === undefined || typeOf(l, walk.policy) !== typeOf(r, walk.policy)) {
      if (mode.kind !== 'ignore') report('structure', mode.kind, l, r)
    } else if (l.kind === 'array' && r.kind === 'array') compareItems(l.items, r.items, [l, r], modes, except)
    else if (l.kind === 'object' && r.kind === 'object') compareFields(l, r, modes, except)
    else compareScalars(l, r, mode)
  }

  const below = (
    segment: Segment,
    l: JsonNode | undefined,
    r: JsonNode | undefined,
    modes: ModeState,
    except: PathSet | undefined,
  ): void => {
    path.push(segment)
    compare(l, r, modes.descend(segment), except?.below(segment))
    path.pop()
  }

  const compareItems = (
    l: readonly JsonNode[],
    r: readonly JsonNode[],
    nodes: readonly [JsonNode, JsonNode],
    modes: ModeState,
    except: PathSet | undefined,
  ): void => {
    if (l.length !== r.length && modes.mode.kind === 'value') report('length', 'value', ...nodes)
    const shorter = Math.min(l.length, r.length)
    for (let index = 0; index < shorter; index += 1) below(index, l[index], r[index], modes, except)
  }

  const compareFields = (
    l: JsonObject,
    r: JsonObject,
    modes: ModeState,
    except: PathSet | undefined,
  ): void => {
    for (const [key, value] of l.fields) below(key, value, r.fields.get(key), modes, except)
    for (const [key, value] of r.fields) {
      if (!l.fields.has(key)) below(key, undefined, value, modes, except)
    }
  }

  const compareScalars = (l: JsonNode, r: JsonNode, mode: Mode): void => {
    if (mode.kind === 'value' && !areEqual(l, r)) report('value', 'value', l, r)
    if (mode.kind !== 'pattern') return
    const [ours, theirs] = [violates(l, mode.pattern), violates(r, mode.pattern)]
    if (!ours && !theirs) return
    report('pattern', 'pattern', l, r, { source: mode.pattern.source, left: ours, right: theirs })
  }

  compare(left, right, walk.modes, walk.except)
}

function typeOf(node: JsonNode, policy: NumberPolicy): string {
  return node.kind === 'number' ? typeOfNumber(node.text, policy) : node.kind
}

/** Of two scalars of the same type. */
function areEqual(l: JsonNode, r: JsonNode): boolean {
  if (l.kind === 'number' && r.kind === 'number') {
    return areEqualNumbers(l.text, r.text)
  }
  return l.kind === 'null' || ('value' in l && 'value' in r && l.value === r.value)
}

/** Strings and numbers are held against a pattern; numbers as they were written. */
function violates(node: JsonNode, pattern: RegExp): boolean {
  const text = node.kind === 'string' ? node.value : node.kind === 'number' ? node.text : undefined
  return text !== undefined && violatesPattern(text, pattern)
}

/** Whether a text does not match, or is too long to be tried. */
export function violatesPattern(text: string, pattern: RegExp): boolean {
  return text.length > LONGEST_MATCHED || !pattern.test(text)
}
