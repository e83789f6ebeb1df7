/** An event as callers send it, as the log holds it, and as answers show it. */
import { z } from 'zod'

/** Kinds that only observerd itself writes: its record of workflow runs cannot be forged. */
const OWN_KIND_PREFIX = 'workflow.'
/** Deeper JSON would exhaust the stack of whoever writes or reads it. */
const MAX_DEPTH = 64

/** Whether objects and arrays are nested at most `MAX_DEPTH` deep. */
function isShallow(value: unknown): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return false
    level = level.flatMap((node) => (typeof node === 'object' && node !== null ? Object.values(node) : []))
  }
  return true
}

// JSON in a file is UTF-8: half a surrogate pair would come back as something else.
const nameSchema = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => text.isWellFormed(), 'holds half a surrogate pair')
export const payloadSchema = z.unknown().refine(isShallow, `is nested deeper than ${MAX_DEPTH}`)

/** What a caller sends. */
export const draftSchema = z.strictObject({
  id: nameSchema(256).optional(),
  kind: nameSchema(128).refine((kind) => !kind.startsWith(OWN_KIND_PREFIX), {
    error: `kinds that begin with "${OWN_KIND_PREFIX}" are written by observerd alone`,
  }),
  source: nameSchema(128),
  payload: payloadSchema.optional(),
  at: z.iso.datetime({ offset: true, error: 'must be a time like 2026-01-31T12:00:00Z' }).optional(),
})
export type Draft = z.infer<typeof draftSchema>

/** A line of the log. `at` only where the caller gave it: a retry without it must count as the same. */
export const recordSchema = z.strictObject({
  seq: z.int().positive(),
  id: z.string(),
  kind: z.string(),
  source: z.string(),
  payload: z.unknown(),
  at: z.string().optional(),
  recorded_at: z.string(),
})
export type EventRecord = z.infer<typeof recordSchema>

/** As answers show it: `at` is the time of recording unless the caller gave one. */
export function describeEvent({ seq, id, kind, source, payload, at, recorded_at }: EventRecord) {
  return { seq, id, kind, source, at: at ?? recorded_at, recorded_at, payload }
}
