/** The HTTP face of storaged: objects by key. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { acceptBody, type CommonDeps, createApp, parseQuery } from '../kit/app.ts'
import { notFound, tooLarge } from '../kit/errors.ts'
import { badKey, keyFromUrl, OBJECTS_PREFIX } from './key.ts'
import { receive } from './receive.ts'
import type { ObjectStore, StoredObject } from './store.ts'
import { createUploadSlots } from './upload-slots.ts'

export interface StoragedDeps extends CommonDeps {
  readonly store: ObjectStore
  readonly maxObjectBytes: number
  readonly maxUploads: number
  readonly retryAfterS: number
  /** An upload that sends nothing for so long ends with 408. */
  readonly uploadIdleTimeoutMs: number
}

const MAX_PAGE = 10_000

const listQuery = z.strictObject({
  prefix: z.string().default(''),
  after: z.string().default(''),
  limit: z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= MAX_PAGE, `must be from 1 to ${MAX_PAGE}`)
    .default(MAX_PAGE),
})

const keyOf = (request: FastifyRequest): string => keyFromUrl(request.raw.url ?? '')

function setFacts(reply: FastifyReply, { size, sha256 }: StoredObject): FastifyReply {
  return reply.headers({
    'content-type': 'application/octet-stream',
    'content-length': size,
    etag: `"${sha256}"`,
  })
}

function noObject(key: string) {
  return notFound(`no object "${key}"`, { details: { key } })
}

export function buildApp(deps: StoragedDeps): FastifyInstance {
  const { store, maxObjectBytes, maxUploads, retryAfterS, uploadIdleTimeoutMs, ...options } = deps
  const limits = { maxBytes: maxObjectBytes, idleTimeoutMs: uploadIdleTimeoutMs }
  const slots = createUploadSlots(maxUploads, retryAfterS)
  const app = createApp({
    ...options,
    service: 'storaged',
    onBadUrl: (url) =>
      url.startsWith(OBJECTS_PREFIX) ? badKey('it is not validly percent-encoded UTF-8') : undefined,
  })
  // An object is bytes, whatever Content-Type says; the handler reads them itself.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))

  app.put('/v1/objects/*', { config: { lateContinue: true } }, async (request, reply) => {
    const key = keyOf(request)
    const declared = request.headers['content-length']
    if (declared !== undefined && Number(declared) > maxObjectBytes) {
      throw tooLarge(`an object may have at most ${maxObjectBytes} bytes; Content-Length says ${declared}`)
    }
    using _slot = slots.take()
    acceptBody(request, reply)
    return await store.put(key, receive(request.raw, limits))
  })

  app.head('/v1/objects/*', async (request, reply) => {
    const key = keyOf(request)
    const info = await store.head(key)
    if (info === undefined) throw noObject(key)
    return setFacts(reply, info).send()
  })

  app.get('/v1/objects/*', { exposeHeadRoute: false }, async (request, reply) => {
    const key = keyOf(request)
    const found = await store.get(key)
    if (found === undefined) throw noObject(key)
    return setFacts(reply, found.info).send(found.body)
  })

  app.delete('/v1/objects/*', async (request) => {
    const key = keyOf(request)
    if (!(await store.delete(key))) throw noObject(key)
    return { key, deleted: true }
  })

  app.get('/v1/objects', async (request) => {
    const { prefix, after, limit } = parseQuery(listQuery, request.query)
    const { objects, next } = await store.list(prefix, after, limit)
    return { objects, truncated: next !== undefined, next: next ?? null }
  })
  return app
}
