import { expect, it } from 'vitest'
import { redactSecrets } from './redact.ts'

it('replaces secrets in every text, the longest first, and nothing else', () => {
  const given = { a: 'key=abc123', b: [1, null, true, 'abc'], c: { d: 'abcabc123' } }
  expect(redactSecrets(given, ['abc', 'abc123', ''])).toEqual({
    a: 'key=[redacted]',
    b: [1, null, true, '[redacted]'],
    c: { d: '[redacted][redacted]' },
  })
  expect(redactSecrets(given, [])).toBe(given)
})
