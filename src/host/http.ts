/** One HTTP request over a connection of its own: as written, no redirects, under one deadline. */
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { err, ok, type Result } from '../kernel/result.ts'
import { formatBytes } from '../kernel/units.ts'
import { boundTimer } from './bound-timer.ts'
import { ClientSocket, sharedBuffer } from './client-socket.ts'
import { type BodyDigest, HashedBody, WholeBody } from './http-body.ts'
import { describeFault, type HttpFault } from './http-fault.ts'

export type { BodyDigest } from './http-body.ts'
export type { HttpFault } from './http-fault.ts'

// Not by import: that reads every export, and one of them is WebSocket, which loads all of undici (35 ms).
const { request } = process.getBuiltinModule('node:http')

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** With `hashBody`, its beginning. */
  readonly body: Buffer
  /** Only with `hashBody`: of all of it. */
  readonly digest?: BodyDigest
  /** The body was longer than `maxBodyBytes`; the rest was not read. */
  readonly truncated: boolean
}

export interface HttpRequest {
  /** Default GET. */
  readonly method?: string
  readonly host: string
  readonly port: number
  /** Sent as it is: `..` and `%2e` arrive as written. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  /** Bytes and text are sent with Content-Length, the others chunked unless the headers say otherwise. */
  readonly body?: Buffer | string | AsyncIterable<Buffer> | Readable
  /** For everything: connecting, sending, and the whole answer. */
  readonly timeoutMs: number
  /** Default 16 MiB. */
  readonly maxBodyBytes?: number
  /** Hash the answer's body as it comes and keep only its beginning: a large one costs half, and no memory. */
  readonly hashBody?: boolean
  readonly signal?: AbortSignal
}

const DEFAULT_MAX_BODY_BYTES = 16 * 2 ** 20

/** Never rejects for what a server does; rejects only with an error of the caller's own `body` stream. */
export async function requestHttp(o: HttpRequest): Promise<Result<HttpAnswer, HttpFault>> {
  if (o.signal?.aborted) return err({ kind: 'aborted', detail: 'aborted before it was sent' })
  const exchange = new Exchange(o)
  try {
    return await exchange.run()
  } finally {
    exchange.dispose()
  }
}

/** The state of one exchange: the first end that is reached counts, whatever the socket reports afterwards. */
class Exchange {
  readonly #o: HttpRequest
  readonly #socket: ClientSocket
  readonly #onAbort = (): void => this.#fail({ kind: 'aborted', detail: `aborted ${this.#progress()}` })
  readonly #answered: Promise<Result<HttpAnswer, HttpFault>>
  #settle: (result: Result<HttpAnswer, HttpFault>) => void = () => undefined
  #timer: NodeJS.Timeout | undefined
  #request: ClientRequest | undefined
  #response: IncomingMessage | undefined
  #received = 0
  #done = false

  constructor(o: HttpRequest) {
    this.#o = o
    this.#answered = new Promise((resolve) => {
      this.#settle = resolve
    })
    this.#socket = new ClientSocket({ onread: sharedBuffer })
  }

  async run(): Promise<Result<HttpAnswer, HttpFault>> {
    const { host, port, signal, timeoutMs } = this.#o
    this.#timer = setTimeout(() => {
      this.#fail({
        kind: 'timeout',
        detail: `no complete answer within ${timeoutMs} ms: ${this.#progress()}`,
      })
    }, boundTimer(timeoutMs))
    signal?.addEventListener('abort', this.#onAbort, { once: true })
    const outgoing = this.#open()
    if (!outgoing.ok) return outgoing
    this.#request = outgoing.value
    this.#request.on('response', (response) => this.#read(response))
    this.#request.on('error', (error) => this.#fail(describeFault(error, this.#socket.writeError)))
    this.#request.on('upgrade', () =>
      this.#fail({ kind: 'protocol', detail: 'the server switched protocols' }),
    )
    this.#socket.connect({ host, port })
    const sent = this.#send(this.#request)
    // A fault of the caller's own body is a bug of the caller, and must not end in silence.
    return Promise.race([this.#answered, sent.then(() => this.#answered)])
  }

  dispose(): void {
    this.#done = true
    clearTimeout(this.#timer)
    this.#o.signal?.removeEventListener('abort', this.#onAbort)
    if (this.#o.body instanceof Readable) this.#o.body.destroy()
    this.#request?.destroy()
    this.#socket.destroy()
  }

  #open(): Result<ClientRequest, HttpFault> {
    const { host, port, path, method = 'GET', headers = {} } = this.#o
    try {
      // Without an agent, and with a socket of our own: nothing is pooled, and `Connection: close` is said.
      const createConnection = (): ClientSocket => this.#socket
      return ok(request({ host, port, path, method, headers, createConnection }))
    } catch (error) {
      return err({
        kind: 'protocol',
        detail: `cannot be sent: ${error instanceof Error ? error.message : error}`,
      })
    }
  }

  #progress(): string {
    if (this.#response)
      return `status ${this.#response.statusCode}, ${formatBytes(this.#received)} of the body so far`
    return this.#socket.connecting ? 'not connected' : 'connected, no answer'
  }

  #fail(fault: HttpFault): void {
    this.#finish(err(fault))
  }

  #finish(result: Result<HttpAnswer, HttpFault>): void {
    if (this.#done) return
    this.#done = true
    this.#settle(result)
  }

  #read(response: IncomingMessage): void {
    this.#response = response
    const limit = this.#o.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES
    const body = this.#o.hashBody ? new HashedBody() : new WholeBody()
    const finish = (truncated: boolean): void => {
      // An answer that was cut still ends.
      if (this.#done) return
      const { statusCode: status = 0, headers } = response
      this.#finish(ok({ status, headers, ...body.end(), truncated }))
    }
    response.on('data', (chunk: Buffer) => {
      const left = limit - this.#received
      this.#received += chunk.length
      if (chunk.length > left) {
        body.add(chunk.subarray(0, left))
        finish(true)
        response.destroy()
      } else body.add(chunk)
    })
    response.on('end', () => finish(false))
    response.on('error', (error) => this.#fail(describeFault(error, undefined, this.#progress())))
    response.on('close', () =>
      this.#fail({ kind: 'reset', detail: `the answer broke off: ${this.#progress()}` }),
    )
  }

  /** Sends the body as fast as the server takes it; stops when an answer has come, or anything has ended the exchange. */
  async #send(outgoing: ClientRequest): Promise<void> {
    const { body } = this.#o
    if (outgoing.hasHeader('expect')) await this.#permission(outgoing)
    if (this.#done || this.#response) return
    if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) {
      outgoing.end(body)
      return
    }
    for await (const chunk of body) {
      // To a peer that no longer listens, writing never waits: an endless body would never let the answer be read.
      if (this.#done || this.#response || this.#socket.writeError) return
      if (!outgoing.write(chunk)) await this.#writable(outgoing)
    }
    if (!this.#done) outgoing.end()
  }

  /** `Expect: 100-continue`: until the server says go on, or answers already (RFC 9110, 10.1.1). */
  #permission(outgoing: ClientRequest): Promise<void> {
    outgoing.flushHeaders()
    return firstOf(outgoing, ['continue', 'response', 'close'])
  }

  #writable(outgoing: ClientRequest): Promise<void> {
    return firstOf(outgoing, ['drain', 'response', 'close'])
  }
}

function firstOf(outgoing: ClientRequest, events: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      for (const event of events) outgoing.off(event, settle)
      resolve()
    }
    for (const event of events) outgoing.on(event, settle)
  })
}
