/** The routes of validatord. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type AppOptions, createApp, parseBody } from '../kit/app.ts'
import { contextSchema } from './artifacts.ts'
import type { Policy } from './config.ts'
import { renderFault, type WireForm } from './fault.ts'
import { CHECKS, KINDS } from './rules.ts'

export interface ValidatordDeps {
  readonly wire: WireForm
  readonly policy: Policy
  readonly auth?: NonNullable<AppOptions['auth']>
  readonly logger?: NonNullable<AppOptions['logger']>
}

const requestSchema = z.strictObject({
  kind: z.enum(KINDS),
  // Present, whatever it is: its shape is the check's question, and a 422.
  artifact: z.unknown().refine((value) => value !== undefined, 'is missing'),
  context: contextSchema.optional(),
})

/** `POST /v1/validate`: 200 valid, 422 one fault in the configured wire form, 400 malformed. */
export function buildApp(deps: ValidatordDeps): FastifyInstance {
  const app = createApp({
    service: 'validatord',
    ...(deps.auth && { auth: deps.auth }),
    ...(deps.logger !== undefined && { logger: deps.logger }),
  })
  app.post('/v1/validate', async (request, reply) => {
    const { kind, artifact, context = {} } = parseBody(requestSchema, request.body)
    const { fault, warnings } = CHECKS[kind](artifact, context, deps.policy)
    if (!fault) return { valid: true, warnings }
    return reply.code(422).send(renderFault(fault, deps.wire))
  })
  return app
}
