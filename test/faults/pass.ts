/** Lets one request pass to the daemon behind: streamed and untouched, unless a break is about it. */
import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Address } from './daemon-config.ts'
import type { Break, Memory, Reply, Seen } from './fault.ts'

const memory: Memory = new Map()
/** Belong to one connection, not to the message. The rest goes on as it came. */
const OF_CONNECTION = new Set(['connection', 'keep-alive', 'proxy-connection'])

/** @param start how often the daemon has been started. */
export async function pass(
  incoming: IncomingMessage,
  response: ServerResponse,
  daemon: Address,
  breaks: readonly Break[],
  start: number,
): Promise<void> {
  response.on('error', () => incoming.destroy())
  const about = breaks.filter((one) => start >= (one.from ?? 1) && isAbout(one, incoming))
  try {
    if (about.length === 0) stream(incoming, response, daemon)
    else await breakIt(incoming, response, daemon, about)
  } catch {
    // The caller or the daemon has gone in the middle: so is the other.
    response.destroy()
  }
}

function isAbout({ route }: Break, { method = '', url = '' }: IncomingMessage): boolean {
  const [verb = '', path = ''] = route.split(' ')
  const pattern = path.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return (
    (verb === '*' || verb === method) && new RegExp(`^${pattern.join('.*')}$`).test(url.split('?')[0] ?? '')
  )
}

/** Header by header as it came: names, order, repetitions. */
function rawHeaders(message: IncomingMessage): string[] {
  return message.rawHeaders.filter(
    (_, i) => !OF_CONNECTION.has((message.rawHeaders[i - (i % 2)] ?? '').toLowerCase()),
  )
}

function stream(incoming: IncomingMessage, response: ServerResponse, daemon: Address): void {
  const { method, url: path } = incoming
  const outgoing = sendRequest({ ...daemon, method, path, headers: rawHeaders(incoming), agent: false })
  // A daemon may answer by the head alone.
  outgoing.flushHeaders()
  let answered = false
  outgoing.on('response', (reply) => {
    answered = true
    const close = reply.headers.connection === 'close' && incoming.headers.connection !== 'close'
    response.writeHead(reply.statusCode ?? 502, [
      ...rawHeaders(reply),
      ...(close ? ['connection', 'close'] : []),
    ])
    reply.pipe(response)
    reply.on('error', () => response.destroy())
  })
  // After the answer a daemon may refuse to read the rest of the request.
  outgoing.on('error', () => {
    if (!answered) response.destroy()
  })
  response.on('close', () => {
    if (!response.writableFinished) outgoing.destroy()
  })
  incoming.pipe(outgoing)
}

async function breakIt(
  incoming: IncomingMessage,
  response: ServerResponse,
  daemon: Address,
  breaks: readonly Break[],
): Promise<void> {
  const { method = '', url = '', headers } = incoming
  const drains = breaks.every((one) => one.drains === true)
  const seen: Seen = { method, url, headers, body: await (drains ? drain(incoming) : buffer(incoming)) }
  const about = breaks.filter((one) => one.when?.(seen, memory) ?? true)
  const own = about.find((one) => one.instead)?.instead?.(seen, memory)
  if (own) return finish(response, method, own)
  const sent = about.reduce((request, one) => one.send?.(request, memory) ?? request, seen)
  const reply = await ask(sent, daemon)
  finish(
    response,
    method,
    about.reduce((given, one) => one.reply?.(given, seen, memory) ?? given, reply),
  )
}

async function drain(incoming: IncomingMessage): Promise<Buffer> {
  incoming.resume()
  await once(incoming, 'end')
  return Buffer.alloc(0)
}

async function ask(request: Seen, daemon: Address): Promise<Reply> {
  const { 'transfer-encoding': _, ...given } = request.headers
  const headers = { ...given, connection: 'close', 'content-length': String(request.body.length) }
  const outgoing = sendRequest({
    ...daemon,
    method: request.method,
    path: request.url,
    headers,
    agent: false,
  })
  outgoing.end(request.body)
  const [reply]: IncomingMessage[] = await once(outgoing, 'response')
  if (!reply) throw new Error('no answer')
  const kept = Object.entries(reply.headers).filter(([name]) => !OF_CONNECTION.has(name))
  const body = await buffer(reply)
  return { status: reply.statusCode ?? 502, headers: Object.fromEntries(kept) as Reply['headers'], body }
}

/** With the length that the body has now. */
function finish(response: ServerResponse, method: string, { status, headers, body }: Reply): void {
  const { 'transfer-encoding': _, 'content-length': length, ...rest } = headers
  const isHead = method === 'HEAD'
  const own = isHead && typeof length === 'string' ? length : String(body.length)
  response.writeHead(status, { ...rest, 'content-length': own })
  response.end(isHead ? undefined : body)
}
