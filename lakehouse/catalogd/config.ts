/** The section [catalogd] of the configuration. */
import { z } from 'zod'
import { bindSchema, durationSchema } from '../kit/config.ts'

export const catalogdSchema = z.strictObject({
  bind: bindSchema,
  /** Longest wait for one answer of storaged. */
  storaged_timeout: durationSchema.default(10_000),
})
