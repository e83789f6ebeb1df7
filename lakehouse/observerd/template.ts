/** `{{node.path}}` in a node's input stands for what an earlier node put out. */
import { ApiError, badRequest } from '../kit/errors.ts'

export interface Reference {
  /** As written, braces included. */
  readonly text: string
  readonly node: string
  /** Keys and indexes, outermost first; empty for the whole output. */
  readonly path: readonly string[]
}

/** `\{{` is an escape: it stands for `{{` and begins no reference. */
const PLACEHOLDER = /\\?\{\{([^{}]*)(?:\}\})?/g
const REFERENCE = /^[A-Za-z0-9_-]+(?:\.[^.[\]]+|\[\d+\])*$/

function parseReference(text: string, inner: string): Reference {
  if (!text.endsWith('}}') || !REFERENCE.test(inner)) {
    throw badRequest(
      `${text} is no reference; write {{node.field}} or {{node.list[0]}}, or \\{{ for a plain {{`,
      {
        code: 'bad_reference',
        details: { reference: text },
      },
    )
  }
  const [node = '', ...path] = inner.split(/\.|\[|\]\.?/).filter((part) => part !== '')
  return { text, node, path }
}

function findInText(text: string): Reference[] {
  return [...text.matchAll(PLACEHOLDER)]
    .filter(([whole]) => !whole.startsWith('\\'))
    .map(([whole, inner = '']) => parseReference(whole, inner))
}

/** Every reference in the strings of the input. 400 `bad_reference` for a malformed one. */
export function findReferences(input: unknown): Reference[] {
  if (typeof input === 'string') return findInText(input)
  return typeof input === 'object' && input !== null ? Object.values(input).flatMap(findReferences) : []
}

function lookUp({ text, node, path }: Reference, outputs: ReadonlyMap<string, unknown>): unknown {
  let value = outputs.get(node)
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) {
      throw new ApiError(422, 'missing_output', `${text}: the output of "${node}" has no "${key}" there`, {
        details: { reference: text },
      })
    }
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

function fillText(text: string, outputs: ReadonlyMap<string, unknown>): unknown {
  const references = findInText(text)
  const [only] = references
  // A string that is nothing but a reference becomes the value itself, whatever its type.
  if (only !== undefined && only.text === text) return lookUp(only, outputs)
  const pending = references.values()
  return text.replaceAll(PLACEHOLDER, (whole) => {
    if (whole.startsWith('\\')) return whole.slice(1)
    const { value: reference } = pending.next()
    const value = reference === undefined ? '' : lookUp(reference, outputs)
    return typeof value === 'string' ? value : JSON.stringify(value)
  })
}

/** The input with the outputs in place of the references. Throws `missing_output` when an output lacks the path. */
export function fillTemplate(input: unknown, outputs: ReadonlyMap<string, unknown>): unknown {
  if (typeof input === 'string') return fillText(input, outputs)
  if (Array.isArray(input)) return input.map((item) => fillTemplate(item, outputs))
  if (typeof input !== 'object' || input === null) return input
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, fillTemplate(value, outputs)]))
}
