/**
 * One HTTP request to another daemon, over kept-alive connections. Not `fetch`: that loads all of undici, 35 ms of
 * processor time in each daemon that has anything to ask.
 */
import type { IncomingMessage, RequestOptions } from 'node:http'
import { buffer, text } from 'node:stream/consumers'

// Not by import: that reads every export, and one of them is WebSocket, which loads undici after all.
const http = process.getBuiltinModule('node:http')
const keepAlive = new http.Agent({ keepAlive: true })

export interface HttpCall {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Ends the call; after the headers, the reading of the body. */
  readonly signal: AbortSignal
}

/** An answer whose headers are there. Its body is to be read, by one of the methods or as a stream. */
export class HttpAnswer {
  readonly status: number
  /** The body as it arrives. */
  readonly body: IncomingMessage

  constructor(message: IncomingMessage) {
    this.status = message.statusCode ?? 0
    this.body = message
  }

  /** A status of 2xx. */
  get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }

  readonly headers = {
    /** The header's value; null when it is not there. */
    get: (name: string): string | null => {
      const value = this.body.headers[name.toLowerCase()]
      return value === undefined ? null : String(value)
    },
  }

  text(): Promise<string> {
    return text(this.body)
  }

  bytes(): Promise<Buffer> {
    return buffer(this.body)
  }

  /** @throws SyntaxError when the body is not JSON. */
  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }
}

/**
 * Asks once; redirects are not followed. Rejects with the system's error (`code`), or an AbortError.
 *
 * @param url absolute, http or https.
 */
export async function askHttp(url: string, call: HttpCall): Promise<HttpAnswer> {
  const { method, body, signal } = call
  const isTls = url.startsWith('https:')
  const { request } = isTls ? process.getBuiltinModule('node:https') : http
  const options: RequestOptions = { method, signal, headers: { ...call.headers } }
  if (!isTls) options.agent = keepAlive
  return await new Promise((resolve, reject) => {
    const outgoing = request(url, options, (message) => {
      // Nobody reads a body that is not there; its connection is free at once.
      if (method === 'HEAD') message.resume()
      resolve(new HttpAnswer(message))
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
