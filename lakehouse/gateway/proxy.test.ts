import { createHash } from 'node:crypto'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { startListener } from '../kit/testing/http-server.ts'
import { send, startGateway } from './rig.ts'

const echo = (request: IncomingMessage, response: ServerResponse): void => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers }))
}

describe('what goes through', () => {
  it('keeps method, raw path, query and headers; drops those of the connection', async () => {
    await using storaged = await startListener(echo)
    await using gateway = await startGateway({ services: { storaged: storaged.url } })
    const path = '/v1/objects/a//b/./..%2Fc%20d?x=%41&x=2'
    const answer = await send(gateway, {
      method: 'PUT',
      path,
      headers: { 'x-custom': 'kept', connection: 'x-drop', 'x-drop': '1', authorization: 'Bearer t' },
      body: 'abc',
    })
    const seen = JSON.parse(answer.text)
    expect(answer.status).toBe(200)
    expect(seen).toMatchObject({ method: 'PUT', url: path })
    expect(seen.headers).toMatchObject({
      'x-custom': 'kept',
      authorization: 'Bearer t',
      host: `127.0.0.1:${storaged.port}`,
    })
    expect(seen.headers).not.toHaveProperty('x-drop')
  })

  it('keeps the request id it is given, makes one otherwise, and tells it both ways', async () => {
    await using queryd = await startListener(echo)
    await using gateway = await startGateway({ services: { queryd: queryd.url } })
    const given = await send(gateway, { path: '/v1/tables', headers: { 'x-request-id': 'abc-1' } })
    expect(given.headers['x-request-id']).toBe('abc-1')
    expect(JSON.parse(given.text).headers['x-request-id']).toBe('abc-1')
    const made = await send(gateway, { path: '/v1/tables' })
    expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(JSON.parse(made.text).headers['x-request-id']).toBe(made.headers['x-request-id'])
  })

  it('sends each prefix to its owner', async () => {
    await using matrixd = await startListener((_request, response) => response.end('matrixd'))
    await using observerd = await startListener((_request, response) => response.end('observerd'))
    await using gateway = await startGateway({ services: { matrixd: matrixd.url, observerd: observerd.url } })
    const ask = async (path: string) => (await send(gateway, { path })).text
    expect(await ask('/v1/matrix/search')).toBe('matrixd')
    expect(await ask('/v1/playbooks')).toBe('matrixd')
    expect(await ask('/v1/events/stats')).toBe('observerd')
    expect(await ask('/v1/workflows')).toBe('observerd')
  })

  it.each(['HEAD', 'DELETE', 'PATCH', 'OPTIONS'])('%s goes through, without a body', async (method) => {
    await using storaged = await startListener((request, response) => {
      response.writeHead(204, {
        'x-method': request.method,
        'x-length': request.headers['content-length'] ?? 'none',
      })
      response.end()
    })
    await using gateway = await startGateway({ services: { storaged: storaged.url } })
    const answer = await send(gateway, { method, path: '/v1/objects/k' })
    expect(answer.status).toBe(204)
    expect(answer.headers['x-method']).toBe(method)
  })

  it('keeps the answer: status, repeated headers, the length of a HEAD', async () => {
    await using storaged = await startListener((_request, response) => {
      response.writeHead(418, 'Short And Stout', [
        'Set-Cookie',
        'a=1',
        'Set-Cookie',
        'b=2',
        'Content-Length',
        '7',
      ])
      response.end()
    })
    await using gateway = await startGateway({ services: { storaged: storaged.url } })
    const answer = await send(gateway, { method: 'HEAD', path: '/v1/objects/k' })
    expect(answer).toMatchObject({ status: 418, truncated: false })
    expect(answer.headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'content-length': '7' })
  })
})

describe('bodies are streams', () => {
  it('carries large bodies both ways unchanged, with and without a length', async () => {
    await using storaged = await startListener((request, response) => {
      response.setHeader(
        'x-framing',
        request.headers['transfer-encoding'] ?? `length ${request.headers['content-length']}`,
      )
      request.pipe(response)
    })
    await using gateway = await startGateway({ services: { storaged: storaged.url } })
    const piece = Buffer.alloc(64 * 1024, 'ö', 'latin1')
    const pieces = (): Readable => Readable.from(Array.from({ length: 64 }, () => piece))
    const digest = createHash('sha1')
      .update(Buffer.alloc(64 * piece.length, piece))
      .digest('hex')
    for (const headers of [{ 'content-length': String(64 * piece.length) }, {}]) {
      const answer = await send(gateway, { method: 'PUT', path: '/v1/objects/k', headers, body: pieces() })
      expect(createHash('sha1').update(answer.text, 'latin1').digest('hex')).toBe(digest)
      expect(answer.headers['x-framing']).toBe(
        'content-length' in headers ? `length ${64 * piece.length}` : 'chunked',
      )
    }
  })

  it('hands on the first piece before the second exists', async () => {
    let sendSecond = (): void => undefined
    await using storaged = await startListener((_request, response) => {
      response.write('first')
      sendSecond = () => response.end('second')
    })
    await using gateway = await startGateway({ services: { storaged: storaged.url } })
    const answer = await fetch(`${gateway.url}/v1/objects/k`)
    const reader = answer.body?.getReader()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first')
    sendSecond()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('second')
  })

  it('passes on an answer that comes before the body is there', async () => {
    await using storaged = await startListener((request, response) => {
      response.writeHead(413, { 'content-type': 'application/json', 'x-early': 'yes' })
      response.end('{"error":{"code":"too_large"}}')
      request.resume()
    })
    await using gateway = await startGateway({ services: { storaged: storaged.url } })
    const body = new Readable({ read: () => undefined })
    body.push('the beginning; the rest never comes')
    const answer = await send(gateway, {
      method: 'PUT',
      path: '/v1/objects/k',
      headers: { 'content-length': '1000000000' },
      body,
    })
    expect(answer).toMatchObject({ status: 413, text: '{"error":{"code":"too_large"}}' })
    expect(answer.headers['x-early']).toBe('yes')
  })

  it('lets the owner refuse a body before a byte of it was sent', async () => {
    await using storaged = await startListener((_request, response) => {
      response.writeHead(413, { 'content-length': '0' })
      response.end()
    })
    await using gateway = await startGateway({ services: { storaged: storaged.url } })
    const body = new Readable({ read: () => undefined })
    const headers = { 'content-length': '1000000000' }
    expect((await send(gateway, { method: 'PUT', path: '/v1/objects/k', headers, body })).status).toBe(413)
  })

  it('hands 100 Continue on, and only when the owner says it', async () => {
    const said: string[] = []
    await using storaged = await startListener((request, response) => request.pipe(response))
    storaged.server.on('checkContinue', (request, response) => {
      if (request.url?.endsWith('/no')) {
        response.writeHead(417, { 'content-length': '0' })
        response.end()
        return
      }
      response.writeContinue()
      request.pipe(response)
    })
    await using gateway = await startGateway({ services: { storaged: storaged.url } })
    const ask = (path: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { expect: '100-continue', 'content-length': '3' }
        const outgoing = request({
          host: '127.0.0.1',
          port: gateway.port,
          method: 'PUT',
          path,
          headers,
          agent: false,
        })
        outgoing.on('continue', () => {
          said.push(path)
          outgoing.end('abc')
        })
        outgoing.on('response', (answer) => {
          answer.resume()
          answer.on('end', () => resolve(answer.statusCode))
        })
        outgoing.on('error', reject)
        outgoing.flushHeaders()
      })
    expect(await ask('/v1/objects/yes')).toBe(200)
    expect(await ask('/v1/objects/no')).toBe(417)
    expect(said).toEqual(['/v1/objects/yes'])
  })

  it('tells the upstream when the client goes away', async () => {
    const arrived = Promise.withResolvers<IncomingMessage>()
    await using storaged = await startListener((request) => arrived.resolve(request))
    await using gateway = await startGateway({ services: { storaged: storaged.url } })
    const client = connect(gateway.port, '127.0.0.1')
    client.write('PUT /v1/objects/k HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc')
    const request = await arrived.promise
    const gone = new Promise((resolve) => request.on('error', resolve))
    client.destroy()
    await gone
    expect(request.complete).toBe(false)
  })
})
