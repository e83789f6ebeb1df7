/** For tests: a real HTTP server on a free port that answers as the test says, well, badly or never. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Gets each request with its whole body. */
export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void

export interface TestServer extends AsyncDisposable {
  readonly url: string
}

/** Closing it ends the connections that still wait for an answer. */
export async function startServer(handler: Handler): Promise<TestServer> {
  const server = createServer(async (request, response) => {
    handler(request, response, Buffer.concat(await Array.fromAsync(request)).toString())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
