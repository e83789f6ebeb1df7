/** For tests: a gateway on a free port before upstreams that misbehave as told. */
import { type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { findFreePort } from '../kit/testing/free-port.ts'
import { createUpstream } from '../kit/upstream.ts'
import { buildApp } from './app.ts'

export interface Rig extends AsyncDisposable {
  readonly url: string
  readonly port: number
}

/** The URL of a port on which nothing listens, unless the test itself does later. */
export async function deadUrl(): Promise<string> {
  return `http://127.0.0.1:${await findFreePort()}`
}

export interface GatewayOptions {
  readonly services: Readonly<Record<string, string>>
  readonly timeoutMs?: number
  readonly timeoutsMs?: Readonly<Record<string, number>>
  readonly token?: string
}

export async function startGateway({
  services,
  timeoutMs = 20_000,
  timeoutsMs = {},
  token,
}: GatewayOptions): Promise<Rig> {
  const app = buildApp({
    services,
    timeoutMs,
    timeoutsMs,
    healthClient: (name, baseUrl) => createUpstream({ name, baseUrl, timeoutMs: 5_000 }),
    logger: false,
    ...(token === undefined ? {} : { auth: { token } }),
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      const closed = app.close()
      app.server.closeAllConnections()
      await closed
    },
  }
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
  /** The answer ended before it was whole. */
  readonly truncated: boolean
}

export interface SendOptions {
  readonly method?: string
  /** Sent as it is, unlike with fetch. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | Readable
}

/** One request with node:http, which changes neither path nor headers. */
export function send(rig: Rig, { method = 'GET', path, headers = {}, body }: SendOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: rig.port, method, path, headers, agent: false })
    outgoing.on('response', (answer) => {
      let text = ''
      const finish = (truncated: boolean) =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, truncated })
      answer.setEncoding('latin1')
      answer.on('data', (piece: string) => {
        text += piece
      })
      answer.on('end', () => finish(false))
      answer.on('error', () => finish(true))
    })
    outgoing.on('error', reject)
    if (body === undefined || typeof body === 'string') {
      outgoing.end(body)
    } else {
      outgoing.flushHeaders()
      body.pipe(outgoing)
    }
  })
}
