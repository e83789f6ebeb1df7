import { describe, expect, it } from 'vitest'
import { createRedactor } from './redact.ts'

describe('createRedactor', () => {
  it('finds a secret as it is, in a URL and inside a JSON string', () => {
    const { text } = createRedactor(['pa"ss wörd'])
    expect(text('x pa"ss wörd y')).toBe('x [redacted] y')
    expect(text('?key=pa%22ss%20w%C3%B6rd')).toBe('?key=[redacted]')
    expect(text('{"key":"pa\\"ss wörd"}')).toBe('{"key":"[redacted]"}')
  })
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
