import { describe, expect, it } from 'vitest'
import { findUnwritable, findUnwritablePath, isVariableName, quoteWord, writeDuration } from './quote.ts'

describe('a word', () => {
  it.each([
    ['plain', '"plain"'],
    ['', '""'],
    ['two words', '"two words"'],
    ['100%', '"100%%"'],
    ['%h', '"%%h"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['C:\\n', '"C:\\\\n"'],
    ['a\nb\tc', '"a\\nb\\tc"'],
    ["it's $HOME; é", '"it\'s $HOME; é"'],
  ])('%j', (text, written) => {
    expect(quoteWord(text)).toBe(written)
  })
})

it('what systemd would drop is found', () => {
  expect(findUnwritable('a\nb\tc é')).toBeUndefined()
  expect(findUnwritable('a\u0007')).toMatch('control character')
  expect(findUnwritable('\ud800')).toMatch('Unicode')
})

it('a path must neither end nor continue its line', () => {
  expect(findUnwritablePath('/srv/two words')).toBeUndefined()
  for (const path of ['/srv/a\nb', '/srv/a\t', '/srv/a ', '/srv/a\\'])
    expect(findUnwritablePath(path)).toBeDefined()
})

it('names and times', () => {
  expect(['A_1', '_x', 'a-b', '1a', 'a.b', ''].filter(isVariableName)).toEqual(['A_1', '_x'])
  expect([20_000, 500, 1].map(writeDuration)).toEqual(['20s', '500ms', '1ms'])
})
