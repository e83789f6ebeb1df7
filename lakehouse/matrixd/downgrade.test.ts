import { describe, expect, it } from 'vitest'
import { decideMode, judgeModel } from './downgrade.ts'

const rules = { strong: ['house/*', 'exact'], weak: ['house/small-*', 'gpt-4-old'], strongFrom: 30 }

describe('judgeModel', () => {
  it.each([
    ['house/big', 'strong', 'the configuration lists "house/*" as strong'],
    ['EXACT', 'strong', 'the configuration lists "exact" as strong'],
    ['gpt-4-old', 'weak', 'the configuration lists "gpt-4-old" as weak'],
    ['qwen3:32b', 'strong', 'its name tells 32 billion parameters, at least 30'],
    ['llama-3.1-8b-instruct', 'weak', 'its name tells 8 billion parameters, fewer than 30'],
    ['ollama/gemma:2.5b', 'weak', 'its name tells 2.5 billion parameters, fewer than 30'],
    ['gpt-5-mini', 'weak', '"*mini*" names are weak'],
    ['openai/gpt-5', 'strong', '"*gpt-5*" names are strong'],
    ['local/extractive', 'weak', '"local/*" names are weak'],
    ['nobody-knows', 'weak', 'nothing tells that it is strong'],
    ['exactly', 'weak', 'nothing tells that it is strong'],
  ])('%s is %s', (model, strength, because) =>
    expect(judgeModel(model, rules)).toEqual({ strength, because }),
  )

  it('takes pattern characters of regular expressions literally', () => {
    const literal = { strong: ['a.b(c)[d]'], weak: [], strongFrom: 30 }
    expect(judgeModel('a.b(c)[d]', literal).strength).toBe('strong')
    expect(judgeModel('axb(c)[d]', literal).strength).toBe('weak')
  })
})

describe('decideMode', () => {
  it('a strong model gets the isolated mode, and hears why', () =>
    expect(decideMode('exact', 'full', false, rules)).toEqual({
      mode: 'isolated',
      downgraded: true,
      strength: 'strong',
      reason: expect.stringMatching(/"exact" is strong \(.*\): retrieved context would distract it/),
    }))
  it('a weak model keeps the full mode', () =>
    expect(decideMode('tiny', 'full', false, rules)).toMatchObject({
      mode: 'full',
      downgraded: false,
      strength: 'weak',
    }))
  it('force keeps the full mode for a strong model, and says so', () =>
    expect(decideMode('exact', 'full', true, rules)).toMatchObject({
      mode: 'full',
      downgraded: false,
      strength: 'strong',
      reason: expect.stringContaining('full was forced'),
    }))
  it('isolated stays isolated for anyone', () => {
    for (const model of ['exact', 'tiny']) {
      for (const force of [true, false]) {
        expect(decideMode(model, 'isolated', force, rules)).toMatchObject({
          mode: 'isolated',
          downgraded: false,
        })
      }
    }
  })
})
