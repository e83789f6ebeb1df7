/** The clients against real local servers: good, bad, slow, and none at all. */
import { describe, expect, it } from 'vitest'
import { sendJson, startServer } from '../kit/testing/http-server.ts'
import type { Conversation } from './provider.ts'
import { createOllamaProvider, createOpenaiProvider } from './remote-provider.ts'

const KEY = 'sk-very-secret-0123456789'
const never = new AbortController().signal
const conversation: Conversation = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }
const openai = (baseUrl: string, timeoutMs = 20_000) =>
  createOpenaiProvider({ name: 'work', baseUrl, timeoutMs, apiKey: KEY })
const ollama = (baseUrl: string) => createOllamaProvider({ name: 'home', baseUrl, timeoutMs: 20_000 })
const choice = (content: unknown, finish_reason: unknown = 'stop') => ({
  choices: [{ message: { role: 'assistant', content }, finish_reason }],
})

describe('openai', () => {
  it('asks as OpenAI defines it, and reads the answer', async () => {
    let seen: unknown
    await using server = await startServer((request, response, body) => {
      const { authorization } = request.headers
      seen = { method: request.method, url: request.url, authorization, body: JSON.parse(body) }
      sendJson(response, 200, { ...choice('Hello'), usage: { prompt_tokens: 7, completion_tokens: 2 } })
    })
    const answer = await openai(`${server.url}/v1/`).complete(
      { ...conversation, maxTokens: 5, temperature: 0 },
      never,
    )
    expect(answer).toEqual({ content: 'Hello', inputTokens: 7, outputTokens: 2, finishReason: 'stop' })
    expect(seen).toEqual({
      method: 'POST',
      url: '/v1/chat/completions',
      authorization: `Bearer ${KEY}`,
      body: { model: 'm', messages: conversation.messages, stream: false, max_tokens: 5, temperature: 0 },
    })
  })

  it('leaves out what was not asked for, and takes an answer without counts', async () => {
    let seen: object = {}
    await using server = await startServer((_request, response, body) => {
      seen = JSON.parse(body)
      sendJson(response, 200, choice('', null))
    })
    expect(await openai(server.url).complete(conversation, never)).toEqual({
      content: '',
      inputTokens: undefined,
      outputTokens: undefined,
      finishReason: 'unknown',
    })
    expect(Object.keys(seen).sort()).toEqual(['messages', 'model', 'stream'])
  })

  it.each([
    ['JSON of another shape', 200, {}, { status: 502, code: 'upstream_invalid' }],
    ['null', 200, null, { status: 502, code: 'upstream_invalid' }],
    ['no choices', 200, { choices: [] }, { status: 502, code: 'upstream_invalid' }],
    ['no text', 200, choice(null), { status: 502, code: 'upstream_invalid' }],
    [
      'a negative count',
      200,
      { ...choice('x'), usage: { prompt_tokens: -1 } },
      { status: 502, code: 'upstream_invalid' },
    ],
    ['401', 401, {}, { status: 502, code: 'upstream_error', details: { upstream_status: 401 } }],
    ['500', 500, 'oops', { status: 502, code: 'upstream_error', details: { upstream_error: '"oops"' } }],
    ['a redirect', 302, '', { status: 502, code: 'upstream_error', details: { upstream_status: 302 } }],
    ['429', 429, {}, { status: 503, code: 'upstream_busy', headers: { 'retry-after': '7' } }],
  ])('%s is a fault that names the provider', async (_what, status, body, expected) => {
    await using server = await startServer((_request, response) =>
      sendJson(response, status, body, { 'retry-after': '7', location: 'http://127.0.0.1:1/' }),
    )
    await expect(openai(server.url).complete(conversation, never)).rejects.toMatchObject({
      ...expected,
      details: { upstream: 'work', ...('details' in expected ? expected.details : {}) },
    })
  })

  it('what is not JSON, or never ends, is not believed', async () => {
    await using html = await startServer((_request, response) => response.end('<html>'))
    await expect(openai(html.url).complete(conversation, never)).rejects.toMatchObject({
      message: 'work gave an answer that cannot be used: it is not JSON',
    })
    await using flood = await startServer((_request, response) => {
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(2 ** 20, ' ')));
      }
      response.on('drain', pour)
      pour()
    })
    await expect(openai(flood.url).complete(conversation, never)).rejects.toMatchObject({
      status: 502,
      message: 'work gave an answer that cannot be used: more than 16777216 bytes',
    })
  })

  it('a key that the upstream puts into its answer goes nowhere', async () => {
    await using server = await startServer((_request, response) =>
      sendJson(response, 200, choice(`it is ${KEY}!`)),
    )
    expect((await openai(server.url).complete(conversation, never)).content).toBe('it is [redacted]!')
  })

  it('one that never answers is a 504, as is one that drips', async () => {
    const expected = { status: 504, code: 'upstream_timeout', details: { upstream: 'work' } }
    await using silent = await startServer(() => undefined)
    await expect(openai(silent.url, 50).complete(conversation, never)).rejects.toMatchObject(expected)
    await using dripping = await startServer((_request, response) => response.writeHead(200).write('{'))
    await expect(openai(dripping.url, 50).complete(conversation, never)).rejects.toMatchObject(expected)
  })

  it('one that hangs up, or is not there, is a 502 that names the address', async () => {
    const rude = await startServer((request) => request.socket.destroy())
    await expect(openai(rude.url).complete(conversation, never)).rejects.toMatchObject({
      status: 502,
      code: 'upstream_unavailable',
    })
    await rude[Symbol.asyncDispose]()
    await expect(openai(rude.url).complete(conversation, never)).rejects.toMatchObject({
      status: 502,
      message: `work is not reachable at ${rude.url}: ECONNREFUSED`,
    })
  })
})

describe('ollama', () => {
  it('asks as Ollama defines it, and reads the answer', async () => {
    let seen: unknown
    await using server = await startServer((request, response, body) => {
      seen = { url: request.url, authorization: request.headers.authorization, body: JSON.parse(body) }
      sendJson(response, 200, {
        message: { role: 'assistant', content: 'Hello' },
        done: true,
        done_reason: 'length',
        prompt_eval_count: 4,
        eval_count: 1,
      })
    })
    const answer = await ollama(server.url).complete(
      { ...conversation, maxTokens: 1, temperature: 0.5 },
      never,
    )
    expect(answer).toEqual({ content: 'Hello', inputTokens: 4, outputTokens: 1, finishReason: 'length' })
    expect(seen).toEqual({
      url: '/api/chat',
      body: {
        model: 'm',
        messages: conversation.messages,
        stream: false,
        options: { num_predict: 1, temperature: 0.5 },
      },
    })
  })

  it('an unfinished answer and an unknown model are faults', async () => {
    let status = 200
    await using server = await startServer((_request, response) =>
      sendJson(
        response,
        status,
        status === 200 ? { message: { content: 'He' }, done: false } : { error: 'not found' },
      ),
    )
    await expect(ollama(server.url).complete(conversation, never)).rejects.toMatchObject({
      code: 'upstream_invalid',
    })
    status = 404
    await expect(ollama(server.url).complete(conversation, never)).rejects.toMatchObject({
      status: 502,
      details: { upstream: 'home', upstream_status: 404, upstream_error: '{"error":"not found"}' },
    })
  })
})
