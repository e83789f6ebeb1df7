/** Client of catalogd: all datasets, or the word that nothing has changed. */
import { z } from 'zod'
import { badGateway } from '../kit/errors.ts'
import type { Upstream } from '../kit/upstream.ts'

const answerSchema = z.object({
  datasets: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      columns: z.array(z.object({ name: z.string(), type: z.string() })).min(1),
      objects: z.array(z.string()),
    }),
  ),
})

export type Dataset = z.infer<typeof answerSchema>['datasets'][number]

export interface CatalogClient {
  /** Undefined: nothing has changed since the last answer. Throws ApiError. */
  poll(): Promise<readonly Dataset[] | undefined>
}

export function createCatalogClient(catalogd: Upstream, timeoutMs: number): CatalogClient {
  let etag: string | null = null
  return {
    async poll() {
      const { status, body, headers } = await catalogd.json('GET', '/v1/datasets', {
        timeoutMs,
        accept: [304],
        headers: etag === null ? {} : { 'if-none-match': etag },
      })
      if (status === 304) return undefined
      const parsed = answerSchema.safeParse(body)
      if (!parsed.success) {
        throw badGateway('catalogd', 'catalogd answered with something that is no list of datasets', {
          code: 'upstream_error',
          cause: parsed.error,
        })
      }
      etag = headers.get('etag')
      return parsed.data.datasets
    },
  }
}
