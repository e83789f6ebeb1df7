/** What people read when a value is no TOML. */
import { describe, expect, it } from 'vitest'
import { errorsOf } from './rig.ts'

describe('values', () => {
  it('text without quotes', () =>
    expect(errorsOf('name = dev')).toMatchInlineSnapshot(`
    "s.toml:1:8: error: text must stand in quotes
      1 | name = dev
        |        ^^^
      hint: write "dev"
    "
  `))
  it('an address without quotes', () =>
    expect(errorsOf('bind = 127.0.0.1:0')).toMatchInlineSnapshot(`
    "s.toml:1:8: error: text must stand in quotes
      1 | bind = 127.0.0.1:0
        |        ^^^^^^^^^^^
      hint: write "127.0.0.1:0"
    "
  `))
  it('a duration without quotes', () =>
    expect(errorsOf('x = 15s')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: text must stand in quotes
      1 | x = 15s
        |     ^^^
      hint: write "15s"
    "
  `))
  it('a path without quotes', () =>
    expect(errorsOf('a = /usr/bin/env node # run')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: text must stand in quotes
      1 | a = /usr/bin/env node # run
        |     ^^^^^^^^^^^^^^^^^
      hint: write "/usr/bin/env node"
    "
  `))
  it('a word without quotes in a list', () =>
    expect(errorsOf('chain = ["d1", d2]')).toMatchInlineSnapshot(`
    "s.toml:1:16: error: text must stand in quotes
      1 | chain = ["d1", d2]
        |                ^^
      hint: write "d2"
    "
  `))
  it('no value', () =>
    expect(errorsOf('a = ')).toMatchInlineSnapshot(`
    "s.toml:1:3: error: no value after \`=\`
      1 | a = 
        |   ^
    "
  `))
  it('no value, then more', () =>
    expect(errorsOf('a =\nname = "x"')).toMatchInlineSnapshot(`
    "s.toml:1:3: error: no value after \`=\`
      1 | a =
        |   ^
    "
  `))
  it('two equals signs', () =>
    expect(errorsOf('b = = 2')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: text must stand in quotes
      1 | b = = 2
        |     ^^^
      hint: write "= 2"
    "
  `))
  it('a capital boolean', () =>
    expect(errorsOf('a = True')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: \`True\` is written \`true\`
      1 | a = True
        |     ^^^^
    "
  `))
  it('null', () =>
    expect(errorsOf('a = null')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: TOML has no \`null\`
      1 | a = null
        |     ^^^^
      hint: leave the key out
    "
  `))
  it('typographic quotes', () =>
    expect(errorsOf('a = “x”')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: \`“\` is a typographic quote
      1 | a = “x”
        |     ^
      hint: TOML wants straight ones: " or '
    "
  `))
  it('something after a value', () =>
    expect(errorsOf('a = "x" "y"')).toMatchInlineSnapshot(`
    "s.toml:1:9: error: nothing may follow the value on its line
      1 | a = "x" "y"
        |         ^^^
      hint: begin a new line; a comment begins with #
    "
  `))
  it('two statements on a line', () =>
    expect(errorsOf('a = 1 b = 2')).toMatchInlineSnapshot(`
    "s.toml:1:7: error: nothing may follow the value on its line
      1 | a = 1 b = 2
        |       ^^^^^
      hint: begin a new line; a comment begins with #
    "
  `))
})

describe('strings', () => {
  it('not closed', () =>
    expect(errorsOf('a = "x\nname = "b"')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: this string is not closed: the quote at its end is missing
      1 | a = "x
        |     ^^
    "
  `))
  it('literal, not closed', () =>
    expect(errorsOf("a = 'x")).toMatchInlineSnapshot(`
    "s.toml:1:5: error: this string is not closed: the quote at its end is missing
      1 | a = 'x
        |     ^^
    "
  `))
  it('multi-line, not closed', () =>
    expect(errorsOf('a = """x\ny\n')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: this string is not closed: the quote at its end is missing
      1 | a = """x
        |     ^^^^
    "
  `))
  it('multi-line literal, not closed', () =>
    expect(errorsOf("a = '''x")).toMatchInlineSnapshot(`
    "s.toml:1:5: error: this string is not closed: the quote at its end is missing
      1 | a = '''x
        |     ^^^^
    "
  `))
  it('ends in a backslash', () =>
    expect(errorsOf('a = "a\\')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: this string is not closed: the quote at its end is missing
      1 | a = "a\\
        |     ^^^
    "
  `))
  it('unknown escape', () =>
    expect(errorsOf('a = "C:\\quux"')).toMatchInlineSnapshot(`
    "s.toml:1:8: error: \`\\q\` is no escape sequence
      1 | a = "C:\\quux"
        |        ^^
      hint: write \\\\ for a backslash, or use '…' (a literal string), where backslashes stay
    "
  `))
  it.each(['\n', '\r\n'])('a backslash before the line break %j', (end) =>
    expect(errorsOf(`a = "C:\\${end}b = 1`)).toMatchInlineSnapshot(`
      "s.toml:1:8: error: \`\\\` at the end of a line is no escape sequence
        1 | a = "C:\\
          |        ^
        hint: write \\\\ for a backslash, or use '…' (a literal string), where backslashes stay

      s.toml:2:1: error: unknown key \`b\`
        2 | b = 1
          | ^
        hint: known here: name, chain, root, smokes, data, secrets, defaults, daemons, config, doctor
      "
    `),
  )
  it('short unicode escape', () =>
    expect(errorsOf('a = "\\u12"')).toMatchInlineSnapshot(`
    "s.toml:1:6: error: \`\\u12\` is no escape sequence
      1 | a = "\\u12"
        |      ^^^^
      hint: \\x takes 2 hexadecimal digits, \\u takes 4 and \\U takes 8
    "
  `))
  it('a surrogate escape', () =>
    expect(errorsOf('a = "\\ud800"')).toMatchInlineSnapshot(`
    "s.toml:1:6: error: invalid Unicode escape code: d800
      1 | a = "\\ud800"
        |      ^^^^^^^
    "
  `))
  it('beyond unicode', () =>
    expect(errorsOf('a = "\\UFFFFFFFF"')).toMatchInlineSnapshot(`
    "s.toml:1:6: error: invalid Unicode escape code: FFFFFFFF
      1 | a = "\\UFFFFFFFF"
        |      ^^^^^^^^^^^
    "
  `))
  it('too many quotes', () =>
    expect(errorsOf("a = ''''x'''''''")).toMatchInlineSnapshot(`
    "s.toml:1:15: error: nothing may follow the value on its line
      1 | a = ''''x'''''''
        |               ^^
      hint: begin a new line; a comment begins with #
    "
  `))
  it('a control character', () =>
    expect(errorsOf('a = "x\u0007y"')).toMatchInlineSnapshot(`
    "s.toml:1:7: error: the control character U+0007 may not stand in the file
      1 | a = "x�y"
        |       ^
      hint: inside a "…" string write it as \\uXXXX
    "
  `))
  it('NUL', () =>
    expect(errorsOf('a = "x\u0000y"')).toMatchInlineSnapshot(`
    "s.toml:1:7: error: the control character U+0000 may not stand in the file
      1 | a = "x�y"
        |       ^
      hint: inside a "…" string write it as \\uXXXX
    "
  `))
})
