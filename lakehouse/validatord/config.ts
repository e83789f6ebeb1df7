/** The `[validatord]` section. */
import { z } from 'zod'
import { bindSchema } from '../kit/config.ts'

export const configSchema = z.strictObject({
  bind: bindSchema,
  wire: z.enum(['flat', 'tagged']).default('flat'),
  policy: z
    .strictObject({
      /** Characters of a text message; the limit of one GSM 03.38 message by default. */
      sms_max_length: z.int().positive().default(160),
      /** Words that no message may hold, compared without regard to case. */
      forbidden_words: z.array(z.string().min(1)).default([]),
      /** Actions that no playbook step may take. */
      forbidden_actions: z.array(z.string().min(1)).default(['delete_all', 'disable_audit']),
    })
    .prefault({}),
})

export type Policy = z.infer<typeof configSchema>['policy']
