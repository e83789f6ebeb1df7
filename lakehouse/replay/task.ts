/** A task: what is asked, what counts as an answer, and where the context comes from. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { UsageError } from '../kit/command-line.ts'
import { describeIssues } from '../kit/issues.ts'
import { messageOf } from '../kit/message-of.ts'

const textSchema = z.string().refine((text) => text.trim() !== '', 'is empty')

const taskSchema = z.strictObject({
  id: z.string().min(1).max(256),
  /** validatord's kind of artifact. */
  kind: z.string().min(1),
  question: textSchema,
  /** Added to the system message. */
  instructions: z.string().optional(),
  corpora: z.array(z.string().min(1)).default([]),
  k: z.int().min(1).max(1_000).default(5),
  filter: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  /** validatord's context. */
  context: z.looseObject({}).optional(),
  /** In the order in which they are tried. */
  models: z.array(z.string().min(1)).min(1).optional(),
  max_tokens: z.int().min(1).optional(),
  temperature: z.number().min(0).max(2).optional(),
})
export type Task = z.infer<typeof taskSchema>

/** Throws `UsageError`, naming file and field. */
export async function readTask(file: string): Promise<Task> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`--task ${file}: ${messageOf(error)}`, {
      cause: error,
    })
  }
  const parsed = taskSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new UsageError(`--task ${file}: ${describeIssues(parsed.error)}`)
}
