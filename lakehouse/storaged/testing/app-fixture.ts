/** For tests: storaged's application on a temporary folder, with small limits. */
import { once } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import { makeTemporaryFolder } from '../../kit/testing/daemon-process.ts'
import { buildApp, type StoragedDeps } from '../app.ts'
import { createFsStore } from '../fs-store.ts'

/** Largest object of the application under test, in bytes. */
export const MAX = 100_000

export interface AppFixture extends AsyncDisposable {
  readonly app: FastifyInstance
  readonly folder: string
  put(key: string, payload: string | Buffer): Promise<{ statusCode: number; json: () => unknown }>
  keys(): Promise<string[]>
  /** Listens on a free port. */
  listen(): Promise<{ port: number; host: string }>
}

export const url = (key: string): string => `/v1/objects/${encodeURIComponent(key)}`

export async function makeApp(changes: Partial<StoragedDeps> = {}): Promise<AppFixture> {
  const folder = await makeTemporaryFolder()
  const store = createFsStore(folder.path)
  await store.open(new AbortController().signal)
  const limits = { maxObjectBytes: MAX, maxUploads: 4, retryAfterS: 5, uploadIdleTimeoutMs: 60_000 }
  const app = buildApp({ store, ...limits, logger: false, ...changes })
  return {
    app,
    folder: folder.path,
    put: (key, payload) => app.inject({ method: 'PUT', url: url(key), payload }),
    async keys() {
      const { objects } = (await app.inject('/v1/objects')).json<{ objects: { key: string }[] }>()
      return objects.map(({ key }) => key)
    },
    async listen() {
      await app.listen({ host: '127.0.0.1', port: 0 })
      return { port: (app.server.address() as AddressInfo).port, host: '127.0.0.1' }
    },
    async [Symbol.asyncDispose]() {
      await app.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** Status, headers, and the fields of the JSON answer. */
export async function answerTo(
  call: ClientRequest,
): Promise<{ status: number; headers: IncomingMessage['headers']; error?: { code: string } }> {
  const [answer] = (await once(call, 'response')) as [IncomingMessage]
  const body = (await json(answer)) as { error?: { code: string } }
  return { status: answer.statusCode ?? 0, headers: answer.headers, ...body }
}
