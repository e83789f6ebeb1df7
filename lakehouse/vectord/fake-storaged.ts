/** Test double of storaged as a process of its own would be: the same HTTP, objects in memory. */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { startListener } from '../kit/testing/http-server.ts'

export interface FakeStoraged extends AsyncDisposable {
  readonly url: string
  readonly objects: Map<string, Buffer>
  /** While true every request is answered 500. */
  broken: boolean
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(request))
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

export async function startFakeStoraged(): Promise<FakeStoraged> {
  const objects = new Map<string, Buffer>()
  const fake = { broken: false }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://storaged')
    const body = await readBody(request)
    if (fake.broken) return answer(response, 500, { error: { code: 'internal', message: 'broken' } })
    if (url.pathname === '/v1/objects') {
      const prefix = url.searchParams.get('prefix') ?? ''
      const listed = [...objects].filter(([key]) => key.startsWith(prefix)).sort()
      const infos = listed.map(([key, bytes]) => ({ key, size: bytes.length }))
      return answer(response, 200, { objects: infos, truncated: false, next: null })
    }
    const key = decodeURIComponent(url.pathname.slice('/v1/objects/'.length))
    const found = objects.get(key)
    if (request.method === 'PUT') {
      objects.set(key, body)
      const sha256 = createHash('sha256').update(body).digest('hex')
      return answer(response, 200, { key, size: body.length, sha256 })
    }
    if (found === undefined) return answer(response, 404, { error: { code: 'not_found', message: key } })
    if (request.method === 'DELETE') {
      objects.delete(key)
      return answer(response, 200, { key, deleted: true })
    }
    response.writeHead(200).end(found)
  }

  const listener = await startListener((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  return Object.assign(fake, {
    url: listener.url,
    objects,
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  })
}
