/** Client of catalogd: which columns a dataset has, and the registration of an object. */
import { z } from 'zod'
import { badGateway } from '../kit/errors.ts'
import type { Upstream } from '../kit/upstream.ts'
import type { Column } from './types.ts'

const datasetSchema = z.object({
  id: z.string(),
  name: z.string(),
  fingerprint: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  objects: z.array(z.string()),
})
export type Dataset = z.infer<typeof datasetSchema>

export interface Registration {
  readonly name: string
  readonly columns: readonly Column[]
  readonly fingerprint: string
  /** Key of the Parquet object. */
  readonly object: string
}

export type Registered = { readonly ok: true; readonly id: string } | { readonly ok: false }

export interface Catalog {
  /** Undefined when there is no dataset of that name. */
  find(name: string, requestId: string): Promise<Dataset | undefined>
  /** Not ok: the dataset has other columns (catalogd's 409). */
  register(registration: Registration, requestId: string): Promise<Registered>
}

export function createCatalog(upstream: Upstream): Catalog {
  return {
    async find(name, requestId) {
      const path = `/v1/datasets/${encodeURIComponent(name)}`
      const { status, body } = await upstream.json('GET', path, { requestId, accept: [404] })
      return status === 404 ? undefined : parseDataset(upstream.name, body)
    },
    async register({ name, columns, fingerprint, object }, requestId) {
      const { status, body } = await upstream.json('POST', '/v1/datasets', {
        requestId,
        accept: [409],
        body: { name, columns, fingerprint, objects: [object] },
      })
      return status === 409 ? { ok: false } : { ok: true, id: parseDataset(upstream.name, body).id }
    },
  }
}

function parseDataset(upstream: string, body: unknown): Dataset {
  const parsed = datasetSchema.safeParse(body)
  if (parsed.success) return parsed.data
  throw badGateway(upstream, `${upstream} answered with something that is no dataset`, {
    code: 'upstream_error',
    cause: parsed.error,
  })
}
