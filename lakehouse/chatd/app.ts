/** Routes of chatd: a conversation in, an answer out. README.md is the contract. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type AppOptions, createApp, parseBody } from '../kit/app.ts'
import { watchCaller } from '../kit/caller.ts'
import { badRequest, notFound } from '../kit/errors.ts'
import { type Provider, ROLES } from './provider.ts'
import { countTokens } from './tokens.ts'

export interface ChatdDeps extends Pick<AppOptions, 'auth' | 'logger'> {
  /** By the name that stands before the slash of a model. */
  readonly providers: ReadonlyMap<string, Provider>
}

/** A 10 MB text, escaped as JSON, with room. */
const BODY_LIMIT = 32 * 2 ** 20
const MAX_MESSAGES = 1_000

const chatSchema = z.strictObject({
  model: z.string().min(1).max(512),
  messages: z
    .array(z.strictObject({ role: z.enum(ROLES), content: z.string() }))
    .min(1)
    .max(MAX_MESSAGES)
    .refine((messages) => messages.some(({ content }) => content.trim() !== ''), 'holds nothing but blanks'),
  max_tokens: z.int().min(1).max(1_000_000).optional(),
  temperature: z.number().min(0).max(2).optional(),
})

/** `provider/name`; the name may hold further slashes. */
function splitModel(model: string): { provider: string; name: string } {
  const slash = model.indexOf('/')
  if (slash > 0 && slash < model.length - 1) {
    return { provider: model.slice(0, slash), name: model.slice(slash + 1) }
  }
  throw badRequest(`the body is invalid: model: "${model}" is not of the form provider/name`, {
    details: { field: 'model' },
  })
}

export function buildApp({ providers, auth, logger }: ChatdDeps): FastifyInstance {
  const app = createApp({
    service: 'chatd',
    bodyLimit: BODY_LIMIT,
    ...(auth === undefined ? {} : { auth }),
    ...(logger === undefined ? {} : { logger }),
  })

  app.post('/v1/chat', async (request, reply) => {
    const body = parseBody(chatSchema, request.body)
    const { provider: prefix, name } = splitModel(body.model)
    const provider = providers.get(prefix)
    if (provider === undefined) {
      const known = [...providers.keys()]
      throw notFound(`no provider "${prefix}"; this daemon has ${known.join(', ')}`, {
        code: 'unknown_provider',
        details: { provider: prefix, known },
      })
    }
    const { messages, max_tokens: maxTokens, temperature } = body
    const started = performance.now()
    const completion = await provider.complete(
      { model: name, messages, maxTokens, temperature },
      watchCaller(reply),
    )
    const { content, finishReason, inputTokens, outputTokens } = completion
    const answer = {
      content,
      provider: prefix,
      model: body.model,
      latency_ms: Math.round(performance.now() - started),
      input_tokens: inputTokens ?? messages.reduce((sum, message) => sum + countTokens(message.content), 0),
      output_tokens: outputTokens ?? countTokens(content),
      finish_reason: finishReason,
    }
    const { content: _content, ...logged } = answer
    request.log.info(logged, 'answered')
    return answer
  })
  return app
}
