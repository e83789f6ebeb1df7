/** Routes of pathwayd: agent memory. README.md is the contract. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type AppOptions, createApp, parseBody, parseQuery } from '../kit/app.ts'
import type { TraceStore } from './store.ts'

export interface PathwaydDeps extends Pick<AppOptions, 'auth' | 'logger'> {
  readonly store: TraceStore
}

const MAX_CONTENT_CHARACTERS = 65_536
const MAX_RESULTS = 1_000
const TORN_CHARACTERS = 200

// JSON in a file is UTF-8: half a surrogate pair would come back as something else.
const textSchema = z.string().refine((text) => text.isWellFormed(), 'holds half a surrogate pair')
const contentSchema = textSchema.max(MAX_CONTENT_CHARACTERS).refine((text) => text.trim() !== '', 'is empty')
const tagsSchema = z.array(textSchema.min(1).max(128)).max(64)
const metadataSchema = z.looseObject({})
const reasonSchema = textSchema.max(4_096).optional()

const addSchema = z.strictObject({
  content: contentSchema,
  tags: tagsSchema.default([]),
  metadata: metadataSchema.default({}),
})
const updateSchema = z
  .strictObject({
    content: contentSchema.optional(),
    tags: tagsSchema.optional(),
    metadata: metadataSchema.optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'names nothing to update')
const reviseSchema = z
  .strictObject({
    content: contentSchema.optional(),
    tags: tagsSchema.optional(),
    metadata: metadataSchema.optional(),
    successor_id: z.string().min(1).optional(),
    reason: reasonSchema,
  })
  .refine((body) => (body.content === undefined) !== (body.successor_id === undefined), {
    error: 'needs either content or successor_id',
  })
  .refine((body) => body.successor_id === undefined || (body.tags ?? body.metadata) === undefined, {
    error: 'tags and metadata go with content, not with successor_id',
  })
const retireSchema = z.strictObject({ reason: reasonSchema })
const searchSchema = z
  .strictObject({
    query: textSchema.refine((text) => text.trim() !== '', 'is empty').optional(),
    k: z.int().min(1).max(MAX_RESULTS).default(10),
    filter: z
      .strictObject({
        tags: z.array(z.string()).optional(),
        metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
      })
      .optional(),
  })
  .refine((body) => body.query !== undefined || body.filter !== undefined, 'needs a query or a filter')
const listSchema = z.strictObject({
  status: z.enum(['active', 'superseded', 'retired']).optional(),
  after: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(MAX_RESULTS).default(100),
})

interface Identified {
  Params: { id: string }
}

export function buildApp({ store, auth, logger }: PathwaydDeps): FastifyInstance {
  const app = createApp({
    service: 'pathwayd',
    isReady: () => store.ready,
    notReadyReason: () => 'the log is being read',
    ...(auth === undefined ? {} : { auth }),
    ...(logger === undefined ? {} : { logger }),
  })

  app.post('/v1/traces', async ({ body }, reply) => {
    const { trace, replayed } = await store.add(parseBody(addSchema, body))
    return reply.code(replayed ? 200 : 201).send({ ...trace, replayed })
  })

  app.get('/v1/traces', async ({ query }) => {
    const { limit, ...rest } = parseQuery(listSchema, query)
    const traces = store.list({ ...rest, limit: limit + 1 })
    const page = traces.slice(0, limit)
    const truncated = traces.length > limit
    return { traces: page, truncated, next: truncated ? (page.at(-1)?.id ?? null) : null }
  })

  app.get('/v1/traces/stats', async () => {
    const { torn, ...counts } = store.stats()
    return { ...counts, torn: torn === null ? null : { ...torn, text: torn.text.slice(0, TORN_CHARACTERS) } }
  })

  app.post('/v1/traces/search', async ({ body }) => {
    const found = store.search(parseBody(searchSchema, body))
    return { results: found.map(({ trace, score }) => ({ ...trace, score })) }
  })

  app.get<Identified>('/v1/traces/:id', async ({ params: { id } }) => store.get(id))

  app.patch<Identified>('/v1/traces/:id', async ({ params: { id }, body }) => {
    const { content, tags, metadata } = parseBody(updateSchema, body)
    return store.update(id, {
      ...(content === undefined ? {} : { content }),
      ...(tags === undefined ? {} : { tags }),
      ...(metadata === undefined ? {} : { metadata }),
    })
  })

  app.post<Identified>('/v1/traces/:id/revise', async ({ params: { id }, body }) => {
    const { content = '', tags = [], metadata = {}, successor_id, reason } = parseBody(reviseSchema, body)
    const successor = successor_id === undefined ? { content, tags, metadata } : { id: successor_id }
    return store.revise(id, { successor, reason })
  })

  app.post<Identified>('/v1/traces/:id/retire', async ({ params: { id }, body }) => {
    const { reason } = parseBody(retireSchema, body ?? {})
    return store.retire(id, reason)
  })

  app.get<Identified>('/v1/traces/:id/history', async ({ params: { id } }) => ({ id, ...store.history(id) }))
  return app
}
