import { describe, expect, it } from 'vitest'
import { parseToml } from './toml-values.ts'
import { writeToml } from './write-toml.ts'

const again = (text: string) => parseToml(writeToml(parseToml(text)))

describe('writeToml', () => {
  it('writes plain values before tables, and tables as sections', () =>
    expect(
      writeToml(parseToml('a = { x = 1, y = { z = "q" } }\nb = [1, 2.0]\n[c.d.e]\nf = true\n[g]')),
    ).toMatchInlineSnapshot(`
      "b = [1, 2.0]

      [a]
      x = 1

      [a.y]
      z = "q"

      [c.d.e]
      f = true

      [g]
      "
    `))
  it('writes nothing for an empty table', () => expect(writeToml({})).toBe(''))

  it.each([
    ['integers', 'a = 1\nb = -0\nc = 9223372036854775807\nd = -9223372036854775808\ne = 0xff'],
    ['floats stay floats', 'a = 1.0\nb = -0.0\nc = 1e300\nd = 5e-324\ne = 0.1\nf = 1e21'],
    ['infinity', 'a = inf\nb = -inf\nc = nan'],
    ['booleans', 'a = true\nb = false'],
    [
      'dates and times',
      'a = 1979-05-27T07:32:00Z\nb = 1979-05-27T00:32:00.999999-07:00\nc = 1979-05-27T07:32:00\nd = 1979-05-27\ne = 07:32:00.5',
    ],
    [
      'strings with quotes and backslashes',
      `a = 'C:\\x "y"'\nb = "\\u0000\\u001f\\u007f\\t\\n\\r\\"\\\\"\nc = ""`,
    ],
    ['strings with line ends', 'a = """\nx\n\ny\\\n   z"""'],
    ['other scripts and emoji', 'a = "日本 😀 é \u2028 \u0085"'],
    ['strange keys', '"" = 1\n"a.b" = 2\n"a b" = 3\n"日本" = 4\n\'"\' = 5\n__proto__ = 6\n"x\\n" = 7\n1 = 8'],
    ['strange tables', '[a."b.c"."".d]\ne = 1\n[__proto__]\nx = 1'],
    ['empty tables and lists', 'a = []\nb = {}\n[c]\n[d.e]'],
    ['tables in lists', 'a = [{ x = 1, y = { z = [[], [{}]] } }, {}]\n[[b]]\nc = 1\n[[b]]\nd = { e = 1.0 }'],
    ['mixed lists', 'a = [1, 1.0, "x", true, 1979-05-27, [1], { b = 2 }]'],
  ])('reads back as it was: %s', (_, text) => expect(again(text)).toEqual(parseToml(text)))

  it('tells integers from floats, and dates from strings', () => {
    const table = again('a = 1\nb = 1.0\nc = 1979-05-27\nd = "1979-05-27"')
    expect(typeof table['a']).toBe('bigint')
    expect(typeof table['b']).toBe('number')
    expect(typeof table['c']).toBe('object')
    expect(typeof table['d']).toBe('string')
  })
  it('writes a lone surrogate as what UTF-8 can hold', () =>
    expect(parseToml(writeToml({ a: 'x\ud800' }))).toEqual({ a: 'x\ufffd' }))
})
