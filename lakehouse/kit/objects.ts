/** Client of storaged: objects by key, on top of `createUpstream`. */
import { badRequest } from './errors.ts'
import type { HttpAnswer } from './http-client.ts'
import { type RequestOptions, refusal, type Upstream } from './upstream.ts'

interface ObjectInfo {
  readonly key: string
  readonly size: number
}

/** What storaged acknowledged; durable from then on. */
interface StoredObject extends ObjectInfo {
  /** Lower-case hex. */
  readonly sha256: string
}

export interface ObjectClient {
  put(key: string, bytes: string | Uint8Array, options?: RequestOptions): Promise<StoredObject>
  /** The object's bytes; undefined when there is none. */
  get(key: string, options?: RequestOptions): Promise<Buffer | undefined>
  head(key: string, options?: RequestOptions): Promise<StoredObject | undefined>
  /** False when there was none. */
  delete(key: string, options?: RequestOptions): Promise<boolean>
  /** All keys with the prefix, in UTF-8 byte order, page by page. */
  list(prefix: string, options?: RequestOptions): AsyncIterable<ObjectInfo>
}

/** `/v1/objects/{key}` with the key as one percent-encoded segment, so that `a/./b` is not normalised away. */
export function objectPath(key: string): string {
  if (key === '.' || key === '..')
    throw badRequest(`the key "${key}" cannot be written in a URL`, { code: 'bad_key' })
  return `/v1/objects/${encodeURIComponent(key)}`
}

export function createObjectClient(upstream: Upstream): ObjectClient {
  async function fail(method: string, path: string, response: HttpAnswer): Promise<never> {
    throw refusal(upstream.name, method, path, response, await response.text())
  }

  return {
    async put(key, bytes, options = {}) {
      const path = objectPath(key)
      const headers = { ...options.headers, 'content-type': 'application/octet-stream' }
      const response = await upstream.raw('PUT', path, { ...options, headers, body: bytes })
      if (!response.ok) return fail('PUT', path, response)
      return (await response.json()) as StoredObject
    },

    async get(key, options = {}) {
      const path = objectPath(key)
      const response = await upstream.raw('GET', path, options)
      if (response.status === 404) {
        await response.bytes()
        return undefined
      }
      if (!response.ok) return fail('GET', path, response)
      return await response.bytes()
    },

    async head(key, options = {}) {
      const path = objectPath(key)
      const response = await upstream.raw('HEAD', path, options)
      if (response.status === 404) return undefined
      if (!response.ok) return fail('HEAD', path, response)
      const sha256 = (response.headers.get('etag') ?? '').replaceAll('"', '')
      return { key, size: Number(response.headers.get('content-length')), sha256 }
    },

    async delete(key, options = {}) {
      const { status } = await upstream.json('DELETE', objectPath(key), { ...options, accept: [404] })
      return status !== 404
    },

    async *list(prefix, options = {}) {
      let after = ''
      for (;;) {
        const query = new URLSearchParams(after === '' ? { prefix } : { prefix, after })
        const { body } = await upstream.json<{
          objects: ObjectInfo[]
          truncated: boolean
          next: string | null
        }>('GET', `/v1/objects?${query}`, options)
        yield* body.objects
        if (!body.truncated || body.next === null) return
        after = body.next
      }
    },
  }
}
