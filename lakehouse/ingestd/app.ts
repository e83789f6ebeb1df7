/** The routes of ingestd: take a body, spool it, hand it to `ingest.ts`. */
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type AppOptions, createApp } from '../kit/app.ts'
import { badRequest, unsupportedMediaType } from '../kit/errors.ts'
import { createIngest, type IngestDeps } from './ingest.ts'
import { excerpt } from './line-error.ts'
import type { Format } from './rows.ts'
import { bodyTooLarge, spoolBody, temporaryPath } from './spool.ts'

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['text/csv', 'csv'],
  ['application/x-ndjson', 'ndjson'],
])

// What catalogd takes: usable as a table name without quotes.
const DATASET_NAME = /^[a-z_][a-z0-9_]{0,62}$/

export interface IngestdDeps extends IngestDeps {
  readonly maxBodyBytes: number
  readonly auth?: { readonly token?: string }
  readonly isReady?: () => boolean
  readonly logger?: AppOptions['logger']
}

export function buildApp(deps: IngestdDeps): FastifyInstance {
  const app = createApp({
    service: 'ingestd',
    ...(deps.auth === undefined ? {} : { auth: deps.auth }),
    ...(deps.isReady === undefined ? {} : { isReady: deps.isReady }),
    ...(deps.logger === undefined ? {} : { logger: deps.logger }),
  })
  const ingest = createIngest(deps)
  // Bodies stay streams; whatever is not in FORMATS is a 415 before a byte is read.
  app.removeAllContentTypeParsers()
  for (const type of FORMATS.keys()) {
    app.addContentTypeParser(type, (_request, payload, done) => done(null, payload))
  }

  app.post<{ Params: { dataset: string } }>('/v1/ingest/:dataset', async (request, reply) => {
    const { dataset } = request.params
    if (!DATASET_NAME.test(dataset)) {
      throw badRequest(
        `${excerpt(dataset)} is no dataset name: a-z, 0-9 and _, not beginning with a digit, at most 63 characters`,
        { code: 'bad_dataset_name' },
      )
    }
    const format = formatOf(request)
    const path = temporaryPath(deps.folder)
    try {
      const input = await spoolBody(bodyOf(request, deps.maxBodyBytes), path, deps.maxBodyBytes)
      const ingested = await ingest({ dataset, format, input, requestId: request.id })
      request.log.info({ dataset, rows: ingested.rows, deduplicated: ingested.deduplicated }, 'ingested')
      return reply.code(ingested.deduplicated ? 200 : 201).send(ingested)
    } finally {
      await rm(path, { force: true })
    }
  })
  return app
}

function formatOf(request: FastifyRequest): Format {
  const [essence = '', ...parameters] = (request.headers['content-type'] ?? '').split(';')
  const format = FORMATS.get(essence.trim().toLowerCase())
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"]*?)"?\s*$/i.exec(parameter)?.[1])
    .find((value) => value !== undefined)
  if (format !== undefined && /^(?:utf-?8|us-ascii)$/i.test(charset ?? 'utf-8')) return format
  throw unsupportedMediaType(
    format === undefined
      ? 'the Content-Type must be text/csv or application/x-ndjson'
      : `the charset must be UTF-8, not ${charset}`,
  )
}

function bodyOf(request: FastifyRequest, limit: number): Readable {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw bodyTooLarge(limit)
  return request.body instanceof Readable ? request.body : Readable.from([])
}
