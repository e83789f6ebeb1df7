/** Bodies of requests. Texts have the limits of embedd, so that its refusals never reach a caller from behind. */
import { z } from 'zod'
import { MODES } from './downgrade.ts'

const MAX_TEXT_CHARACTERS = 65_536
const MAX_CHUNKS = 2_047
const MAX_CORPORA = 32
const MAX_K = 1_000

const textSchema = z
  .string()
  .max(MAX_TEXT_CHARACTERS)
  .refine((text) => text.trim() !== '', 'is empty')
  .refine((text) => text.isWellFormed(), 'holds half a surrogate pair')
const nameSchema = z
  .string()
  .min(1)
  .max(512)
  .refine((text) => text.isWellFormed(), 'holds half a surrogate pair')

export const searchSchema = z.strictObject({
  query: textSchema,
  corpora: z
    .array(nameSchema)
    .min(1)
    .max(MAX_CORPORA)
    .refine((names) => new Set(names).size === names.length, 'names a corpus twice'),
  k: z.int().min(1).max(MAX_K).default(10),
  filter: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
})

const chunkSchema = z
  .union([textSchema, z.strictObject({ id: nameSchema.optional(), text: textSchema })], {
    error: 'must be a text that is not empty, or {id?, text}',
  })
  .transform((chunk) => (typeof chunk === 'string' ? { text: chunk } : chunk))

export const relevanceSchema = z.strictObject({
  focus: textSchema,
  chunks: z.array(chunkSchema).min(1).max(MAX_CHUNKS),
  threshold: z.number().min(-1).max(1).optional(),
})

export const downgradeSchema = z.strictObject({
  model: nameSchema.refine((text) => text.trim() !== '', 'is empty'),
  mode: z.enum(MODES, { error: `must be one of ${MODES.map((mode) => `"${mode}"`).join(', ')}` }),
  force: z.boolean().default(false),
})

export const recordSchema = z.strictObject({
  query: textSchema,
  item: z.strictObject({ corpus: nameSchema, id: nameSchema }),
  outcome: z.enum(['success', 'failure']),
  note: z.string().max(4_096).optional(),
})

export const listSchema = z.strictObject({
  corpus: z.string().optional(),
  after: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
})
