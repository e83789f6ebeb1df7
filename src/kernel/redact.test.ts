import { describe, expect, it } from 'vitest'
import { createRedactor } from './redact.ts'

describe('createRedactor', () => {
  it('finds a secret as it is, in a URL and inside a JSON string', () => {
    const { text } = createRedactor(['pa"ss wörd'])
    expect(text('x pa"ss wörd y')).toBe('x [redacted] y')
    expect(text('?key=pa%22ss%20w%C3%B6rd')).toBe('?key=[redacted]')
    expect(text('{"key":"pa\\"ss wörd"}')).toBe('{"key":"[redacted]"}')
  })
  it('finds a secret in a form', () => {
    const form = new URLSearchParams({ key: 'pa"ss wörd+' }).toString()
    expect(createRedactor(['pa"ss wörd+']).text(form)).toBe('key=[redacted]')
  })
  it.each(['', 'u:', 'me:', 'you:'])('finds it in Base64 after %j', (user) => {
    const secret = 'pa~~ss??word>>'
    const { text } = createRedactor([secret])
    for (const coding of ['base64', 'base64url'] as const) {
      const coded = Buffer.from(`${user}${secret}`).toString(coding)
      const left = text(`Basic ${coded}`).replace('[redacted]', '')
      expect(left).not.toBe(`Basic ${coded}`)
      // What remains beside the mask holds the user and, at each end, less than a byte of the secret.
      expect(Buffer.from(left.slice(6), 'base64').length).toBeLessThanOrEqual(user.length + 2)
    }
  })
  it('leaves Base64 alone that a short secret may have made by chance', () =>
    expect(createRedactor(['abcdef']).text('YWJjZGVm')).toBe('YWJjZGVm'))
  it('finds the lines of a long one', () => {
    const { text } = createRedactor(['-----BEGIN KEY-----\nMIIEvQIBADANBg\nkq\n'])
    expect(text('log: MIIEvQIBADANBg')).toBe('log: [redacted]')
  })
  it('takes the longer of two that overlap', () =>
    expect(createRedactor(['abcd', 'abcdef']).text('abcdef abcd')).toBe('[redacted] [redacted]'))
  it('ignores a blank one', () => expect(createRedactor(['', '  ']).text('a  b')).toBe('a  b'))
  it('takes a lone surrogate', () =>
    expect(createRedactor(['x\ud800y']).text('a x\ud800y')).toBe('a [redacted]'))
  it('walks values and keys, and leaves the fields it is told to', () => {
    const { value } = createRedactor(['key'], new Set(['type']))
    expect(value({ type: 'key', key1: ['a key', 1, null, { x: 'key' }] })).toEqual({
      type: 'key',
      '[redacted]1': ['a [redacted]', 1, null, { x: '[redacted]' }],
    })
  })
})
