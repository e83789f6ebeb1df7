/** What people read when a key is no TOML, or stands in the file twice. */
import { describe, expect, it } from 'vitest'
import { errorsOf } from './rig.ts'

describe('keys', () => {
  it('a colon', () =>
    expect(errorsOf('name: "dev"')).toMatchInlineSnapshot(`
    "s.toml:1:5: error: between \`name\` and its value stands \`=\`, not \`:\`
      1 | name: "dev"
        |     ^
    "
  `))
  it('no equals sign', () =>
    expect(errorsOf('name')).toMatchInlineSnapshot(`
    "s.toml:1:1: error: \`name\` has no value
      1 | name
        | ^^^^
      hint: name = …
    "
  `))
  it('a space in a key', () =>
    expect(errorsOf('x y = 1')).toMatchInlineSnapshot(`
    "s.toml:1:3: error: expected \`=\` after \`x\`
      1 | x y = 1
        |   ^
      hint: a key with spaces stands in quotes; text is x = "…"
    "
  `))
  it('a string right after the key', () =>
    expect(errorsOf('name "dev"')).toMatchInlineSnapshot(`
    "s.toml:1:6: error: expected \`=\` after \`name\`
      1 | name "dev"
        |      ^
      hint: a key with spaces stands in quotes; text is name = "…"
    "
  `))
  it('no key', () =>
    expect(errorsOf('= 1')).toMatchInlineSnapshot(`
    "s.toml:1:1: error: no key before \`=\`
      1 | = 1
        | ^
    "
  `))
  it('a letter that wants quotes', () =>
    expect(errorsOf('É = 1')).toMatchInlineSnapshot(`
    "s.toml:1:1: error: the key \`É\` must stand in quotes
      1 | É = 1
        | ^
      hint: only letters a to z, digits, \`-\` and \`_\` go without: "É" = …
    "
  `))
  it('two dots', () =>
    expect(errorsOf('a..b = 1')).toMatchInlineSnapshot(`
    "s.toml:1:1: error: a name is missing beside a dot
      1 | a..b = 1
        | ^^^^
    "
  `))
  it('a dot first', () =>
    expect(errorsOf('.a = 1')).toMatchInlineSnapshot(`
    "s.toml:1:1: error: a name is missing beside a dot
      1 | .a = 1
        | ^^
    "
  `))
  it('a dot last', () =>
    expect(errorsOf('a. = 1')).toMatchInlineSnapshot(`
    "s.toml:1:1: error: a name is missing beside a dot
      1 | a. = 1
        | ^^
    "
  `))
  it('a shell variable', () =>
    expect(errorsOf('export A=1')).toMatchInlineSnapshot(`
    "s.toml:1:8: error: expected \`=\` after \`export\`
      1 | export A=1
        |        ^
      hint: a key with spaces stands in quotes; text is export = "…"
    "
  `))
  it('a strange character', () =>
    expect(errorsOf('%')).toMatchInlineSnapshot(`
    "s.toml:1:1: error: not TOML: unexpected character
      1 | %
        | ^
    "
  `))
})

describe('defined twice', () => {
  it('a key', () =>
    expect(errorsOf('name = "a"\nname = "b"')).toMatchInlineSnapshot(`
    "s.toml:2:1: error: \`name\` is defined twice
      2 | name = "b"
        | ^^^^
      s.toml:1:1: first defined here
      1 | name = "a"
        | ----
    "
  `))
  it('a table', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\n\n[daemons.a]\ncommand = ["y"]')).toMatchInlineSnapshot(`
    "s.toml:4:1: error: \`daemons.a\` is defined twice
      4 | [daemons.a]
        | ^^^^^^^^^^^
      s.toml:1:10: first defined here
      1 | [daemons.a]
        |          -
    "
  `))
  it('a key of an inline table', () =>
    expect(
      errorsOf('name = "x"\n[daemons.a]\ncommand = ["x"]\nenv = { name = "1", name = "2" }'),
    ).toMatchInlineSnapshot(`
    "s.toml:4:21: error: \`name\` is defined twice
      4 | env = { name = "1", name = "2" }
        |                     ^^^^
    "
  `))
  it('a value used as a table', () =>
    expect(errorsOf('name = "x"\nname.y = 2')).toMatchInlineSnapshot(`
    "s.toml:2:1: error: \`name\` is defined twice
      2 | name.y = 2
        | ^^^^^^
      s.toml:1:1: first defined here
      1 | name = "x"
        | ----
    "
  `))
  it('an inline table, extended', () =>
    expect(errorsOf('config = {b=1}\n[config.c]')).toMatchInlineSnapshot(`
    "s.toml:2:1: error: \`config\` is defined twice
      2 | [config.c]
        | ^^^^^^^^^^
      s.toml:1:1: first defined here
      1 | config = {b=1}
        | ------
    "
  `))
  it('a list, extended', () =>
    expect(errorsOf('chain = ["a"]\n[[chain]]')).toMatchInlineSnapshot(`
    "s.toml:2:1: error: \`chain\` is already complete and cannot be added to
      2 | [[chain]]
        | ^^^^^^^^^
      s.toml:1:1: first defined here
      1 | chain = ["a"]
        | -----
    "
  `))
  it('a table as a list', () =>
    expect(errorsOf('[[config.x]]\n[config.x]')).toMatchInlineSnapshot(`
    "s.toml:2:1: error: \`config.x\` is defined twice
      2 | [config.x]
        | ^^^^^^^^^^
      s.toml:1:10: first defined here
      1 | [[config.x]]
        |          -
    "
  `))
  it('a dotted table', () =>
    expect(errorsOf('[config]\nb.c = 1\n[config.b]\n')).toMatchInlineSnapshot(`
    "s.toml:3:1: error: \`config.b\` is defined twice
      3 | [config.b]
        | ^^^^^^^^^^
      s.toml:2:1: first defined here
      2 | b.c = 1
        | -
    "
  `))
})
