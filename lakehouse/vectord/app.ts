/** Routes of vectord: vectors in, nearest vectors out. README.md is the contract. */
import type { FastifyInstance } from 'fastify'
import { type AppOptions, createApp } from '../kit/app.ts'
import { notFound } from '../kit/errors.ts'
import type { Collection } from './collection.ts'
import { parseIds, parseIndex, parseItems, parseSearch } from './requests.ts'
import type { VectorStore } from './store.ts'

export interface VectordDeps extends Pick<AppOptions, 'auth' | 'logger'> {
  readonly store: VectorStore
}

/** A batch of 10,000 vectors of 384 dimensions is about 80 MB of JSON. */
const BODY_LIMIT = 96 * 2 ** 20

interface Named {
  Params: { name: string }
}
interface NamedItem {
  Params: { name: string; id: string }
}

function describeIndex(name: string, collection: Collection) {
  const { dimension, metric } = collection.parameters
  return { name, dimension, metric, count: collection.size }
}

export function buildApp({ store, auth, logger }: VectordDeps): FastifyInstance {
  const app = createApp({
    service: 'vectord',
    bodyLimit: BODY_LIMIT,
    isReady: () => store.ready,
    notReadyReason: () => store.notReadyReason,
    ...(auth === undefined ? {} : { auth }),
    ...(logger === undefined ? {} : { logger }),
  })

  app.post('/v1/indexes', async (request, reply) => {
    const { name, ...parameters } = parseIndex(request.body)
    const isNew = await store.create(name, parameters, request.id)
    return reply.code(isNew ? 201 : 200).send(describeIndex(name, store.get(name)))
  })

  app.get('/v1/indexes', async () => ({
    indexes: store.list().map(({ name, collection }) => describeIndex(name, collection)),
  }))

  app.get<Named>('/v1/indexes/:name', async ({ params: { name } }) => describeIndex(name, store.get(name)))

  app.delete<Named>('/v1/indexes/:name', async ({ params: { name }, id }) => ({
    name,
    deleted: true,
    items: await store.drop(name, id),
  }))

  app.post<Named>('/v1/indexes/:name/items', async ({ params: { name }, body, id }) => {
    const target = store.get(name)
    const items = parseItems(body, target.parameters)
    return store.write(
      name,
      (collection) => {
        const updated = items.filter((item) => collection.has(item.id)).length
        return {
          // Meanwhile the index may have been replaced by one of the same name and other parameters.
          change: {
            upserts: collection === target ? items : parseItems(body, collection.parameters),
            deletes: [],
          },
          answer: () => ({
            index: name,
            upserted: items.length,
            inserted: items.length - updated,
            updated,
            count: collection.size,
          }),
        }
      },
      id,
    )
  })

  app.get<NamedItem>('/v1/indexes/:name/items/:id', async ({ params: { name, id } }) => {
    const item = store.get(name).get(id)
    if (item === undefined) throw itemNotFound(name, id)
    return { id, vector: [...item.vector], metadata: item.metadata ?? {} }
  })

  app.delete<NamedItem>('/v1/indexes/:name/items/:id', async ({ params, id }) => {
    const { name } = params
    return store.write(
      name,
      (collection) => {
        if (!collection.has(params.id)) throw itemNotFound(name, params.id)
        return {
          change: { upserts: [], deletes: [params.id] },
          answer: () => ({ index: name, deleted: 1, count: collection.size }),
        }
      },
      id,
    )
  })

  app.post<Named>('/v1/indexes/:name/items/delete', async ({ params: { name }, body, id }) => {
    const ids = [...new Set(parseIds(body))]
    return store.write(
      name,
      (collection) => {
        const deletes = ids.filter((item) => collection.has(item))
        const missing = ids.filter((item) => !collection.has(item))
        return {
          change: { upserts: [], deletes },
          answer: () => ({ index: name, deleted: deletes.length, missing, count: collection.size }),
        }
      },
      id,
    )
  })

  app.post<Named>('/v1/indexes/:name/search', async ({ params: { name }, body }) => {
    const collection = store.get(name)
    const matches = collection.search(parseSearch(body, collection.parameters))
    return {
      index: name,
      metric: collection.parameters.metric,
      results: matches.map((match) => ({ ...match, metadata: match.metadata ?? {} })),
    }
  })
  return app
}

function itemNotFound(index: string, item: string) {
  return notFound(`the index "${index}" has no item "${item}"`, {
    code: 'item_not_found',
    details: { index, item },
  })
}
