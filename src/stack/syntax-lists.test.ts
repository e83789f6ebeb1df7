/** What people read when headers, lists or tables are no TOML. */
import { describe, expect, it } from 'vitest'
import { errorsOf } from './rig.ts'

describe('headers', () => {
  it('not closed', () =>
    expect(errorsOf('[daemons.x\ncommand = ["a"]\n')).toMatchInlineSnapshot(`
    "s.toml:1:1: error: this header is not closed: \`]\` is missing
      1 | [daemons.x
        | ^^^^^^^^^^
    "
  `))
  it('list header half closed', () =>
    expect(errorsOf('[[a]')).toMatchInlineSnapshot(`
    "s.toml:1:1: error: this header is not closed: \`]]\` is missing
      1 | [[a]
        | ^^^^
    "
  `))
  it('no name', () =>
    expect(errorsOf('[]')).toMatchInlineSnapshot(`
    "s.toml:1:1: error: this header has no name
      1 | []
        | ^^
    "
  `))
  it('two dots', () =>
    expect(errorsOf('[a..b]')).toMatchInlineSnapshot(`
    "s.toml:1:1: error: a name is missing beside a dot
      1 | [a..b]
        | ^^^^^^
    "
  `))
  it('a space', () =>
    expect(errorsOf('[daemons.a b]')).toMatchInlineSnapshot(`
    "s.toml:1:12: error: \`b\` may not stand in a header
      1 | [daemons.a b]
        |            ^
      hint: names with other characters than letters, digits, \`-\` and \`_\` stand in quotes: [daemons."a b"]
    "
  `))
  it('a statement on its line', () =>
    expect(errorsOf('[daemons.a] command = ["x"]')).toMatchInlineSnapshot(`
    "s.toml:1:13: error: nothing may follow a header on its line
      1 | [daemons.a] command = ["x"]
        |             ^^^^^^^^^^^^^^^
      hint: begin a new line
    "
  `))
  it('one bracket too many', () =>
    expect(errorsOf('[a]]')).toMatchInlineSnapshot(`
    "s.toml:1:4: error: nothing may follow a header on its line
      1 | [a]]
        |    ^
      hint: begin a new line
    "
  `))
})

describe('lists and inline tables', () => {
  it('a list that is never closed', () =>
    expect(errorsOf('chain = ["d1", "d2"\n\n[daemons.x]\ncommand = ["a"]\n')).toMatchInlineSnapshot(`
    "s.toml:1:9: error: this list is not closed: the \`]\` at its end is missing
      1 | chain = ["d1", "d2"
        |         ^
      s.toml:3:1: the file goes on here
      3 | [daemons.x]
        | -----------
    "
  `))
  it('a list to the end of the file', () =>
    expect(errorsOf('chain = ["d1",\n')).toMatchInlineSnapshot(`
    "s.toml:1:9: error: this list is not closed: the \`]\` at its end is missing
      1 | chain = ["d1",
        |         ^
    "
  `))
  it('no comma', () =>
    expect(errorsOf('chain = ["d1" "d2"]')).toMatchInlineSnapshot(`
    "s.toml:1:15: error: expected a comma or \`]\` before this
      1 | chain = ["d1" "d2"]
        |               ^
    "
  `))
  it('two commas', () =>
    expect(errorsOf('chain = ["d1",, "d2"]')).toMatchInlineSnapshot(`
    "s.toml:1:15: error: a value is missing before the comma
      1 | chain = ["d1",, "d2"]
        |               ^
    "
  `))
  it('no comma over lines', () =>
    expect(errorsOf('chain = [\n  "d1"\n  "d2",\n]\nname = ""')).toMatchInlineSnapshot(`
    "s.toml:3:3: error: expected a comma or \`]\` before this
      3 |   "d2",
        |   ^

    s.toml:5:8: error: \`name\`: must not be empty
      5 | name = ""
        |        ^^
    "
  `))
  it('a table that is never closed', () =>
    expect(errorsOf('[daemons.a]\nenv = { A = "1",\nB = "2"\n')).toMatchInlineSnapshot(`
    "s.toml:2:7: error: this table is not closed: the \`}\` at its end is missing
      2 | env = { A = "1",
        |       ^
    "
  `))
  it('no comma in a table', () =>
    expect(errorsOf('e = { a = 1 b = 2 }')).toMatchInlineSnapshot(`
    "s.toml:1:13: error: expected a comma or \`}\` before this
      1 | e = { a = 1 b = 2 }
        |             ^
    "
  `))
  it('a key alone', () =>
    expect(errorsOf('e = { a }')).toMatchInlineSnapshot(`
    "s.toml:1:7: error: \`a\` has no value
      1 | e = { a }
        |       ^
      hint: a = …
    "
  `))
  it('a comma alone', () =>
    expect(errorsOf('e = {,}')).toMatchInlineSnapshot(`
    "s.toml:1:6: error: a key is missing before the comma
      1 | e = {,}
        |      ^
    "
  `))
  it('the wrong bracket', () =>
    expect(errorsOf('chain = ["a"}')).toMatchInlineSnapshot(`
    "s.toml:1:13: error: \`}\` closes what was opened with \`[\`
      1 | chain = ["a"}
        |             ^
      hint: expected \`]\`
    "
  `))
  it('the wrong bracket of two', () =>
    expect(errorsOf('e = [ {b = 1, ]')).toMatchInlineSnapshot(`
    "s.toml:1:15: error: \`]\` closes what was opened with \`{\`
      1 | e = [ {b = 1, ]
        |               ^
      hint: expected \`}\`
    "
  `))
  it('nested too deep', () =>
    expect(
      errorsOf(
        'a = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]',
      ),
    ).toMatchInlineSnapshot(`
    "s.toml:1:105: error: maximum nesting depth of 100 exceeded
      1 | …[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]…
        |                                                                                                      ^^^^^^^^^^^^^^^^^^^^
    "
  `))
})
