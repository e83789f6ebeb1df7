/** Routes of matrixd: retrieval across corpora, and what is learned from it. README.md is the contract. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type AppOptions, createApp, parseBody, parseQuery } from '../kit/app.ts'
import { ApiError } from '../kit/errors.ts'
import type { Upstream } from '../kit/upstream.ts'
import { decideMode, type StrengthRules } from './downgrade.ts'
import type { LiftRules, Playbook } from './playbook.ts'
import type { PlaybookStore } from './playbook-store.ts'
import { sortByRelevance } from './relevance.ts'
import { downgradeSchema, listSchema, recordSchema, relevanceSchema, searchSchema } from './requests.ts'
import { retrieve } from './retrieval.ts'
import { type CallOptions, embedTexts } from './upstreams.ts'

export interface MatrixdDeps extends Pick<AppOptions, 'auth' | 'logger'> {
  readonly store: PlaybookStore
  readonly embedd: Upstream
  readonly vectord: Upstream
  readonly lift: LiftRules
  readonly strength: StrengthRules
  /** Of relevance, when a request names none. */
  readonly threshold: number
}

const BODY_LIMIT = 32 * 2 ** 20

/** The request's id, and a signal that ends what was asked of others when the caller goes away. */
function callOptions(request: FastifyRequest, reply: FastifyReply): CallOptions {
  const gone = new AbortController()
  // Also comes after a whole answer, when there is nothing left to abort.
  reply.raw.once('close', () => gone.abort(new ApiError(499, 'client_closed', 'the caller went away')))
  return { requestId: request.id, signal: gone.signal }
}

/** A record as answers show it: without the embedding. */
function describePlaybook({ vector: _vector, model: _model, ...shown }: Playbook) {
  return shown
}

export function buildApp(deps: MatrixdDeps): FastifyInstance {
  const { store, embedd, vectord, lift, strength, auth, logger } = deps
  const app = createApp({
    service: 'matrixd',
    bodyLimit: BODY_LIMIT,
    isReady: () => store.ready,
    notReadyReason: () => 'the playbooks are being read',
    ...(auth === undefined ? {} : { auth }),
    ...(logger === undefined ? {} : { logger }),
  })

  app.post('/v1/matrix/search', async (request, reply) => {
    const search = parseBody(searchSchema, request.body)
    const found = await retrieve(
      { embedd, vectord, rules: lift, playbooks: () => store.list() },
      search,
      callOptions(request, reply),
    )
    return { query: search.query, k: search.k, ...found }
  })

  app.post('/v1/matrix/relevance', async (request, reply) => {
    const { focus, chunks, threshold = deps.threshold } = parseBody(relevanceSchema, request.body)
    const texts = [focus, ...chunks.map(({ text }) => text)]
    const embedded = await embedTexts(embedd, texts, callOptions(request, reply))
    const [focusVector = [], ...vectors] = embedded.map(({ vector }) => vector)
    return { threshold, ...sortByRelevance(focusVector, chunks, vectors, threshold) }
  })

  app.post('/v1/matrix/downgrade', async ({ body }) => {
    const { model, mode, force } = parseBody(downgradeSchema, body)
    return { model, requested: mode, forced: force, ...decideMode(model, mode, force, strength) }
  })

  app.post('/v1/playbooks', async (request, reply) => {
    const { query, item, outcome, note = null } = parseBody(recordSchema, request.body)
    const [embedding = { model: '', vector: [] }] = await embedTexts(
      embedd,
      [query],
      callOptions(request, reply),
    )
    const playbook = await store.record({ query, item, outcome, note, ...embedding })
    return reply.code(201).send(describePlaybook(playbook))
  })

  app.get('/v1/playbooks', async ({ query }) => {
    const { corpus, after, limit } = parseQuery(listSchema, query)
    const all = store.list()
    const start = after === undefined ? 0 : all.indexOf(store.get(after)) + 1
    const found = all.slice(start).filter(({ item }) => corpus === undefined || item.corpus === corpus)
    const page = found.slice(0, limit)
    const truncated = found.length > limit
    return {
      playbooks: page.map(describePlaybook),
      truncated,
      next: truncated ? (page.at(-1)?.id ?? null) : null,
    }
  })

  app.get<{ Params: { id: string } }>('/v1/playbooks/:id', async ({ params: { id } }) =>
    describePlaybook(store.get(id)),
  )
  return app
}
