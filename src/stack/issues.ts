/** From zod's issues to problems in the words of a stack file: "unknown key `need`; did you mean `needs`?". */
import type { z } from 'zod'
import { nearest } from '../kernel/text.ts'
import type { Path, Problem } from './problem.ts'
import { stackJsonSchema } from './schema.ts'
import { describeType, isTable } from './toml-values.ts'

type Issue = z.core.$ZodIssue

/**
 * `file` is the value that was checked: its types are what messages speak of.
 *
 * @param schema JSON Schema of the file; that of stack files by default.
 */
export function readIssues(
  issues: readonly Issue[],
  file: unknown,
  schema: Schema = stackJsonSchema(),
): Problem[] {
  return issues.flatMap((issue) => readIssue(issue, [], file, schema))
}

function readIssue(issue: Issue, parent: Path, file: unknown, schema: Schema): Problem[] {
  const path: Path = [...parent, ...issue.path.filter((key) => typeof key !== 'symbol')]
  const at = 'value' as const
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, schemaAt(schema, path)))
    case 'invalid_union':
      return readUnion(issue, path, file, schema)
    case 'invalid_type':
    case 'invalid_value':
      return [wrongType(path, file, schema)]
    case 'too_small':
    case 'too_big': {
      const { minimum, maximum } = schemaAt(schema, path)[0] ?? {}
      return [{ path, at, message: `${quoteKey(path)} must be from ${minimum} to ${maximum}` }]
    }
    case 'custom': {
      const hint: unknown = issue.params?.['hint']
      const message = `${quoteKey(path)}: ${issue.message}`
      return [{ path, at, message, ...(typeof hint === 'string' ? { hint } : {}) }]
    }
    default:
      return [{ path, at, message: `${quoteKey(path)}: ${issue.message}` }]
  }
}

/** Of the forms a value may take, the one that was meant is the one of its type. */
function readUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  file: unknown,
  schema: Schema,
): Problem[] {
  const wrongForm = (one: Issue) =>
    one.path.length === 0 && (one.code === 'invalid_type' || one.code === 'invalid_value')
  const meant = issue.errors.find((issues) => !issues.some(wrongForm))
  if (meant === undefined) return [wrongType(path, file, schema)]
  return meant.flatMap((one) => readIssue(one, path, file, schema))
}

function unknownKey(parent: Path, key: string, schemas: readonly Schema[]): Problem {
  const known = schemas.flatMap((one) => Object.keys(one.properties ?? {}))
  const near = key.length > 64 ? undefined : nearest(key, known)
  const shown = key.length > 64 ? `${key.slice(0, 61)}…` : key === '' ? '""' : key
  return {
    path: [...parent, key],
    at: 'key',
    message: `unknown key \`${shown}\`${near === undefined ? '' : `; did you mean \`${near}\`?`}`,
    ...(near === undefined ? { hint: `known here: ${known.join(', ')}` } : {}),
  }
}

function wrongType(path: Path, file: unknown, schema: Schema): Problem {
  const value = valueAt(file, path)
  const forms = schemaAt(schema, path)
  const example = forms.find((form) => form.examples !== undefined)?.examples?.[0]
  const key = lastKey(path)
  const hint = example === undefined || key === undefined ? {} : { hint: `e.g. ${key} = ${inline(example)}` }
  if (value === undefined) {
    return {
      path: path.slice(0, -1),
      at: 'key',
      message: `${quoteKey(path.slice(0, -1))} has no \`${path.at(-1)}\``,
      ...hint,
      follows: true,
    }
  }
  const wanted = new Intl.ListFormat('en', { type: 'disjunction' }).format(
    new Set(forms.flatMap(describeForm)),
  )
  return {
    path,
    at: 'value',
    message: `${quoteKey(path)} must be ${wanted}, not ${describeType(value)}`,
    ...(typeof path.at(-1) === 'string' && 'hint' in hint ? hint : quoteHint(value, forms)),
  }
}

/** For a number or a boolean where text is wanted. */
function quoteHint(value: unknown, forms: readonly Schema[]): { hint?: string } {
  const scalar = typeof value === 'number' || typeof value === 'boolean'
  return scalar && forms.every((form) => form.type === 'string') ? { hint: `write "${value}"` } : {}
}

/** `needs`, `needs[1]`: the key as the reader sees it on the line. */
function quoteKey(path: Path): string {
  const from = path.findLastIndex((key) => typeof key === 'string')
  const indices = path.slice(from + 1).map((index) => `[${index}]`)
  const key = lastKey(path)
  return key === undefined ? 'the file' : `\`${key}${indices.join('')}\``
}

function lastKey(path: Path): string | undefined {
  const key = path.findLast((one) => typeof one === 'string')
  return typeof key === 'string' && key.length > 64 ? `${key.slice(0, 61)}…` : key?.toString()
}

/** What of JSON Schema `z.toJSONSchema` uses for a stack file. */
interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly properties?: { readonly [key: string]: Schema }
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly examples?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
}

/** The schemas that a value at the path may follow; several where forms differ. */
function schemaAt(schema: Schema, path: Path): Schema[] {
  let found: Schema[] = [schema]
  for (const key of path) {
    found = found
      .flatMap((one) => one.anyOf ?? [one])
      .flatMap((one): (Schema | boolean | undefined)[] =>
        typeof key === 'number' ? [one.items] : [one.properties?.[key] ?? one.additionalProperties],
      )
      .filter((one) => typeof one === 'object')
  }
  return found.flatMap((one) =>
    one.anyOf === undefined
      ? [one]
      : one.anyOf.map((form) => (one.examples === undefined ? form : { ...form, examples: one.examples })),
  )
}

function describeForm(schema: Schema): string[] {
  if (schema.const !== undefined) return [String(schema.const)]
  const words: Record<string, string> = {
    string: 'a string',
    array: schema.items?.type === 'string' ? 'a list of strings' : 'a list',
    object: 'a table',
    boolean: 'true or false',
    integer: 'a whole number',
    number: 'a number',
  }
  return [words[schema.type ?? ''] ?? 'something else']
}

/** The value at a path; undefined when there is none. */
function valueAt(value: unknown, path: Path): unknown {
  let found = value
  for (const key of path) {
    if (Array.isArray(found) && typeof key === 'number') found = found[key]
    else if (isTable(found) && Object.hasOwn(found, key)) found = found[key]
    else return undefined
  }
  return found
}

/** An example as TOML on one line. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (!isTable(value)) return JSON.stringify(value)
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${key} = ${inline(item)}`)
    .join(', ')} }`
}
