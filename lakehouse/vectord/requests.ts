/** Bodies of requests, checked. Vectors are checked by hand: a batch holds millions of numbers. */
import { z } from 'zod'
import { parseBody } from '../kit/app.ts'
import { badRequest } from '../kit/errors.ts'
import { describeIssues, faultyField } from '../kit/issues.ts'
import type { Filter, Item, Metadata, Parameters, Query } from './collection.ts'
import { METRICS } from './distance.ts'
import { NAME_PATTERN } from './manifest.ts'

const MAX_DIMENSION = 4_096
const MAX_BATCH = 10_000
const MAX_K = 10_000
const MAX_ID_CHARACTERS = 512
/** Squares of larger components would leave the range of the graph's 32-bit arithmetic. */
const MAX_COMPONENT = 1e15

const idSchema = z
  .string()
  .min(1)
  .max(MAX_ID_CHARACTERS)
  .refine(
    (id) => id.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(id),
    'holds control characters or lone surrogates',
  )

const indexSchema = z.strictObject({
  name: z
    .string()
    .regex(NAME_PATTERN, 'must be 1 to 128 letters, digits, ".", "_" or "-", the first a letter or digit'),
  dimension: z.int().min(1).max(MAX_DIMENSION),
  metric: z.enum(METRICS).default('cosine'),
})

const itemsSchema = z.strictObject({ items: z.array(z.unknown()).min(1).max(MAX_BATCH) })
const itemSchema = z.strictObject({
  id: idSchema,
  vector: z.array(z.unknown()),
  metadata: z.custom<Metadata>(isObject, 'must be an object').optional(),
})
const searchSchema = z.strictObject({
  vector: z.array(z.unknown()),
  k: z.int().min(1).max(MAX_K).default(10),
  filter: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
})
const deleteSchema = z.strictObject({ ids: z.array(idSchema).min(1).max(MAX_BATCH) })

function isObject(value: unknown): value is Metadata {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuse(field: string, reason: string, code = 'bad_vector'): never {
  throw badRequest(`the body is invalid: ${field}: ${reason}`, { code, details: { field } })
}

/** 32-bit floats of the right dimension; 400 naming the field and, for a component, its position. */
function toVector(value: readonly unknown[], field: string, parameters: Parameters): Float32Array {
  const { dimension, metric } = parameters
  if (value.length !== dimension) {
    refuse(field, `has ${value.length} components, the index has dimension ${dimension}`, 'wrong_dimension')
  }
  const vector = new Float32Array(dimension)
  let isZero = true
  for (const [n, component] of value.entries()) {
    if (typeof component !== 'number' || !Number.isFinite(component)) {
      refuse(`${field}[${n}]`, 'is not a finite number')
    }
    if (Math.abs(component) > MAX_COMPONENT) refuse(`${field}[${n}]`, `is beyond ±${MAX_COMPONENT}`)
    vector[n] = component
    if (vector[n] !== 0) isZero = false
  }
  if (isZero && metric === 'cosine')
    refuse(field, 'is all zeros, which has no direction: cosine is not defined')
  return vector
}

/** Only the first faulty item is told of: a batch of thousands would make a message of megabytes. */
function parseItem(raw: unknown, n: number): z.infer<typeof itemSchema> {
  const parsed = itemSchema.safeParse(raw)
  if (parsed.success) return parsed.data
  const inside = faultyField(parsed.error)
  const field = `items[${n}]${inside === undefined ? '' : `.${inside}`}`
  throw badRequest(`the body is invalid: items[${n}]: ${describeIssues(parsed.error)}`, {
    details: { field },
  })
}

export function parseIndex(body: unknown): Parameters & { name: string } {
  return parseBody(indexSchema, body)
}

/** The whole batch, or 400: one bad item refuses all. */
export function parseItems(body: unknown, parameters: Parameters): Item[] {
  const { items } = parseBody(itemsSchema, body)
  const seen = new Set<string>()
  return items.map((raw, n) => {
    const { id, vector, metadata } = parseItem(raw, n)
    if (seen.has(id)) refuse(`items[${n}].id`, `"${id}" is twice in the batch`, 'duplicate_id')
    seen.add(id)
    return {
      id,
      vector: toVector(vector, `items[${n}].vector`, parameters),
      ...(metadata === undefined ? {} : { metadata }),
    }
  })
}

export function parseIds(body: unknown): string[] {
  return parseBody(deleteSchema, body).ids
}

export function parseSearch(body: unknown, parameters: Parameters): Query {
  const { vector, k, filter } = parseBody(searchSchema, body)
  const checked: Filter | undefined = filter
  return {
    vector: toVector(vector, 'vector', parameters),
    k,
    ...(checked === undefined ? {} : { filter: checked }),
  }
}
