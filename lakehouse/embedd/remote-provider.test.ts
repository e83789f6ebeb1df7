/** The clients against real local servers: good, bad, slow, and none at all. */
import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { type Handler, startServer, type TestServer } from '../kit/testing/http-server.ts'
import { createOllamaProvider, createOpenaiProvider } from './remote-provider.ts'

const servers: TestServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]()
})

async function listen(handler: Handler): Promise<string> {
  const server = await startServer(handler)
  servers.push(server)
  return server.url
}

const send = (response: ServerResponse, status: number, body: string, headers = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)

const KEY = 'sk-very-secret-0123456789'
const never = new AbortController().signal

function openai(baseUrl: string, timeoutMs = 20_000) {
  return createOpenaiProvider({ baseUrl, model: 'm', timeoutMs, apiKey: KEY })
}

const vectors = (...embeddings: unknown[]) =>
  JSON.stringify({ data: embeddings.map((embedding, index) => ({ index, embedding })) })

describe('openai', () => {
  it('asks as OpenAI defines it and puts the vectors into the order of the texts', async () => {
    let seen: unknown
    const url = await listen((request, response, body) => {
      const { authorization } = request.headers
      seen = { method: request.method, url: request.url, authorization, body: JSON.parse(body) }
      send(
        response,
        200,
        JSON.stringify({
          data: [
            { index: 1, embedding: [3, 4] },
            { index: 0, embedding: [1, 2] },
          ],
        }),
      )
    })
    expect(await openai(`${url}/v1/`).embed(['a', 'b'], never)).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(seen).toEqual({
      method: 'POST',
      url: '/v1/embeddings',
      authorization: `Bearer ${KEY}`,
      body: { model: 'm', input: ['a', 'b'] },
    })
  })

  it.each([
    ['not JSON', 200, 'hello', { status: 502, code: 'upstream_invalid' }],
    ['JSON of another shape', 200, '{"embeddings":[]}', { status: 502, code: 'upstream_invalid' }],
    ['null', 200, 'null', { status: 502, code: 'upstream_invalid' }],
    ['too few vectors', 200, vectors([1, 2]), { status: 502, code: 'upstream_invalid' }],
    ['too many vectors', 200, vectors([1], [2], [3]), { status: 502, code: 'upstream_invalid' }],
    ['different dimensions', 200, vectors([1, 2], [1, 2, 3]), { status: 502, code: 'upstream_invalid' }],
    ['empty vectors', 200, vectors([], []), { status: 502, code: 'upstream_invalid' }],
    ['a null component', 200, vectors([1, 2], [1, null]), { status: 502, code: 'upstream_invalid' }],
    ['an infinite component', 200, vectors([1, 2], [1, 0]).replace('[1,0]', '[1,1e999]'), { status: 502 }],
    [
      'an index twice',
      200,
      '{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}',
      { status: 502, code: 'upstream_invalid' },
    ],
    ['401', 401, '{}', { status: 502, code: 'upstream_error', details: { upstream_status: 401 } }],
    ['500', 500, 'oops', { status: 502, code: 'upstream_error', details: { upstream_error: 'oops' } }],
    ['a redirect', 302, '', { status: 502, code: 'upstream_error', details: { upstream_status: 302 } }],
    ['429', 429, '{}', { status: 503, code: 'upstream_busy', headers: { 'retry-after': '7' } }],
  ])('%s is a fault that names the upstream', async (_what, status, body, expected) => {
    const url = await listen((_request, response) =>
      send(response, status, body, { 'retry-after': '7', location: 'http://127.0.0.1:1/' }),
    )
    await expect(openai(url).embed(['a', 'b'], never)).rejects.toMatchObject({
      ...expected,
      details: { upstream: 'openai', ...('details' in expected ? expected.details : {}) },
    })
  })

  it('a key that the upstream echoes goes nowhere', async () => {
    const url = await listen((_request, response) =>
      send(response, 401, `Incorrect key: ${KEY}, Bearer ${KEY}, sk-abc***xyz`),
    )
    const error = await openai(url)
      .embed(['a'], never)
      .catch((fault: unknown) => fault)
    expect(JSON.stringify(error)).toContain('Incorrect key: [redacted]')
    expect(JSON.stringify(error)).not.toMatch(/secret|sk-/)
  })

  it('a server whose dimension changes is not believed', async () => {
    let answer = vectors([1, 2])
    const url = await listen((_request, response) => send(response, 200, answer))
    const provider = openai(url)
    await provider.embed(['a'], never)
    answer = vectors([1, 2, 3])
    await expect(provider.embed(['b'], never)).rejects.toThrow('a vector of 3 dimensions, expected 2')
  })

  it('one that never answers is a 504, as is one that drips', async () => {
    const silent = await listen(() => undefined)
    const expected = { status: 504, code: 'upstream_timeout', details: { upstream: 'openai' } }
    await expect(openai(silent, 50).embed(['a'], never)).rejects.toMatchObject(expected)
    const dripping = await listen((_request, response) => response.writeHead(200).write('{'))
    await expect(openai(dripping, 50).embed(['a'], never)).rejects.toMatchObject(expected)
  })

  it('one that hangs up, or is not there, is a 502 that names the address', async () => {
    const rude = await listen((request) => request.socket.destroy())
    await expect(openai(rude).embed(['a'], never)).rejects.toMatchObject({
      status: 502,
      code: 'upstream_unavailable',
    })
    await servers.shift()?.[Symbol.asyncDispose]()
    await expect(openai(rude).embed(['a'], never)).rejects.toMatchObject({
      status: 502,
      message: `openai is not reachable at ${rude}: ECONNREFUSED`,
    })
  })

  it('a caller that goes away ends the request at the upstream', async () => {
    const asked = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    const url = await listen((_request, response) => {
      response.once('close', closed.resolve)
      asked.resolve()
    })
    const caller = new AbortController()
    const answer = openai(url).embed(['a'], caller.signal)
    await asked.promise
    caller.abort(new Error('gone'))
    await expect(answer).rejects.toThrow('gone')
    await closed.promise
  })
})

describe('ollama', () => {
  it('asks as Ollama defines it, without a key', async () => {
    let seen: unknown
    const url = await listen((request, response, body) => {
      seen = { url: request.url, authorization: request.headers.authorization, body: JSON.parse(body) }
      send(response, 200, '{"model":"m","embeddings":[[1,2],[3,4]],"total_duration":1}')
    })
    const provider = createOllamaProvider({ baseUrl: url, model: 'm', timeoutMs: 20_000 })
    expect(await provider.embed(['a', 'b'], never)).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(seen).toEqual({ url: '/api/embed', body: { model: 'm', input: ['a', 'b'] } })
  })

  it('an unknown model at the upstream is a 502 with its words', async () => {
    const url = await listen((_request, response) =>
      send(response, 404, '{"error":"model \\"m\\" not found"}'),
    )
    await expect(
      createOllamaProvider({ baseUrl: url, model: 'm', timeoutMs: 20_000 }).embed(['a'], never),
    ).rejects.toMatchObject({
      status: 502,
      details: {
        upstream: 'ollama',
        upstream_status: 404,
        upstream_error: expect.stringContaining('not found'),
      },
    })
  })
})
