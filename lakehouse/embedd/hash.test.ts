import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { embedByHashing, HASH_DIMENSION } from './hash.ts'

function cosine(a: string, b: string): number {
  const [x, y] = [embedByHashing(a), embedByHashing(b)]
  return x.reduce((sum, component, n) => sum + component * (y[n] ?? 0), 0)
}

const TEXTS = [
  'How do I reset my password?',
  'The invoice is due within thirty days of delivery.',
  'Restart the query daemon after changing its configuration.',
  'Bake the bread at 220 degrees for forty minutes.',
  'Storage buckets are created when missing.',
]

describe('embedByHashing', () => {
  it('gives unit vectors of the same dimension', () => {
    for (const text of [...TEXTS, 'x', '!!!', '🙂', '東京', 'a\u0000b', '\ud800', 'word '.repeat(5_000)]) {
      const vector = embedByHashing(text)
      expect(vector).toHaveLength(HASH_DIMENSION)
      expect(vector.every(Number.isFinite)).toBe(true)
      expect(Math.hypot(...vector)).toBeCloseTo(1, 6)
    }
  })

  it('gives exactly these vectors, on every machine and in every version: stored vectors depend on it', () => {
    const digest = createHash('sha256')
    for (const text of [...TEXTS, 'Zürich', '東京都', '🙂'])
      digest.update(JSON.stringify(embedByHashing(text)))
    expect(digest.digest('hex')).toBe('9522b5f319ed0b6bd01f313ef4c7d759cc5608cd61496febfec0f06efb85a9d8')
  })

  it.each([
    ['reset a forgotten password', 0],
    ['when is an invoice due', 1],
    ['configuration of query daemons, restarting', 2],
    ['baking bread', 3],
    ['missing bucket', 4],
  ])('%j is nearest to the text about it', (query, expected) => {
    const scores = TEXTS.map((text) => cosine(query, text))
    expect(scores.indexOf(Math.max(...scores))).toBe(expected)
  })

  it('keeps unrelated texts far apart and related ones near', () => {
    for (const [n, a] of TEXTS.entries()) {
      for (const b of TEXTS.slice(n + 1)) expect(Math.abs(cosine(a, b))).toBeLessThan(0.25)
    }
    expect(cosine('How do I reset my password?', 'how can I reset the password')).toBeGreaterThan(0.75)
    expect(cosine('shipping costs', 'shipping cost')).toBeGreaterThan(0.6)
    expect(cosine('東京都の天気', '東京の天気')).toBeGreaterThan(0.6)
  })

  it('ignores case, punctuation and compatibility forms', () => {
    expect(embedByHashing('Hello, WORLD!')).toEqual(embedByHashing('hello world'))
    expect(embedByHashing('ﬁne')).toEqual(embedByHashing('fine'))
  })
})
