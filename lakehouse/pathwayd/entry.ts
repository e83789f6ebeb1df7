/** Lines of the log: what happened to a trace, once and for all. The memory is nothing but these, replayed. */
import { z } from 'zod'

const contentFields = {
  content: z.string(),
  tags: z.array(z.string()),
  metadata: z.looseObject({}),
}
const stamp = { seq: z.int().positive(), at: z.string(), id: z.string() }

export const entrySchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('ADD'), ...stamp, ...contentFields }),
  /** The same content was added again; what came with it is kept here. */
  z.strictObject({
    op: z.literal('REPLAY'),
    ...stamp,
    tags: contentFields.tags.optional(),
    metadata: contentFields.metadata.optional(),
  }),
  z.strictObject({
    op: z.literal('UPDATE'),
    ...stamp,
    content: contentFields.content.optional(),
    tags: contentFields.tags.optional(),
    metadata: contentFields.metadata.optional(),
  }),
  /** `created`: the successor did not exist before. One line, so that a crash cannot separate the two. */
  z.strictObject({
    op: z.literal('REVISE'),
    ...stamp,
    successor: z.string(),
    reason: z.string().optional(),
    created: z.strictObject(contentFields).optional(),
  }),
  z.strictObject({ op: z.literal('RETIRE'), ...stamp, reason: z.string().optional() }),
])

export type Entry = z.infer<typeof entrySchema>
/** An entry before the store stamps it with its sequence number and time. */
export type Draft = Entry extends infer E ? (E extends Entry ? Omit<E, 'seq' | 'at'> : never) : never

export type Status = 'active' | 'superseded' | 'retired'

export interface Content {
  readonly content: string
  readonly tags: readonly string[]
  readonly metadata: Readonly<Record<string, unknown>>
}

export interface Trace extends Content {
  readonly id: string
  readonly status: Status
  /** How often the same content was added again. */
  readonly replays: number
  /** 1, and one more with each update. */
  readonly version: number
  readonly supersedes: readonly string[]
  readonly superseded_by: string | null
  readonly retired_reason: string | null
  readonly created_at: string
  readonly updated_at: string
}
