/** The section `[gateway]`. Where each route goes comes from `routes.ts` and `[services]`. */
import { z } from 'zod'
import { bindSchema, durationSchema } from '../kit/config.ts'
import { SLOW_OWNERS, UPSTREAMS } from './routes.ts'

const perOwner = Object.fromEntries(UPSTREAMS.map((name) => [name, durationSchema.optional()]))

export const gatewaySchema = z.strictObject({
  bind: bindSchema,
  /** How long nothing may move in an exchange before it is a 504. */
  timeout: durationSchema.default(30_000),
  /** The same for single owners, by name. */
  timeouts: z
    .strictObject(perOwner)
    .default({})
    .transform((given): Readonly<Record<string, number | undefined>> => ({ ...SLOW_OWNERS, ...given })),
  /** For each daemon that `GET /v1/health` asks. */
  health_timeout: durationSchema.default(1_000),
})
