import { describe, expect, it } from 'vitest'
import { findJsonObjects } from './json-objects.ts'
import { createLocalProvider, NOTHING_FOUND } from './local-provider.ts'
import type { Message } from './provider.ts'
import { countTokens, truncateTokens } from './tokens.ts'

const never = new AbortController().signal
const ask = (model: string, messages: readonly Message[], maxTokens?: number) =>
  createLocalProvider().complete({ model, messages, maxTokens }, never)
const system = (content: string): Message => ({ role: 'system', content })
const user = (content: string): Message => ({ role: 'user', content })

describe('extract', () => {
  const facts = system(
    'Bread needs flour and water. A password is reset in the settings. The reset link ends after an hour.\nThe gateway listens on 3110.',
  )

  it('picks the related sentences, in their order, and leaves the others', async () => {
    const { content } = await ask('extract', [facts, user('How do I reset my passwords?')])
    expect(content).toBe('A password is reset in the settings. The reset link ends after an hour.')
  })

  it('reads every message but the question', async () => {
    const messages = [user('The gateway is called Ada.'), { role: 'assistant' as const, content: 'Noted.' }]
    const { content } = await ask('extract', [...messages, user('What is the gateway called?')])
    expect(content).toBe('The gateway is called Ada.')
  })

  it('picks at most three sentences, the best', async () => {
    const text = 'Apple one. Apple two. Apple three. Apple red pie.'
    const { content } = await ask('extract', [system(text), user('apple red pie')])
    expect(content.split('. ')).toHaveLength(3)
    expect(content).toContain('Apple red pie.')
  })

  it('says so when nothing is related, rather than to make something up', async () => {
    expect((await ask('extract', [facts, user('Who won the cup?')])).content).toBe(NOTHING_FOUND)
    expect((await ask('extract', [user('Who won the cup?')])).content).toBe(NOTHING_FOUND)
  })

  it('answers a large conversation of hostile shape soon enough to be asked', async () => {
    const words = Array.from({ length: 100_000 }, (_, n) => `w${n}.`).join(' ')
    const { content } = await ask('extract', [system(words), user(words)])
    expect(content.split(' ')).toHaveLength(3)
    expect((await ask('json', [system('{'.repeat(500_000)), user(' '.repeat(500_000))])).content).toBe('{}')
  })
})

describe('json', () => {
  it('gives the object that is most related to the question, verbatim', async () => {
    const passages = system(
      'Invoice: {"body":"pay the invoice"} and Reset: {"body": "reset your \\"password\\" }"}',
    )
    expect((await ask('json', [passages, user('password reset')])).content).toBe(
      '{"body": "reset your \\"password\\" }"}',
    )
    expect((await ask('json', [passages, user('invoice to pay')])).content).toBe('{"body":"pay the invoice"}')
  })

  it('gives the first of equals, and {} when there is none', async () => {
    expect((await ask('json', [system('{"a":1} {"b":2}'), user('x')])).content).toBe('{"a":1}')
    expect((await ask('json', [system('{not json} {'), user('x')])).content).toBe('{}')
  })
})

describe('echo', () => {
  it('repeats the last user message', async () => {
    const messages = [user('first'), user('  second\n'), { role: 'assistant' as const, content: 'third' }]
    expect((await ask('echo', messages)).content).toBe('  second\n')
  })

  it('takes the last message when there is no user message', async () => {
    expect((await ask('echo', [system('a'), system('b')])).content).toBe('b')
  })

  it('stops at max_tokens, and says so', async () => {
    expect(await ask('echo', [user('alpha beta')], 4)).toEqual({
      content: 'alpha beta',
      inputTokens: 3,
      outputTokens: 3,
      finishReason: 'stop',
    })
    expect(await ask('echo', [user('alpha beta')], 2)).toMatchObject({
      content: 'alpha',
      outputTokens: 2,
      finishReason: 'length',
    })
  })
})

it.each(['gpt-4', 'toString', '__proto__'])('has no model %s', async (model) => {
  await expect(ask(model, [user('x')])).rejects.toMatchObject({ status: 404, code: 'unknown_model' })
})

it('counts tokens in pieces of four letters and single signs', () => {
  expect(countTokens('')).toBe(0)
  expect(countTokens('  \n ')).toBe(0)
  expect(countTokens('word, words!')).toBe(1 + 1 + 2 + 1)
  expect(truncateTokens('  word, words!', 2)).toBe('  word,')
  expect(truncateTokens('word ', 1)).toBe('word ')
})

it('finds the outermost objects only', () => {
  expect(findJsonObjects('x {"a":{"b":1}} y {z} {"c":"}"} {')).toEqual(['{"a":{"b":1}}', '{"c":"}"}'])
})
