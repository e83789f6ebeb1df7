/** What people read when a file is something else, or wrong in many places. */
import { describe, expect, it } from 'vitest'
import { errorsOf } from './rig.ts'

describe('characters', () => {
  it('a carriage return alone', () =>
    expect(errorsOf('name = "x"\rchain = ["d1"]')).toMatchInlineSnapshot(`
    "s.toml:1:11: error: a carriage return without a line feed
      1 | name = "x"�chain = ["d1"]
        |           ^
      hint: lines end in LF or CR LF
    "
  `))
  it('a no-break space', () =>
    expect(errorsOf('a\u00a0= 1')).toMatchInlineSnapshot(`
    "s.toml:1:2: error: an invisible character, U+00A0, where TOML allows spaces and tabs only
      1 | a = 1
        |  ^
    "
  `))
  it('an escape sequence in a comment', () =>
    expect(errorsOf('a = 1 # \u001b[31m red')).toMatchInlineSnapshot(`
    "s.toml:1:9: error: the control character U+001B may not stand in the file
      1 | a = 1 # �[31m red
        |         ^
      hint: inside a "…" string write it as \\uXXXX
    "
  `))
})

describe('other formats', () => {
  it('JSON', () =>
    expect(errorsOf('{"name": "x"}')).toMatchInlineSnapshot(`
    "s.toml:1:1: error: this looks like JSON; a stack file is TOML
      1 | {"name": "x"}
        | ^^^^^^^^^^^^^
    "
  `))
  it('YAML', () =>
    expect(errorsOf('---\nname: x')).toMatchInlineSnapshot(`
    "s.toml:1:1: error: this looks like YAML; a stack file is TOML
      1 | ---
        | ^^^
    "
  `))
  it('a page', () =>
    expect(errorsOf('<!doctype html>')).toMatchInlineSnapshot(`
    "s.toml:1:1: error: this looks like HTML or XML; a stack file is TOML
      1 | <!doctype html>
        | ^^^^^^^^^^^^^^^
    "
  `))
  it('a script', () =>
    expect(errorsOf('#!/bin/sh\necho hi\n')).toMatchInlineSnapshot(`
    "s.toml:1:1: error: this looks like a script; a stack file is TOML
      1 | #!/bin/sh
        | ^^^^^^^^^
    "
  `))
})

describe('several at once', () => {
  it('all of them, and what can be said of the rest', () =>
    expect(
      errorsOf(
        'name = dev\nchian = ["d1"]\n\n[daemons.a]\ncommand = ["x"\nbind = "127.0.0.1:0"\nneed = ["b"]\n\n[daemons.b\ncommand = ["x"]\n\n[daemons.c]\ncommand = ["x"]\nneeds = ["a", "b"]\nready_timeout = 15s\nstop_grace = "soon"\n',
      ),
    ).toMatchInlineSnapshot(`
    "s.toml:1:8: error: text must stand in quotes
      1 | name = dev
        |        ^^^
      hint: write "dev"

    s.toml:2:1: error: unknown key \`chian\`; did you mean \`chain\`?
      2 | chian = ["d1"]
        | ^^^^^

    s.toml:5:11: error: this list is not closed: the \`]\` at its end is missing
      5 | command = ["x"
        |           ^
      s.toml:6:1: the file goes on here
      6 | bind = "127.0.0.1:0"
        | --------------------

    s.toml:7:1: error: unknown key \`need\`; did you mean \`needs\`?
      7 | need = ["b"]
        | ^^^^

    s.toml:9:1: error: this header is not closed: \`]\` is missing
      9 | [daemons.b
        | ^^^^^^^^^^

    s.toml:15:17: error: text must stand in quotes
      15 | ready_timeout = 15s
         |                 ^^^
      hint: write "15s"

    s.toml:16:14: error: \`stop_grace\`: "soon" is no duration
      16 | stop_grace = "soon"
         |              ^^^^^^
      hint: a number with a unit: 250ms, 15s, 1.5m, 1h
    "
  `))
})
