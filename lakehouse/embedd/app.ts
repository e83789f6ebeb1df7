/** Routes of embedd: texts in, vectors out. README.md is the contract. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type AppOptions, createApp, parseBody } from '../kit/app.ts'
import { watchCaller } from '../kit/caller.ts'
import { badRequest, notFound, tooLarge } from '../kit/errors.ts'
import { VectorCache } from './cache.ts'
import { embedTexts } from './embedder.ts'
import type { Provider } from './provider.ts'

export interface EmbeddDeps extends Pick<AppOptions, 'auth' | 'logger'> {
  readonly provider: Provider
  readonly cacheEntries: number
}

export const MAX_TEXTS = 2_048
export const MAX_TEXT_CHARACTERS = 65_536
const BODY_LIMIT = 32 * 2 ** 20

const embedSchema = z.strictObject({
  texts: z.array(z.unknown()).min(1),
  model: z.string().min(1).optional(),
})

/** Checked one by one, so that only the first bad text of thousands is told of. */
function checkText(text: unknown, n: number): string {
  const refuse = (reason: string) =>
    badRequest(`the body is invalid: texts[${n}]: ${reason}`, { details: { field: `texts[${n}]` } })
  if (typeof text !== 'string') throw refuse('is not a string')
  if (text.trim() === '') throw refuse('is empty')
  if (text.length > MAX_TEXT_CHARACTERS) throw refuse(`is longer than ${MAX_TEXT_CHARACTERS} characters`)
  return text
}

export function buildApp({ provider, cacheEntries, auth, logger }: EmbeddDeps): FastifyInstance {
  const cache = new VectorCache(cacheEntries)
  const app = createApp({
    service: 'embedd',
    bodyLimit: BODY_LIMIT,
    ...(auth === undefined ? {} : { auth }),
    ...(logger === undefined ? {} : { logger }),
  })

  app.post('/v1/embed', async (request, reply) => {
    const { texts: given, model = provider.model } = parseBody(embedSchema, request.body)
    if (given.length > MAX_TEXTS) {
      throw tooLarge(`${given.length} texts are more than the ${MAX_TEXTS} of one request`, {
        code: 'too_many_texts',
        details: { limit: MAX_TEXTS },
      })
    }
    const texts = given.map(checkText)
    if (model !== provider.model) {
      throw notFound(`no model "${model}"; this daemon has "${provider.model}"`, {
        code: 'unknown_model',
        details: { model, known: [provider.model] },
      })
    }
    const { vectors, cacheHits } = await embedTexts(provider, cache, texts, watchCaller(reply))
    return { model, dimension: vectors[0]?.length ?? 0, vectors, cache_hits: cacheHits }
  })
  return app
}
