import { describe, expect, it } from 'vitest'
import { gatewayTimeout } from '../kit/errors.ts'
import { buildApp, MAX_TEXT_CHARACTERS, MAX_TEXTS } from './app.ts'
import { configSchema, createProvider } from './config.ts'
import type { Provider } from './provider.ts'

function start(provider: Provider = createProvider(configSchema.parse({ bind: '127.0.0.1:0' }), {})) {
  const app = buildApp({ provider, cacheEntries: 100, logger: false })
  return async (body: unknown) => {
    const answer = await app.inject({ method: 'POST', url: '/v1/embed', payload: body as object })
    return { status: answer.statusCode, body: answer.json() }
  }
}

describe('POST /v1/embed', () => {
  it('embeds, and a batch is what its texts are one by one', async () => {
    const embed = start()
    const texts = ['red apples', 'blue sky', 'red apples']
    const batch = await embed({ texts })
    expect(batch).toMatchObject({ status: 200, body: { model: 'hash-384', dimension: 384, cache_hits: 0 } })
    for (const [n, text] of texts.entries()) {
      const single = await start()({ texts: [text], model: 'hash-384' })
      expect(single.body.vectors).toEqual([batch.body.vectors[n]])
    }
  })

  it('counts what the cache knew', async () => {
    const embed = start()
    expect((await embed({ texts: ['a', 'b', 'a'] })).body.cache_hits).toBe(0)
    expect((await embed({ texts: ['a', 'c', 'a', 'b'] })).body.cache_hits).toBe(3)
  })

  it('asks the provider only for what is new, each once', async () => {
    const asked: (readonly string[])[] = []
    const embed = start({
      name: 'openai',
      model: 'm',
      embed: async (texts) => {
        asked.push(texts)
        return texts.map((text) => [text.length])
      },
    })
    await embed({ texts: ['a', 'bb', 'a'] })
    expect((await embed({ texts: ['ccc', 'bb'] })).body).toEqual({
      model: 'm',
      dimension: 1,
      vectors: [[3], [2]],
      cache_hits: 1,
    })
    expect(asked).toEqual([['a', 'bb'], ['ccc']])
  })

  it('a fault of the provider is passed on, and nothing of it is cached', async () => {
    let broken = true
    const embed = start({
      name: 'openai',
      model: 'm',
      embed: async (texts) => {
        if (broken) throw gatewayTimeout('openai', 'openai did not answer')
        return texts.map(() => [1])
      },
    })
    expect(await embed({ texts: ['a'] })).toMatchObject({
      status: 504,
      body: { error: { code: 'upstream_timeout', upstream: 'openai' } },
    })
    broken = false
    expect((await embed({ texts: ['a'] })).body).toMatchObject({ vectors: [[1]], cache_hits: 0 })
  })

  it.each([
    [{ texts: [] }, 'texts'],
    [{ texts: 'a' }, 'texts'],
    [{}, 'texts'],
    [{ texts: ['a', ''] }, 'texts[1]'],
    [{ texts: [' \n'] }, 'texts[0]'],
    [{ texts: ['a', 7] }, 'texts[1]'],
    [{ texts: [null] }, 'texts[0]'],
    [{ texts: ['x'.repeat(MAX_TEXT_CHARACTERS + 1)] }, 'texts[0]'],
    [{ texts: ['a'], model: 5 }, 'model'],
    [{ texts: ['a'], colour: 1 }, 'colour'],
  ])('refuses a bad request (%#) naming its field', async (body, field) =>
    expect(await start()(body)).toMatchObject({
      status: 400,
      body: { error: { code: 'bad_request', field } },
    }),
  )

  it('refuses more texts than one request may hold', async () => {
    const embed = start()
    expect((await embed({ texts: Array(MAX_TEXTS).fill('a') })).status).toBe(200)
    expect(await embed({ texts: Array(MAX_TEXTS + 1).fill('a') })).toMatchObject({
      status: 413,
      body: { error: { code: 'too_many_texts', limit: MAX_TEXTS } },
    })
  })

  it('does not know another model', async () =>
    expect(await start()({ texts: ['a'], model: 'gpt' })).toMatchObject({
      status: 404,
      body: { error: { code: 'unknown_model', model: 'gpt', known: ['hash-384'] } },
    }))
})

describe('configuration', () => {
  const bind = '127.0.0.1:0'
  it.each([
    [{ bind, provider: 'openai', openai: { base_url: 'http://x' } }, 'model'],
    [{ bind, provider: 'ollama', model: 'm' }, 'ollama'],
    [{ bind, model: 'other' }, 'model'],
    [{ bind, provider: 'openai', model: 'm', openai: { base_url: 'http://u:p@x' } }, 'openai'],
    [{ bind, provider: 'openai', model: 'm', openai: { base_url: 'ftp://x' } }, 'openai'],
    [{ bind, cache_entries: -1 }, 'cache_entries'],
    [{ bind, speed: 1 }, undefined],
  ])('%j is refused', (config, key) => {
    const parsed = configSchema.safeParse(config)
    expect(parsed.success).toBe(false)
    expect(parsed.error?.issues[0]?.path[0]).toBe(key)
  })

  it('a key that the environment lacks is named', () => {
    const config = configSchema.parse({
      bind,
      provider: 'openai',
      model: 'm',
      openai: { base_url: 'http://127.0.0.1:1/v1', api_key_env: 'MY_KEY' },
    })
    expect(() => createProvider(config, {})).toThrow('the environment variable MY_KEY is not set')
    expect(createProvider(config, { MY_KEY: 'k' }).name).toBe('openai')
  })
})
