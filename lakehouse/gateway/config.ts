/** The section `[gateway]`. Where each route goes comes from `routes.ts` and `[services]`. */
import { z } from 'zod'
import { bindSchema, durationSchema } from '../kit/config.ts'

export const gatewaySchema = z.strictObject({
  bind: bindSchema,
  /** How long nothing may move in an exchange before it is a 504. */
  timeout: durationSchema.default(30_000),
  /** For each daemon that `GET /v1/health` asks. */
  health_timeout: durationSchema.default(1_000),
})
