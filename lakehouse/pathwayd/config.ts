/** The section `[pathwayd]`. */
import { z } from 'zod'
import { bindSchema } from '../kit/config.ts'

export const configSchema = z.strictObject({
  bind: bindSchema,
  /** Folder of the log. */
  data: z.string().min(1),
})
