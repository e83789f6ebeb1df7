/**
 * Paths into a JSON body, as people write them in a cases file and read them in a report.
 *
 * `$` is the body itself; `.name` or `["any key"]` a field; `.*` any field; `[3]` an element; `[*]` any element.
 */
import { err, ok, type Result } from '../kernel/result.ts'

/** A step into a body: a key, an index, or null for "any element" in paths that speak of all of them. */
export type Segment = string | number | null

/** A step of a path as written. */
export type PathStep =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'any-key' }
  | { readonly kind: 'any-element' }

export const PATH_HINT = 'e.g. $.items[*].id, $["a key"], $.meta.*, $.rows[0]'

const STEP =
  /\.(?<name>[A-Za-z_][\w-]*)|(?<anyKey>\.\*)|(?<anyElement>\[\*\])|\[(?<index>0|[1-9]\d{0,8})\]|\[(?<quoted>"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")\]/y

/** @returns the steps after `$`, or what is wrong with the text. */
export function parsePath(text: string): Result<readonly PathStep[], string> {
  if (!text.startsWith('$')) return err('a path begins with `$`, which is the body itself')
  const steps: PathStep[] = []
  let at = 1
  while (at < text.length) {
    STEP.lastIndex = at
    const groups = STEP.exec(text)?.groups
    if (groups === undefined) return err(`what follows \`${text.slice(0, at)}\` is no step of a path`)
    steps.push(readStep(groups))
    at = STEP.lastIndex
  }
  return ok(steps)
}

function readStep(groups: { readonly [name: string]: string | undefined }): PathStep {
  const { name, anyKey, anyElement, index, quoted } = groups
  if (anyKey !== undefined) return { kind: 'any-key' }
  if (anyElement !== undefined) return { kind: 'any-element' }
  if (index !== undefined) return { kind: 'index', index: Number(index) }
  return { kind: 'key', key: name ?? (JSON.parse(quoted ?? '""') as string) }
}

/** Whether a step of a path as written leads where the segment leads. */
export function stepMatches(step: PathStep, segment: Segment): boolean {
  switch (step.kind) {
    case 'key':
      return segment === step.key
    case 'index':
      return segment === step.index
    case 'any-key':
      return typeof segment === 'string'
    case 'any-element':
      return typeof segment !== 'string'
  }
}

/** As people write it: `$.items[*]["a key"]`. */
export function formatPath(path: readonly Segment[]): string {
  return `$${path.map(formatSegment).join('')}`
}

function formatSegment(segment: Segment): string {
  if (segment === null) return '[*]'
  if (typeof segment === 'number') return `[${segment}]`
  return /^[A-Za-z_][\w-]*$/.test(segment) ? `.${segment}` : `[${JSON.stringify(segment)}]`
}

/** The path of all such places: each index becomes `[*]`. */
export function generalise(path: readonly Segment[]): Segment[] {
  return path.map((segment) => (typeof segment === 'number' ? null : segment))
}
