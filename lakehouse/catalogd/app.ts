/** The HTTP face of catalogd: datasets by name. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type CommonDeps, createApp, parseBody, parseQuery } from '../kit/app.ts'
import { notFound } from '../kit/errors.ts'
import type { Catalog } from './catalog.ts'
import { registrationSchema } from './dataset.ts'

export interface CatalogdDeps extends CommonDeps {
  readonly catalog: Catalog
}

/** Ten thousand object keys of 1,024 bytes. */
const BODY_LIMIT = 16 * 2 ** 20

const noQuery = z.strictObject({})

function noDataset(name: string) {
  return notFound(`no dataset "${name}"`, { details: { dataset: name } })
}

export function buildApp({ catalog, ...options }: CatalogdDeps): FastifyInstance {
  const app = createApp({ service: 'catalogd', bodyLimit: BODY_LIMIT, ...options })

  app.post('/v1/datasets', async (request, reply) => {
    const registration = parseBody(registrationSchema, request.body)
    const { dataset, created, added } = await catalog.register(registration, request.id)
    reply.code(created ? 201 : 200)
    return { ...dataset, added_objects: added }
  })

  app.get('/v1/datasets', async (request, reply) => {
    parseQuery(noQuery, request.query)
    const etag = `"${catalog.revision}"`
    reply.header('etag', etag)
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    return { datasets: catalog.list() }
  })

  app.get<{ Params: { name: string } }>('/v1/datasets/:name', async ({ params: { name } }) => {
    const dataset = catalog.get(name)
    if (dataset === undefined) throw noDataset(name)
    return dataset
  })

  app.delete<{ Params: { name: string } }>(
    '/v1/datasets/:name',
    async ({ params: { name }, id: requestId }) => {
      const dataset = await catalog.delete(name, requestId)
      if (dataset === undefined) throw noDataset(name)
      return { id: dataset.id, name, deleted: true }
    },
  )
  return app
}
