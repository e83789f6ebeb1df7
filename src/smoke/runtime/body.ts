/** Turns what a smoke gives as a request's body into bytes and a content type. */
import { Readable } from 'node:stream'

export interface PreparedBody {
  readonly content: Buffer | string | AsyncIterable<Buffer> | undefined
  readonly contentType: string | undefined
  /** A stream can be sent only once. */
  readonly isStream: boolean
  /** Short text for the log. */
  readonly summary: string
}

/** @throws TypeError for what has no JSON form (a function, a cycle). */
export function prepareBody(body: unknown): PreparedBody {
  if (body === undefined) return { content: undefined, contentType: undefined, isStream: false, summary: '' }
  if (typeof body === 'string') {
    return { content: body, contentType: 'text/plain; charset=utf-8', isStream: false, summary: body }
  }
  if (body instanceof Uint8Array) {
    const content = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    const summary = `<${content.length} bytes>`
    return { content, contentType: 'application/octet-stream', isStream: false, summary }
  }
  if (isAsyncIterable(body)) {
    return {
      content: toBuffers(body),
      contentType: 'application/octet-stream',
      isStream: true,
      summary: '<stream>',
    }
  }
  const json: string | undefined = JSON.stringify(body)
  if (json === undefined)
    throw new TypeError(`a request body must be JSON, text, bytes or a stream, not ${typeof body}`)
  return { content: json, contentType: 'application/json', isStream: false, summary: json }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

async function* toBuffers(source: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    if (typeof chunk === 'string') yield Buffer.from(chunk)
    else if (chunk instanceof Uint8Array) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    else throw new TypeError(`a streamed body must yield bytes or text, not ${typeof chunk}`)
  }
}

/** Ends a stream that will not be sent, so that what it holds is let go. */
export function discardBody(body: unknown): void {
  if (body instanceof Readable) body.destroy()
}
