/** What a dataset is, how a registration must look, and when two schemas differ. */
import { z } from 'zod'

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/

const printable = (max: number) =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .refine((text) => !CONTROL.test(text), 'must not hold control characters')

const nameSchema = z
  .string()
  .max(63, 'must have at most 63 characters')
  .regex(/^[a-z_][a-z0-9_]*$/, 'must be usable as a table name: a-z, 0-9 and _, not beginning with a digit')

const columnSchema = z.strictObject({ name: printable(255), type: printable(255) })

const columnsSchema = z
  .array(columnSchema)
  .min(1, 'must name at least one column')
  .max(10_000)
  .superRefine((columns, context) => {
    // SQL does not tell "Id" from "id".
    const seen = new Map<string, string>()
    for (const [index, { name }] of columns.entries()) {
      const folded = name.toLowerCase()
      const other = seen.get(folded)
      if (other !== undefined) {
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: `"${name}" is there already${other === name ? '' : ` as "${other}", and SQL ignores case`}`,
        })
      }
      seen.set(folded, name)
    }
  })

const objectKeySchema = printable(1024).refine(
  (key) => Buffer.byteLength(key) <= 1024,
  'must have at most 1024 bytes',
)

/** Body of `POST /v1/datasets`. */
export const registrationSchema = z.strictObject({
  name: nameSchema,
  columns: columnsSchema,
  fingerprint: printable(256),
  objects: z.array(objectKeySchema).min(1, 'must name at least one object').max(10_000),
})

/** A dataset as it is answered, and as its manifest holds it. */
export const datasetSchema = z.strictObject({
  id: z.string().min(1),
  name: nameSchema,
  columns: columnsSchema,
  fingerprint: z.string().min(1),
  objects: z.array(objectKeySchema),
  /** Counts the changes, from 1. */
  version: z.int().positive(),
  /** ISO 8601, UTC. */
  created_at: z.string(),
  updated_at: z.string(),
})

export type Column = z.infer<typeof columnSchema>
export type Registration = z.infer<typeof registrationSchema>
export type Dataset = z.infer<typeof datasetSchema>

/** One column that differs. `expected` is the dataset's type, `received` the registration's; null: it has none. */
export interface ColumnDrift {
  readonly name: string
  readonly change: 'added' | 'removed' | 'changed' | 'moved'
  readonly expected: string | null
  readonly received: string | null
}

/** The columns in which the registration differs from the dataset; none: the schemas are equal. */
export function findDrift(expected: readonly Column[], received: readonly Column[]): ColumnDrift[] {
  const drift: ColumnDrift[] = []
  const types = new Map(received.map(({ name, type }) => [name, type]))
  for (const { name, type } of expected) {
    const other = types.get(name)
    if (other === undefined) drift.push({ name, change: 'removed', expected: type, received: null })
    else if (other !== type) drift.push({ name, change: 'changed', expected: type, received: other })
  }
  const known = new Set(expected.map(({ name }) => name))
  for (const { name, type } of received) {
    if (!known.has(name)) drift.push({ name, change: 'added', expected: null, received: type })
  }
  if (drift.length > 0) return drift
  return expected
    .filter(({ name }, index) => received[index]?.name !== name)
    .map(({ name, type }) => ({ name, change: 'moved', expected: type, received: type }))
}

/** `added: x BIGINT; changed: y BIGINT -> VARCHAR`. */
export function describeDrift(drift: readonly ColumnDrift[]): string {
  return drift
    .map(({ name, change, expected, received }) =>
      change === 'changed'
        ? `changed: ${name} ${expected} -> ${received}`
        : `${change}: ${name} ${expected ?? received}`,
    )
    .join('; ')
}
