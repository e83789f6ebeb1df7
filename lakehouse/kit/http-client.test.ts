import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { askHttp } from './http-client.ts'

const servers: ReturnType<typeof createServer>[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const never = new AbortController().signal

describe('askHttp', () => {
  it('sends method, path, headers and bytes as they are given', async () => {
    const url = await serve(async (request, response) => {
      const { method, url: path, headers } = request
      const length = headers['content-length']
      response.end(JSON.stringify({ method, path, a: headers['x-a'], length, body: await text(request) }))
    })
    const body = Buffer.from('äx')
    const answer = await askHttp(`${url}/a%2F..%2Fb?c=%2F`, {
      method: 'PUT',
      headers: { 'X-A': '1' },
      body,
      signal: never,
    })
    expect(await answer.json()).toMatchObject({
      method: 'PUT',
      path: '/a%2F..%2Fb?c=%2F',
      a: '1',
      length: '3',
      body: 'äx',
    })
  })

  it('uses a connection again once its answer was read, and at once after HEAD', async () => {
    const ports = new Set<number | undefined>()
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort)
      response.writeHead(404, { 'content-length': 4 }).end(request.method === 'HEAD' ? undefined : 'gone')
    })
    for (const method of ['GET', 'HEAD', 'GET']) {
      const answer = await askHttp(url, { method, headers: {}, signal: never })
      expect([answer.ok, answer.status, answer.headers.get('Content-Length')]).toEqual([false, 404, '4'])
      if (method === 'GET') expect(await answer.text()).toBe('gone')
    }
    expect(ports.size).toBe(1)
  })

  it('does not follow a redirect, and says null of a header that is not there', async () => {
    const url = await serve((_request, response) => response.writeHead(302, { location: '/x' }).end())
    const answer = await askHttp(url, { method: 'GET', headers: {}, signal: never })
    expect([answer.status, answer.headers.get('location'), answer.headers.get('etag')]).toEqual([
      302,
      '/x',
      null,
    ])
  })

  it('rejects the reading of a body that breaks off, or is called off', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('half')
      if (request.url === '/breaks') request.socket.destroySoon()
    })
    const broken = await askHttp(`${url}/breaks`, { method: 'GET', headers: {}, signal: never })
    await expect(broken.bytes()).rejects.toMatchObject({ code: 'ECONNRESET' })
    const stop = new AbortController()
    const hanging = await askHttp(`${url}/hangs`, { method: 'GET', headers: {}, signal: stop.signal })
    const reading = hanging.bytes()
    stop.abort()
    await expect(reading).rejects.toThrow('aborted')
  })
})
