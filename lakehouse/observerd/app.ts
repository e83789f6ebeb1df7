/** Routes of observerd: events and workflows. README.md is the contract. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type AppOptions, createApp, parseBody, parseQuery } from '../kit/app.ts'
import { watchCaller } from '../kit/caller.ts'
import { describeEvent, draftSchema } from './event.ts'
import type { EventStore } from './event-store.ts'
import type { NodeWork } from './node-work.ts'
import { planWorkflow, workflowSchema } from './plan.ts'
import { RunStore } from './run-store.ts'

export interface ObserverdDeps extends Pick<AppOptions, 'auth' | 'logger'> {
  readonly store: EventStore
  readonly work: NodeWork
}

const BODY_LIMIT = 8 * 2 ** 20
const MAX_BATCH = 1_000
const MAX_LIMIT = 1_000
const TORN_CHARACTERS = 200

const batchSchema = z.array(draftSchema).min(1).max(MAX_BATCH)
const listSchema = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(100),
  kind: z.string().optional(),
  source: z.string().optional(),
})

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

export function buildApp({ store, work, auth, logger }: ObserverdDeps): FastifyInstance {
  const app = createApp({
    service: 'observerd',
    bodyLimit: BODY_LIMIT,
    isReady: () => store.ready,
    notReadyReason: () => 'the log is being read',
    ...(auth === undefined ? {} : { auth }),
    ...(logger === undefined ? {} : { logger }),
  })
  const runs = new RunStore(store, work)

  app.post('/v1/events', async ({ body }, reply) => {
    const drafts = Array.isArray(body) ? parseBody(batchSchema, body) : [parseBody(draftSchema, body)]
    const recorded = await store.record(drafts)
    const events = recorded.map(({ event, duplicate }) => ({ ...describeEvent(event), duplicate }))
    const duplicates = recorded.filter(({ duplicate }) => duplicate).length
    reply.code(duplicates === recorded.length ? 200 : 201)
    return Array.isArray(body) ? { events, stored: events.length - duplicates, duplicates } : events[0]
  })

  app.get('/v1/events', async ({ query }) => {
    const { limit, ...filter } = parseQuery(listSchema, query)
    const found = store.list(filter, limit + 1)
    const page = found.slice(0, limit)
    const truncated = found.length > limit
    return { events: page.map(describeEvent), truncated, next: truncated ? (page.at(-1)?.seq ?? null) : null }
  })

  app.get('/v1/events/stats', async () => {
    const { events, torn } = store
    return {
      total: events.length,
      by_kind: countBy(events, ({ kind }) => kind),
      by_source: countBy(events, ({ source }) => source),
      last_seq: events.at(-1)?.seq ?? 0,
      torn: torn === undefined ? null : { ...torn, text: torn.text.slice(0, TORN_CHARACTERS) },
    }
  })

  app.post('/v1/workflows', async (request, reply) => {
    const plan = planWorkflow(parseBody(workflowSchema, request.body))
    return runs.run(plan, { requestId: request.id, signal: watchCaller(reply) })
  })

  app.get<{ Params: { run_id: string } }>('/v1/workflows/:run_id', async ({ params }) =>
    runs.get(params.run_id),
  )
  return app
}
