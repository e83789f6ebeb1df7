import { describe, expect, it } from 'vitest'
import { compareKeys, keyFromUrl } from './key.ts'

const decode = (path: string) => keyFromUrl(`/v1/objects/${path}`)

describe('keyFromUrl', () => {
  it.each([
    ['a/b', 'a/b'],
    ['a%2Fb', 'a/b'],
    ['a%252Fb', 'a%2Fb'],
    ['a+b%20c', 'a+b c'],
    ['a?prefix=b', 'a'],
    ['a%3Fb%23c', 'a?b#c'],
    ['gr%C3%B6%C3%9Fe', 'größe'],
    ['gr\u00c3\u00b6', 'grö'],
    ['%EF%BB%BFbom', '\ufeffbom'],
    ['.', '.'],
    ['...', '...'],
    ['a/./b//c/', 'a/./b//c/'],
    ['..a/b..', '..a/b..'],
    ['a\\..\\b', 'a\\..\\b'],
    ['x'.repeat(1024), 'x'.repeat(1024)],
  ])('reads %s', (path, key) => expect(decode(path)).toBe(key))

  it.each([
    ['', 'it is empty'],
    ['x'.repeat(1025), 'it has 1025 bytes; at most 1024 are allowed'],
    ['%C3%B6'.repeat(513), 'it has 1026 bytes; at most 1024 are allowed'],
    ['a%00', 'it holds the control character U+0000'],
    ['a%0Ab', 'it holds the control character U+000A'],
    ['a%0d', 'it holds the control character U+000D'],
    ['%09', 'it holds the control character U+0009'],
    ['%1b[31m', 'it holds the control character U+001B'],
    ['a%7F', 'it holds the control character U+007F'],
    ['a%C2%85', 'it holds the control character U+0085'],
    ['/a', 'it begins with "/"'],
    ['%2Fa', 'it begins with "/"'],
    ['..', 'it has a ".." component'],
    ['a/../b', 'it has a ".." component'],
    ['a%2F%2E%2E', 'it has a ".." component'],
    ['a/%2e./b', 'it has a ".." component'],
    ['%', 'its percent-encoding is broken'],
    ['a%4', 'its percent-encoding is broken'],
    ['a%zz', 'its percent-encoding is broken'],
    ['%FF', 'it is not valid UTF-8'],
    ['%C0%AF', 'it is not valid UTF-8'],
    ['%ED%A0%80', 'it is not valid UTF-8'],
  ])('refuses %s', (path, reason) => {
    expect(() => decode(path)).toThrow(
      expect.objectContaining({ status: 400, code: 'bad_key', message: `bad key: ${reason}` }),
    )
  })
})

it('compareKeys is the order of UTF-8 bytes', () => {
  const alphabet = ['', 'a', 'b', '/', '\u007e', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}']
  const keys = alphabet.flatMap((a) => alphabet.flatMap((b) => alphabet.map((c) => a + b + c)))
  const expected = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  expect(keys.toSorted(compareKeys)).toEqual(expected)
})
