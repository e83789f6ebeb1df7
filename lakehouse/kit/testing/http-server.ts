/** For tests: a real HTTP server on a free port that answers as the test says, well, badly or never. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'

/** Gets each request with its whole body. */
export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void

export interface TestServer extends AsyncDisposable {
  readonly url: string
}

export interface TestListener extends TestServer {
  readonly port: number
  readonly server: Server
}

/** Gets requests as they begin; on a free port unless one is given. Closing it ends the connections that still wait for an answer. */
export async function startListener(listener: RequestListener, at = 0): Promise<TestListener> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** As `startListener`, with the bodies read. */
export function startServer(handler: Handler): Promise<TestServer> {
  return startListener(async (request, response) => {
    handler(request, response, Buffer.concat(await Array.fromAsync(request)).toString())
  })
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
