import { describe, expect, it } from 'vitest'
import { countKeys, createCleaner } from './redact.ts'

describe('createCleaner', () => {
  it('takes out the token and the values of secret variables, by value, and counts them', () => {
    const { clean } = createCleaner('tok-1234', {
      WORK_API_KEY: 'plain-looking',
      HOME: '/home/somebody',
      PIN_TOKEN: '123',
    })
    expect(clean('tok-1234 and plain-looking in /home/somebody, 123, plain-looking')).toEqual({
      text: '[redacted] and [redacted] in /home/somebody, 123, [redacted]',
      redacted: 3,
    })
  })

  it.each([
    `sk-${'a1'.repeat(20)}`,
    `ghp_${'a1'.repeat(20)}`,
    `github_pat_${'a1'.repeat(30)}`,
    `glpat-${'a1'.repeat(12)}`,
    `xoxb-${'12-'.repeat(8)}ab`,
    'AKIAABCDEFGHIJKLMNOP',
    `AIza${'a1_-x'.repeat(7)}`,
    `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(20)}`,
    `Bearer ${'a1'.repeat(20)}`,
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\nMIIE and no end',
  ])('takes out %j by its look', (key) => {
    const { clean } = createCleaner(undefined, {})
    expect(clean(`before ${key}`)).toEqual({ text: 'before [redacted]', redacted: 1 })
    expect(countKeys(`${key}\nand\n${key}`)).toBeGreaterThan(0)
  })

  it('leaves plain words and hashes alone', () => {
    const text = 'Bearer of news; sk-learn; task-1234567890123456789012; 8994426a5152db17cf276d96; [redacted]'
    expect(createCleaner(undefined, {}).clean(text)).toEqual({ text, redacted: 0 })
  })
})
