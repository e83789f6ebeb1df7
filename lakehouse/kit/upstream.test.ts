import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { createUpstream, type UpstreamOptions } from './upstream.ts'

const servers: ReturnType<typeof createServer>[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function upstream(handler: RequestListener, options: Partial<UpstreamOptions> = {}) {
  const server = createServer(handler).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    server,
    client: createUpstream({ name: 'peerd', baseUrl: `http://127.0.0.1:${port}/`, ...options }),
  }
}

describe('json', () => {
  it('sends JSON with token and request id, and reads the answer', async () => {
    const { client } = await upstream(
      async (request, response) => {
        const { authorization, 'x-request-id': id, 'content-type': type } = request.headers
        const seen = {
          method: request.method,
          url: request.url,
          authorization,
          id,
          type,
          body: await text(request),
        }
        response.writeHead(201, { 'x-extra': 'yes' }).end(JSON.stringify(seen))
      },
      { token: 't' },
    )
    const answer = await client.json('POST', '/v1/x?y=1', { body: { a: 1 }, requestId: 'r-1' })
    expect([answer.status, answer.headers.get('x-extra')]).toEqual([201, 'yes'])
    expect(answer.body).toEqual({
      method: 'POST',
      url: '/v1/x?y=1',
      authorization: 'Bearer t',
      id: 'r-1',
      type: 'application/json',
      body: '{"a":1}',
    })
  })

  it('sends neither body nor Content-Type without a body, and reads an empty answer', async () => {
    const { client } = await upstream((request, response) => {
      response.writeHead(request.headers['content-type'] === undefined ? 204 : 400).end()
    })
    expect(await client.json('DELETE', '/x')).toMatchObject({ status: 204, body: undefined })
  })

  it.each([
    [404, { error: { code: 'not_found' } }, 502, 'upstream_error'],
    [500, { error: { code: 'internal' } }, 502, 'upstream_error'],
    [302, {}, 502, 'upstream_error'],
    [503, { error: { code: 'busy' } }, 503, 'upstream_busy'],
  ])('takes the status %i for an error', async (status, body, expected, code) => {
    const { client } = await upstream((_request, response) => {
      response.writeHead(status, { 'retry-after': '7', location: '/elsewhere' }).end(JSON.stringify(body))
    })
    await expect(client.json('GET', '/x')).rejects.toMatchObject({
      status: expected,
      code,
      message: `peerd answered ${status} to GET /x`,
      details: {
        upstream: 'peerd',
        upstream_status: status,
        upstream_error: 'error' in body ? body.error : undefined,
      },
      headers: expected === 503 ? { 'retry-after': '7' } : {},
    })
  })

  it('takes an accepted status for an answer', async () => {
    const { client } = await upstream((_request, response) => response.writeHead(404).end('{"a":1}'))
    expect(await client.json('GET', '/x', { accept: [404] })).toMatchObject({ status: 404, body: { a: 1 } })
  })

  it.each(['<html>', '{"a":'])('takes the 200 with %j for an error', async (content) => {
    const { client } = await upstream((_request, response) => response.end(content))
    await expect(client.json('GET', '/x')).rejects.toMatchObject({ status: 502, code: 'upstream_error' })
  })
})

describe('faults', () => {
  it('names an upstream that is down', async () => {
    const { client, server } = await upstream((_request, response) => response.end())
    server.close()
    await once(server, 'close')
    await expect(client.json('GET', '/x')).rejects.toMatchObject({
      status: 502,
      code: 'upstream_unavailable',
      details: { upstream: 'peerd' },
      message: expect.stringMatching(/^peerd is not reachable at http:.*: ECONNREFUSED$/),
    })
  })

  it.each(['before its headers', 'in the middle of its body'])(
    'gives up on one that hangs %s',
    async (where) => {
      const { client } = await upstream((_request, response) => {
        if (where !== 'before its headers') response.writeHead(200, { 'content-length': 10 }).write('{')
      })
      await expect(client.json('GET', '/x', { timeoutMs: 50 })).rejects.toMatchObject({
        status: 504,
        code: 'upstream_timeout',
        message: 'peerd did not answer GET /x within 50 ms',
        details: { upstream: 'peerd' },
      })
    },
  )

  it("passes the caller's own abort on", async () => {
    const { client } = await upstream(() => undefined)
    const reason = new Error('the caller left')
    const stop = new AbortController()
    const call = client.json('GET', '/x', { signal: stop.signal })
    stop.abort(reason)
    await expect(call).rejects.toBe(reason)
  })

  it.each([
    ['GET', 2],
    ['PUT', 2],
    ['POST', 1],
  ])(
    'asks again over a connection that broke unanswered only when that is safe: %s',
    async (method, times) => {
      let asked = 0
      const { client } = await upstream((request, response) => {
        asked += 1
        if (asked === 1) request.socket.destroy()
        else response.end('{}')
      })
      const call = client.json(method, '/x', method === 'GET' ? {} : { body: {} })
      if (times === 2) expect(await call).toMatchObject({ status: 200 })
      else await expect(call).rejects.toMatchObject({ status: 502, code: 'upstream_unavailable' })
      expect(asked).toBe(times)
    },
  )
})

it('raw hands any answer over as it is, with its body still to be read', async () => {
  const { client } = await upstream((_request, response) => response.writeHead(418).end('bytes'))
  const response = await client.raw('GET', '/x')
  expect([response.status, await response.text()]).toEqual([418, 'bytes'])
})
