import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { match, smoke } from 'smokechain'
import { startCopy } from './support/copy.ts'

const KEY = 'sk-smoke-0123456789abcdef'

/** An OpenAI-compatible server that does what the model's name says. */
const misbehave: RequestListener = async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { model }: { model: string } = JSON.parse(Buffer.concat(chunks).toString())
  const json = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (model === 'good') {
    const authorized = request.headers.authorization === `Bearer ${KEY}`
    json(200, {
      choices: [
        { message: { role: 'assistant', content: authorized ? 'pong' : 'no key' }, finish_reason: 'stop' },
      ],
      usage: { prompt_tokens: 11, completion_tokens: 7 },
    })
  } else if (model === 'refusing')
    json(500, { error: { message: `the key ${KEY} is fine, the server is not` } })
  else if (model === 'garbled')
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices": [')
  else if (model === 'empty') json(200, { choices: [] })
  else if (model === 'busy') response.writeHead(429, { 'retry-after': '3' }).end()
  else if (model === 'gone') request.socket.destroy()
  // 'silent': no answer at all.
}

/** How the provider misbehaves, and what chatd must make of it. */
const FAULTS = [
  ['refusing', 502, 'upstream_error'],
  ['garbled', 502, 'upstream_invalid'],
  ['empty', 502, 'upstream_invalid'],
  ['gone', 502, 'upstream_unavailable'],
  ['busy', 503, 'upstream_busy'],
] as const

export default smoke({
  title: 'chatd asks the provider that the model names, and tells whose fault a failure is',
  why: 'a fault of a provider that looks like an answer, or like ours, sends people searching in the wrong place',
  needs: ['chatd'],
  claims: ['upstream-named', 'secrets-unseen'],
  budget: '30s',
  async run({ chatd, step, expect, stack, unique, signal, dataDir }) {
    const user = (content: string) => [{ role: 'user', content }]

    const askProviders = async (): Promise<void> => {
      const server = createServer((request, response) => void misbehave(request, response)).listen(
        0,
        '127.0.0.1',
      )
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const description = stack.describe('chatd')
      const copy = await startCopy(
        { ...description, env: { ...description.env, SMOKE_CHAT_KEY: KEY } },
        [
          '[chatd]',
          'bind = "127.0.0.1:0"',
          '[chatd.providers.work]',
          'kind = "openai"',
          `base_url = "http://127.0.0.1:${port}"`,
          'api_key_env = "SMOKE_CHAT_KEY"',
          '[chatd.providers.hasty]',
          'kind = "openai"',
          `base_url = "http://127.0.0.1:${port}"`,
          'api_key_env = "SMOKE_CHAT_KEY"',
          'timeout = "50ms"',
          '',
        ].join('\n'),
        { dataDir, name: unique('chatd'), signal },
      )
      const ask = async (model: string, provider = 'work') => {
        const answer = await fetch(`${copy.url}/v1/chat`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: `${provider}/${model}`, messages: user('ping') }),
        })
        return { status: answer.status, text: await answer.text() }
      }
      try {
        await Promise.all([
          step('a provider that answers well is passed on, with its own counts and our key', async () => {
            const { status, text } = await ask('good')
            expect('the status', status, 200)
            expect('the answer', JSON.parse(text), {
              content: 'pong',
              provider: 'work',
              input_tokens: 11,
              output_tokens: 7,
            })
          }),
          step('a provider that is silent is a 504 that names it, and not the key', async () => {
            const answer = await ask('silent', 'hasty')
            expect('the status', answer.status, 504)
            expect('the error', JSON.parse(answer.text), {
              error: { code: 'upstream_timeout', upstream: 'hasty' },
            })
            expect('whether the key is in the answer', answer.text.includes(KEY), false)
          }),
          ...FAULTS.map(([model, status, code]) =>
            step(`a provider that is ${model} is a ${status} that names it, and not the key`, async () => {
              const answer = await ask(model)
              expect('the status', answer.status, status)
              expect('the error', JSON.parse(answer.text), { error: { code, upstream: 'work' } })
              expect('whether the key is in the answer', answer.text.includes(KEY), false)
            }),
          ),
        ])
        await step('a provider that is not there is a 502 that names it', async () => {
          server.closeAllConnections()
          server.close()
          await once(server, 'close')
          const answer = await ask('good')
          expect('the status', answer.status, 502)
          expect('the error', JSON.parse(answer.text), {
            error: { code: 'upstream_unavailable', upstream: 'work' },
          })
        })
      } finally {
        server.closeAllConnections()
        server.close()
        await copy.stop()
      }
    }

    const askLocal = async (): Promise<void> => {
      await step('the prefix chooses the provider, the rest is the model; tokens are counted', () =>
        chatd.post(
          '/v1/chat',
          { model: 'local/echo', messages: user('Hello there') },
          {
            status: 200,
            json: {
              content: 'Hello there',
              provider: 'local',
              model: 'local/echo',
              finish_reason: 'stop',
              input_tokens: match.number({ integer: true, min: 1 }),
              output_tokens: match.number({ integer: true, min: 1 }),
              latency_ms: match.number({ min: 0 }),
            },
          },
        ),
      )
      await step('the local extractor answers from what it was given, the same every time', async () => {
        const messages = [
          {
            role: 'system',
            content: 'The refresh tick is 500 ms. The gateway listens on 3110. MinIO is optional.',
          },
          { role: 'user', content: 'How long is the refresh tick?' },
        ]
        const answer = { status: 200, json: { content: match.string(/refresh tick is 500 ms/) } }
        const first = await chatd.post('/v1/chat', { model: 'local/extract', messages }, answer)
        await chatd.post(
          '/v1/chat',
          { model: 'local/extract', messages },
          {
            status: 200,
            json: { content: first.json.content },
          },
        )
      })
      await step('max_tokens cuts the answer and says so', () =>
        chatd.post(
          '/v1/chat',
          { model: 'local/echo', messages: user('one two three four five six seven eight'), max_tokens: 2 },
          { status: 200, json: { finish_reason: 'length', output_tokens: match.number({ max: 2 }) } },
        ),
      )

      await step('an unknown provider is a 404 that names it', () =>
        chatd.post(
          '/v1/chat',
          { model: 'nobody/gpt', messages: user('x') },
          {
            status: 404,
            json: { error: { code: 'unknown_provider', provider: 'nobody', known: match.includes('local') } },
          },
        ),
      )
      await step('bad requests are refused by field', async () => {
        const refuse = (body: object, field: string) =>
          chatd.post('/v1/chat', body, { status: 400, json: { error: { code: 'bad_request', field } } })
        await refuse({ model: 'local', messages: user('x') }, 'model')
        await refuse({ model: 'local/echo', messages: [] }, 'messages')
        await refuse({ model: 'local/echo', messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role')
        await refuse({ model: 'local/echo', messages: user('x'), temperature: 3 }, 'temperature')
        await refuse({ model: 'local/echo', messages: user('x'), max_token: 3 }, 'max_token')
      })
    }
    // Side by side: a copy of chatd, with providers of its own, takes a moment to start.
    await Promise.all([askProviders(), askLocal()])
  },
})
