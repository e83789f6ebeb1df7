import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { existsSync } from 'node:fs'
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { connectTcp, connectUnix, exchangeRaw } from './connect.ts'
import { type HttpAnswer, type HttpFault, type HttpRequest, requestHttp } from './http.ts'
import { makeFolder, startPuppet } from './test-support.ts'

const host = '127.0.0.1'

async function serve(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return (server.address() as AddressInfo).port
}
const serveHttp = (listener: RequestListener): Promise<number> => serve(createHttpServer(listener))
/** Answers the first bytes of each connection. */
const serveRaw = (answer: (socket: Socket) => void): Promise<number> =>
  serve(createServer((socket) => socket.once('data', () => answer(socket))))

/** Deadlines pass when the test says so: on a busy machine, nothing is sure to have happened within milliseconds. */
function holdDeadlines(): { pass: () => void } {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  return { pass: () => vi.runAllTimers() }
}
/** Called when this process, as a client, has read the first bytes of an answer's body. */
function onFirstBytes(tell: () => void): void {
  const listen = (message: unknown): void => {
    const { response } = message as { response: IncomingMessage }
    response.once('data', () => setImmediate(tell))
  }
  subscribe('http.client.response.finish', listen)
  onTestFinished(() => void unsubscribe('http.client.response.finish', listen))
}

async function ask(port: number, o: Partial<HttpRequest> = {}): Promise<HttpAnswer> {
  const result = await requestHttp({ host, port, path: '/', timeoutMs: 20_000, ...o })
  if (!result.ok) throw new Error(`${result.error.kind}: ${result.error.detail}`)
  return result.value
}
async function fail(port: number, o: Partial<HttpRequest> = {}): Promise<HttpFault> {
  const result = await requestHttp({ host, port, path: '/', timeoutMs: 20_000, ...o })
  if (result.ok) throw new Error(`answered ${result.value.status}`)
  return result.error
}

describe('an answer', () => {
  it('comes with status, headers and body, and is not followed when it redirects', async () => {
    const port = await serveHttp((_, response) =>
      response.writeHead(302, { location: '/again' }).end('moved'),
    )
    const answer = await ask(port)
    expect(answer).toMatchObject({
      status: 302,
      truncated: false,
      headers: { location: '/again', connection: 'close' },
    })
    expect(answer.body.toString()).toBe('moved')
  })
  it('is asked for exactly as written', async () => {
    const port = await serveHttp((request, response) => response.end(`${request.method} ${request.url}`))
    const path = '/v1/objects/a/../%2e%2e/b//c%0d?x=[1]|2'
    expect((await ask(port, { path, method: 'PURGE' })).body.toString()).toBe(`PURGE ${path}`)
  })
  it('to HEAD has no body', async () => {
    const port = await serveHttp((_, response) => response.writeHead(200, { 'content-length': 5 }).end())
    expect((await ask(port, { method: 'HEAD' })).body.length).toBe(0)
  })
  it('that is endless is read to the limit only', async () => {
    const port = await serveHttp((_, response) => {
      const chunk = Buffer.alloc(64 * 1_024)
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
      }
      response.on('drain', more)
      more()
    })
    const answer = await ask(port, { maxBodyBytes: 100_000 })
    expect([answer.status, answer.body.length, answer.truncated]).toEqual([200, 100_000, true])
  })
  it('is not mixed with another that comes at the same time', async () => {
    const bodies = ['a', 'b', 'c'].map((letter) => letter.repeat(3 * 2 ** 20))
    const port = await serveHttp(({ url }, response) => response.end(bodies[Number(url?.slice(1))]))
    const answers = await Promise.all(bodies.map((_, i) => ask(port, { path: `/${i}` })))
    expect(answers.map(({ body }, i) => body.toString() === bodies[i])).toEqual([true, true, true])
  })

  it('of exactly the limit is whole', async () => {
    const port = await serveHttp((_, response) => response.end('12345'))
    expect(await ask(port, { maxBodyBytes: 5 })).toMatchObject({ truncated: false })
    expect(await ask(port, { maxBodyBytes: 4 })).toMatchObject({ truncated: true })
  })
})

describe('a request body', () => {
  const echoLength: RequestListener = async (request, response) => {
    let length = 0
    for await (const chunk of request) length += (chunk as Buffer).length
    response.end(`${length} ${request.headers['content-length']} ${request.headers['transfer-encoding']}`)
  }
  it('has a length when it is known, and is chunked when not', async () => {
    const port = await serveHttp(echoLength)
    const send = async (body: HttpRequest['body']): Promise<string> =>
      (await ask(port, { method: 'PUT', ...(body === undefined ? {} : { body }) })).body.toString()
    expect(await send('grün')).toBe('5 5 undefined')
    expect(await send(Buffer.alloc(70_000))).toBe('70000 70000 undefined')
    expect(await send(Readable.from([Buffer.alloc(3), Buffer.alloc(4)]))).toBe('7 undefined chunked')
  })
  it('of 256 MiB streams through without being held', async () => {
    const port = await serveHttp(echoLength)
    const chunk = Buffer.alloc(2 ** 20)
    let most = 0
    async function* body(): AsyncGenerator<Buffer> {
      for (let i = 0; i < 256; i += 1) {
        most = Math.max(most, process.memoryUsage().arrayBuffers)
        yield chunk
      }
    }
    const before = process.memoryUsage().arrayBuffers
    expect((await ask(port, { method: 'PUT', body: body() })).body.toString()).toMatch(/^268435456 /)
    expect(most - before).toBeLessThan(100 * 2 ** 20)
  })
  it('need not be read to its end by a server that answers early and closes', async () => {
    const port = await serve(
      createServer((socket) => {
        socket.once('data', () => {
          socket.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\n')
          socket.write('full')
          // Unread bytes of the request turn this into a reset.
          socket.resume().pause().destroySoon()
        })
      }),
    )
    const endless = async function* (): AsyncGenerator<Buffer> {
      for (;;) yield Buffer.alloc(256 * 1_024)
    }
    for (let i = 0; i < 30; i += 1) {
      for (const body of [endless(), Buffer.alloc(30 * 2 ** 20)]) {
        const answer = await ask(port, { method: 'PUT', body })
        expect([answer.status, answer.body.toString()]).toEqual([413, 'full'])
      }
    }
  })
  it('is still being written when the server has closed: the answer that lies unread is not lost', async () => {
    const gate = join(makeFolder(), 'closed')
    const script = `
      const answer = 'HTTP/1.1 503 Busy\\r\\nContent-Length: 4\\r\\nConnection: close\\r\\n\\r\\nbusy'
      require('node:net').createServer((socket) => {
        socket.once('data', () => {
          socket.once('close', () => require('node:fs').writeFileSync('${gate}', ''))
          socket.pause().write(answer, () => socket.destroy())
        })
      }).listen(0, '127.0.0.1', function () { console.log('port', this.address().port) })`
    const puppet = await startPuppet({ script })
    const port = Number((await puppet.line(/^port (\d+)$/))[1])
    // Blocks this thread, so that the answer and the close arrive unseen, and the next write meets a closed connection.
    const body = async function* (): AsyncGenerator<Buffer> {
      for (let i = 0; ; i += 1) {
        yield Buffer.alloc(64 * 1_024)
        if (i < 2) await new Promise((resolve) => setImmediate(resolve))
        if (i === 2) while (!existsSync(gate)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
      }
    }
    const answer = await ask(port, { method: 'PUT', body: body() })
    expect([answer.status, answer.body.toString()]).toEqual([503, 'busy'])
  })
  it('waits for "100 Continue" when the headers say so', async () => {
    const server = createHttpServer(echoLength)
    server.on('checkContinue', (request, response) => {
      if (request.url === '/no') response.writeHead(417).end()
      else {
        response.writeContinue()
        void echoLength(request, response)
      }
    })
    const port = await serve(server)
    const headers = { expect: '100-continue' }
    expect((await ask(port, { method: 'PUT', headers, body: 'abc' })).body.toString()).toMatch(/^3 /)
    expect((await ask(port, { method: 'PUT', path: '/no', headers, body: 'abc' })).status).toBe(417)
  })
  it('that fails is the fault of the caller, and no silence', async () => {
    const port = await serveHttp(echoLength)
    const body = (async function* (): AsyncGenerator<Buffer> {
      yield Buffer.alloc(1)
      throw new Error('generator broke')
    })()
    await expect(ask(port, { method: 'PUT', body })).rejects.toThrow('generator broke')
  })
})

describe('a server that misbehaves', () => {
  it('is not there', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, host, resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    expect(await fail(port)).toEqual({ kind: 'refused', detail: 'connection refused: nothing listens there' })
    expect(await connectTcp({ host, port, timeoutMs: 20_000 })).toMatchObject({
      ok: false,
      error: { kind: 'refused' },
    })
  })
  it('hangs', async () => {
    const { pass } = holdDeadlines()
    const port = await serveRaw(pass)
    expect(await fail(port, { timeoutMs: 50 })).toEqual({
      kind: 'timeout',
      detail: 'no complete answer within 50 ms: connected, no answer',
    })
  })
  it('drips', async () => {
    const { pass } = holdDeadlines()
    onFirstBytes(pass)
    const port = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n')
      const drip = setInterval(() => socket.write('x'), 5)
      socket.once('close', () => clearInterval(drip))
    })
    const fault = await fail(port, { timeoutMs: 100 })
    expect(fault.kind).toBe('timeout')
    expect(fault.detail).toMatch(/status 200, \d+ B of the body so far/)
  })
  it('resets before, and in the middle of the answer', async () => {
    const before = await serveRaw((socket) => socket.resetAndDestroy())
    expect((await fail(before)).kind).toBe('reset')
    const closes = await serveRaw((socket) => socket.end())
    expect((await fail(closes)).kind).toBe('reset')
    const middle = await serveRaw((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'))
    expect(await fail(middle)).toMatchObject({
      kind: 'reset',
      detail: expect.stringContaining('3 B of the body'),
    })
  })
  it('speaks something else', async () => {
    const banner = await serveRaw((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))
    const fault = await fail(banner)
    expect(fault.kind).toBe('protocol')
    expect(fault.detail).toMatch(/^not valid HTTP: /)
    const headers = await serveRaw((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200_000)}\r\n\r\n`),
    )
    expect((await fail(headers)).kind).toBe('too-large')
    const switches = await serveRaw((socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n'),
    )
    expect((await fail(switches)).kind).toBe('protocol')
  })
})

it('what cannot be sent is told, not thrown', async () => {
  expect(await fail(1, { path: '/with space' })).toMatchObject({ kind: 'protocol' })
  expect(await fail(1, { headers: { bad: 'line\nbreak' } })).toMatchObject({ kind: 'protocol' })
})

it('an abort ends it, before and during', async () => {
  const port = await serveRaw(() => undefined)
  expect((await fail(port, { signal: AbortSignal.abort() })).kind).toBe('aborted')
  const abort = new AbortController()
  const asked = fail(port, { signal: abort.signal })
  abort.abort()
  expect((await asked).kind).toBe('aborted')
})

describe('bare connections', () => {
  it('connect', async () => {
    const port = await serveRaw(() => undefined)
    expect(await connectTcp({ host, port, timeoutMs: 20_000 })).toEqual({ ok: true, value: undefined })
    const path = `${makeFolder()}/socket`
    expect(await connectUnix({ path, timeoutMs: 20_000 })).toMatchObject({
      ok: false,
      error: { kind: 'refused' },
    })
    const server = createServer()
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(path, resolve))
    expect((await connectUnix({ path, timeoutMs: 20_000 })).ok).toBe(true)
    const aborted = await connectTcp({ host, port, timeoutMs: 20_000, signal: AbortSignal.abort() })
    expect(aborted).toMatchObject({ ok: false, error: { kind: 'aborted' } })
  })
  it('send what they are given and read to the end', async () => {
    const port = await serve(
      createServer((socket) => socket.once('data', (data) => socket.end(`got ${data}`))),
    )
    const text = (bytes: Buffer): string => bytes.toString()
    const answer = await exchangeRaw({ host, port, bytes: 'GET /\0 bad', timeoutMs: 20_000 })
    expect(answer.ok && text(answer.value)).toBe('got GET /\0 bad')
    const keeps = await serveRaw((socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    const { pass } = holdDeadlines()
    const passOnceRead = ({ length }: Buffer): boolean => {
      if (length === 19) pass()
      return false
    }
    const hung = await exchangeRaw({ host, port: keeps, bytes: 'x', timeoutMs: 50, until: passOnceRead })
    expect(hung).toMatchObject({
      ok: false,
      error: { kind: 'timeout', detail: expect.stringContaining('19 B so far') },
    })
    const until = (received: Buffer): boolean => received.includes('\r\n\r\n')
    expect((await exchangeRaw({ host, port: keeps, bytes: 'x', timeoutMs: 20_000, until })).ok).toBe(true)
  })
})
