import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { makeTemporaryFolder, startDaemon } from '../kit/testing/daemon-process.ts'
import { sendJson, startServer } from '../kit/testing/http-server.ts'
import { buildApp } from './app.ts'
import { configSchema, createProviders } from './config.ts'

const KEY = 'sk-very-secret-0123456789'

function start(providers?: object) {
  const lines: string[] = []
  const config = configSchema.parse({ bind: '127.0.0.1:0', ...(providers && { providers }) })
  const app = buildApp({
    providers: createProviders(config, { CHAT_KEY: KEY }),
    logger: { write: (line) => lines.push(line) },
  })
  const chat = async (body: object) => {
    const answer = await app.inject({ method: 'POST', url: '/v1/chat', payload: body })
    return { status: answer.statusCode, headers: answer.headers, body: answer.json(), text: answer.body }
  }
  return { app, chat, lines }
}

const messages = [{ role: 'user', content: 'Hello there' }]

describe('POST /v1/chat', () => {
  it('answers, with everything the contract names', async () => {
    const { status, body } = await start().chat({ model: 'local/echo', messages })
    expect(status).toBe(200)
    expect(body).toEqual({
      content: 'Hello there',
      provider: 'local',
      model: 'local/echo',
      latency_ms: expect.any(Number),
      input_tokens: 4,
      output_tokens: 4,
      finish_reason: 'stop',
    })
    expect(Number.isInteger(body.latency_ms)).toBe(true)
  })

  it('routes by what stands before the first slash', async () => {
    await using server = await startServer((_request, response, body) =>
      sendJson(response, 200, { choices: [{ message: { content: `I am ${JSON.parse(body).model}` } }] }),
    )
    const { chat } = start({ local: { kind: 'local' }, hub: { kind: 'openai', base_url: server.url } })
    const { body } = await chat({ model: 'hub/meta/llama-3:8b', messages })
    expect(body).toMatchObject({
      content: 'I am meta/llama-3:8b',
      provider: 'hub',
      model: 'hub/meta/llama-3:8b',
      finish_reason: 'unknown',
      input_tokens: 4,
    })
    expect((await chat({ model: 'local/echo', messages })).body.provider).toBe('local')
  })

  it.each([
    ['a model without a slash', { model: 'echo', messages }, 'model'],
    ['nothing before the slash', { model: '/echo', messages }, 'model'],
    ['nothing after the slash', { model: 'local/', messages }, 'model'],
    ['no model', { messages }, 'model'],
    ['no messages', { model: 'local/echo' }, 'messages'],
    ['an empty list', { model: 'local/echo', messages: [] }, 'messages'],
    ['only blanks', { model: 'local/echo', messages: [{ role: 'user', content: ' ' }] }, 'messages'],
    [
      'an unknown role',
      { model: 'local/echo', messages: [{ role: 'root', content: 'x' }] },
      'messages[0].role',
    ],
    ['no text', { model: 'local/echo', messages: [{ role: 'user', content: 1 }] }, 'messages[0].content'],
    ['max_tokens 0', { model: 'local/echo', messages, max_tokens: 0 }, 'max_tokens'],
    ['temperature 3', { model: 'local/echo', messages, temperature: 3 }, 'temperature'],
    ['an unknown field', { model: 'local/echo', messages, stream: true }, 'stream'],
  ])('%s is a 400 that names the field', async (_what, body, field) => {
    const answer = await start().chat(body)
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'bad_request', field } } })
  })

  it('an unknown provider and an unknown local model are 404s that name what there is', async () => {
    const { chat } = start()
    expect(await chat({ model: 'nobody/x', messages })).toMatchObject({
      status: 404,
      body: { error: { code: 'unknown_provider', provider: 'nobody', known: ['local'] } },
    })
    expect(await chat({ model: 'local/gpt', messages })).toMatchObject({
      status: 404,
      body: { error: { code: 'unknown_model', model: 'gpt', known: ['extract', 'json', 'echo'] } },
    })
  })

  it('faults of a provider are 502 and 504 that name it; the key is in no answer and no log [claim:secrets-unseen]', async () => {
    await using server = await startServer((request, response) => {
      expect(request.headers.authorization).toBe(`Bearer ${KEY}`)
      sendJson(response, 500, { error: `bad key ${KEY}`, seen: request.headers.authorization })
    })
    await using silent = await startServer(() => undefined)
    const gone = await startServer(() => undefined)
    await gone[Symbol.asyncDispose]()
    const provider = (base_url: string, timeout = '20s') => ({
      kind: 'openai',
      base_url,
      api_key_env: 'CHAT_KEY',
      timeout,
    })
    const { chat, lines } = start({
      broken: provider(server.url),
      slow: provider(silent.url, '50ms'),
      gone: provider(gone.url),
    })
    const answers = []
    for (const [name, status, code] of [
      ['broken', 502, 'upstream_error'],
      ['slow', 504, 'upstream_timeout'],
      ['gone', 502, 'upstream_unavailable'],
    ]) {
      const answer = await chat({ model: `${name}/m`, messages })
      expect(answer).toMatchObject({ status, body: { error: { code, upstream: name } } })
      answers.push(answer.text)
    }
    expect(lines.filter((line) => line.includes('request failed'))).toHaveLength(3)
    expect([...lines, ...answers].join('\n')).not.toContain(KEY)
    expect([...lines, ...answers].join('\n')).not.toContain('very-secret')
  })

  it('takes messages of 10 MB whole, and refuses what is beyond its limit', async () => {
    const { chat } = start()
    // Every second character is escaped in JSON.
    const content = 'a"'.repeat(5_000_000)
    const answer = await chat({ model: 'local/echo', messages: [{ role: 'user', content }] })
    expect(answer.status).toBe(200)
    expect(answer.body.content === content).toBe(true)
    const refused = await chat({
      model: 'local/echo',
      messages: [{ role: 'user', content: 'a'.repeat(33 * 2 ** 20) }],
    })
    expect(refused).toMatchObject({ status: 413, body: { error: { code: 'too_large' } } })
  })

  it('a caller that goes away ends the request at the upstream', async () => {
    const asked = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    await using silent = await startServer((_request, response) => {
      response.once('close', closed.resolve)
      asked.resolve()
    })
    const { app } = start({ slow: { kind: 'ollama', base_url: silent.url } })
    const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
    const body = JSON.stringify({ model: 'slow/m', messages })
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(
      `POST /v1/chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    await asked.promise
    socket.destroy()
    await closed.promise
    await app.close()
  })
})

describe('configuration', () => {
  it.each([
    ['a provider of no kind', { x: {} }],
    ['an unknown kind', { x: { kind: 'magic' } }],
    ['openai without an address', { x: { kind: 'openai' } }],
    ['an address with a password', { x: { kind: 'openai', base_url: 'http://a:b@host/' } }],
    ['a name with a slash', { 'x/y': { kind: 'local' } }],
    ['no provider', {}],
    ['a time-out of nothing', { x: { kind: 'ollama', base_url: 'http://h', timeout: '0s' } }],
  ])('refuses %s', (_what, providers) => {
    expect(configSchema.safeParse({ bind: '127.0.0.1:0', providers }).success).toBe(false)
  })

  it.each([
    ['is not set', {}],
    ['holds spaces', { CHAT_KEY: 'sk-secret\nX: y' }],
  ])('a key that %s is told of, without its value', (reason, env) => {
    const providers = { x: { kind: 'openai', base_url: 'http://h', api_key_env: 'CHAT_KEY' } }
    const config = configSchema.parse({ bind: '127.0.0.1:0', providers })
    expect(() => createProviders(config, env)).toThrow(
      `chatd.providers.x.api_key_env: the environment variable CHAT_KEY ${reason}`,
    )
    expect(() => createProviders(config, env)).not.toThrow(/secret/)
  })

  it('as a process: a missing key ends it with one line and exit 2; without providers it has local', async () => {
    await using folder = await makeTemporaryFolder()
    const main = fileURLToPath(new URL('./main.ts', import.meta.url))
    const toml = '[chatd]\nbind = "127.0.0.1:0"\n'
    const needy =
      '[chatd.providers.x]\nkind = "openai"\nbase_url = "http://127.0.0.1:1"\napi_key_env = "NO_SUCH_KEY"\n'
    await using failing = await startDaemon(main, toml + needy, folder.path)
    expect((await failing.exited).code).toBe(2)
    expect(failing.stderr()).toMatch(/^chatd: .*NO_SUCH_KEY is not set\n$/)
    await using daemon = await startDaemon(main, toml, folder.path)
    const answer = await fetch(`${await daemon.url()}/v1/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'local/echo', messages }),
    })
    expect(await answer.json()).toMatchObject({ content: 'Hello there' })
    expect((await daemon.kill('SIGTERM')).code).toBe(0)
  })
})
