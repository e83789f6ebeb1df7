import { describe, expect, it } from 'vitest'
import { bounded, didYouMean, editDistance, nearest, printable } from './text.ts'

describe('nearest', () => {
  it('counts a swap of neighbours as one edit', () => expect(editDistance('nedes', 'needs')).toBe(1))
  it('finds the key that was meant', () => {
    expect(nearest('need', ['needs', 'ready', 'bind'])).toBe('needs')
    expect(nearest('storagd', ['catalogd', 'storaged'])).toBe('storaged')
    expect(nearest('d7', ['d1', 'd2'])).toBe('d1')
  })
  it('stays silent when nothing is near', () => {
    expect(nearest('colour', ['needs', 'ready'])).toBeUndefined()
    expect(didYouMean('colour', ['needs'])).toBe('')
  })
})

describe('printable', () => {
  it('removes colour, cursor and title escapes', () =>
    expect(printable('\u001b[31mred\u001b[0m \u001b]0;title\u0007x\u001b[2J')).toBe('red x'))
  it('shows other control characters and bidi overrides', () =>
    expect(printable('a\u0000b\u202ec\rd\ttab\n')).toBe('a\ufffdb\ufffdc\ufffdd\ttab\n'))
})

it('bounded says how much it left out', () => {
  expect(bounded('abc', 3)).toBe('abc')
  expect(bounded('abcdef', 3)).toBe('abc… (3 more characters)')
})
