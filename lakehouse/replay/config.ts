/** Flags and the section `[replay]`; flags win. */
import { z } from 'zod'
import { readFlags, UsageError } from '../kit/command-line.ts'
import { durationSchema } from '../kit/config.ts'

export const USAGE = 'replay --task FILE --log FILE [--no-retrieval] [--models provider/name,provider/name]'

export const configSchema = z.strictObject({
  models: z.array(z.string().min(1)).min(1).optional(),
  /** Of each request. */
  timeout: durationSchema.default(60_000),
})

export interface Flags {
  readonly task: string
  readonly log: string
  readonly retrieval: boolean
  readonly models: readonly string[] | undefined
}

/** Throws `UsageError`. */
export function readReplayFlags(args: readonly string[]): Flags {
  const text = { type: 'string' } as const
  const flags = readFlags(args, { task: text, log: text, models: text, 'no-retrieval': { type: 'boolean' } })
  const { task, log, models } = flags
  if (typeof task !== 'string' || task === '') throw new UsageError('--task is missing')
  if (typeof log !== 'string' || log === '') throw new UsageError('--log is missing')
  const names = typeof models === 'string' ? models.split(',').map((name) => name.trim()) : undefined
  if (names?.includes('')) throw new UsageError('--models: an empty name')
  return { task, log, retrieval: flags['no-retrieval'] !== true, models: names }
}
