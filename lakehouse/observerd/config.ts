/** The section `[observerd]`. */
import { z } from 'zod'
import { bindSchema, durationSchema } from '../kit/config.ts'

const MAX_TIMEOUT_MS = 3_600_000

export const configSchema = z.strictObject({
  bind: bindSchema,
  /** Folder of the log. */
  data: z.string().min(1),
  /** How long a node of a workflow may take. */
  node_timeout: durationSchema
    .refine((ms) => ms >= 1 && ms <= MAX_TIMEOUT_MS, 'must be 1ms to 1h')
    .default(30_000),
})
