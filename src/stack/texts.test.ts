/** What people read when a string is not of the kind its key wants. */
import { describe, expect, it } from 'vitest'
import { parseStack } from './parse.ts'
import { errorsOf } from './rig.ts'

describe('durations and sizes', () => {
  it('no unit', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nready_timeout = "15"')).toMatchInlineSnapshot(`
    "s.toml:3:17: error: \`ready_timeout\`: "15" is no duration
      3 | ready_timeout = "15"
        |                 ^^^^
      hint: a number with a unit: 250ms, 15s, 1.5m, 1h
    "
  `))
  it('an unknown unit', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nstop_grace = "2 days"')).toMatchInlineSnapshot(`
    "s.toml:3:14: error: \`stop_grace\`: "2 days" is no duration
      3 | stop_grace = "2 days"
        |              ^^^^^^^^
      hint: a number with a unit: 250ms, 15s, 1.5m, 1h
    "
  `))
  it('no time at all to get ready', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nready_timeout = "0s"')).toMatchInlineSnapshot(`
    "s.toml:3:17: error: \`ready_timeout\`: "0s" is too short
      3 | ready_timeout = "0s"
        |                 ^^^^
      hint: more than zero
    "
  `))
  it('too long', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nstop_grace = "48h"')).toMatchInlineSnapshot(`
    "s.toml:3:14: error: \`stop_grace\`: "48h" is too long
      3 | stop_grace = "48h"
        |              ^^^^^
      hint: at most 24h
    "
  `))
  it('a size without a unit', () =>
    expect(errorsOf('[defaults]\nmax_rss = "512"')).toMatchInlineSnapshot(`
    "s.toml:2:11: error: \`max_rss\`: "512" is no size
      2 | max_rss = "512"
        |           ^^^^^
      hint: a number with a unit: 512MiB, 2GiB, 64KiB, 100MB
    "
  `))
  it('a size of nothing', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nmax_rss = "0B"')).toMatchInlineSnapshot(`
    "s.toml:3:11: error: \`max_rss\`: "0B" allows nothing
      3 | max_rss = "0B"
        |           ^^^^
      hint: more than zero
    "
  `))
})

describe('budgets', () => {
  it('CPU time that is a share, files that are a text, and a slip of the pen', () =>
    expect(
      errorsOf(
        '[daemons.a]\ncommand = ["x"]\nmax_cpu = "80%"\nmax_fds = "256"\n[defaults]\nmax_cpus = "20s"',
      ),
    ).toMatchInlineSnapshot(`
      "s.toml:3:11: error: \`max_cpu\`: "80%" is no duration
        3 | max_cpu = "80%"
          |           ^^^^^
        hint: a number with a unit: 250ms, 15s, 1.5m, 1h

      s.toml:4:11: error: \`max_fds\` must be a whole number, not a string
        4 | max_fds = "256"
          |           ^^^^^
        hint: e.g. max_fds = 256

      s.toml:6:1: error: unknown key \`max_cpus\`; did you mean \`max_cpu\`?
        6 | max_cpus = "20s"
          | ^^^^^^^^
      "
    `))
  it('none at all', () =>
    expect(errorsOf('[defaults]\nmax_cpu = "0s"\nmax_fds = 0')).toMatchInlineSnapshot(`
    "s.toml:2:11: error: \`max_cpu\`: "0s" is too short
      2 | max_cpu = "0s"
        |           ^^^^
      hint: more than zero

    s.toml:3:11: error: \`max_fds\` must be from 1 to 10000000
      3 | max_fds = 0
        |           ^
    "
  `))
})

describe('names and commands', () => {
  it('a daemon that would be a path', () =>
    expect(errorsOf('[daemons."../x"]\ncommand = ["x"]')).toMatchInlineSnapshot(`
    "s.toml:1:10: error: "../x" is no name
      1 | [daemons."../x"]
        |          ^^^^^^
      hint: letters, digits, \`-\` and \`_\`, beginning with a letter or digit, at most 64; not digits alone
    "
  `))
  it('a daemon of digits', () =>
    expect(errorsOf('[daemons.1]\ncommand = ["x"]')).toMatchInlineSnapshot(`
    "s.toml:1:10: error: "1" is no name
      1 | [daemons.1]
        |          ^
      hint: letters, digits, \`-\` and \`_\`, beginning with a letter or digit, at most 64; not digits alone
    "
  `))
  it('an empty command', () =>
    expect(errorsOf('[daemons.a]\ncommand = []')).toMatchInlineSnapshot(`
    "s.toml:2:11: error: \`command\` is empty
      2 | command = []
        |           ^^
      hint: program and arguments: ["./bin/api", "--verbose"]
    "
  `))
  it('a command line in one string', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["node main.ts --port 80"]')).toMatchInlineSnapshot(`
    "s.toml:2:12: error: no shell splits "node main.ts --port 80" into words
      2 | command = ["node main.ts --port 80"]
        |            ^^^^^^^^^^^^^^^^^^^^^^^^
      hint: one string a word: ["node", "main.ts", "--port", "80"]
    "
  `))
  it('an empty program', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["", "x"]')).toMatchInlineSnapshot(`
    "s.toml:2:12: error: \`command\` names no program
      2 | command = ["", "x"]
        |            ^^
    "
  `))
  it('a NUL', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x\\u0000"]')).toMatchInlineSnapshot(`
    "s.toml:2:12: error: \`command[0]\`: a NUL character cannot be handed to a process
      2 | command = ["x\\u0000"]
        |            ^^^^^^^^^
    "
  `))
  it('a variable with an equals sign', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nenv = { "A=B" = "1" }')).toMatchInlineSnapshot(`
    "s.toml:3:9: error: "A=B" is no name of an environment variable
      3 | env = { "A=B" = "1" }
        |         ^^^^^
    "
  `))
  it('an empty name', () =>
    expect(errorsOf('name = " "')).toMatchInlineSnapshot(`
    "s.toml:1:8: error: \`name\`: must not be empty
      1 | name = " "
        |        ^^^
    "
  `))
})

describe('the chain', () => {
  it('empty', () =>
    expect(errorsOf('chain = []')).toMatchInlineSnapshot(`
    "s.toml:1:9: error: \`chain\` is empty: nothing would be proved
      1 | chain = []
        |         ^^
      hint: name the smokes in order, or leave \`chain\` out of a stack that is only started
    "
  `))
  it('a smoke twice', () =>
    expect(errorsOf('chain = ["d1", "d2", "d1"]')).toMatchInlineSnapshot(`
    "s.toml:1:22: error: \`d1\` is listed twice
      1 | chain = ["d1", "d2", "d1"]
        |                      ^^^^
      s.toml:1:10: first listed here
      1 | chain = ["d1", "d2", "d1"]
        |          ----
    "
  `))
  it('an empty string', () =>
    expect(errorsOf('chain = ["d1", ""]')).toMatchInlineSnapshot(`
    "s.toml:1:16: error: \`chain[1]\`: a smoke must have a name
      1 | chain = ["d1", ""]
        |                ^^
    "
  `))
  it('a path', () =>
    expect(errorsOf('chain = ["../d1"]')).toMatchInlineSnapshot(`
    "s.toml:1:10: error: \`chain[0]\`: "../d1" is no smoke id
      1 | chain = ["../d1"]
        |          ^^^^^^^
      hint: the name of a file in the folder of smokes, without its ending
    "
  `))
})

describe('expressions and addresses of probes', () => {
  it('a regular expression that is none', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nready.log = "ready ("')).toMatchInlineSnapshot(`
    "s.toml:3:13: error: \`log\`: not a regular expression: Unterminated group
      3 | ready.log = "ready ("
        |             ^^^^^^^^^
      hint: JavaScript syntax; in '…' (a literal string) a backslash stays as it is
    "
  `))
  it('an empty one', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nready.log = ""')).toMatchInlineSnapshot(`
    "s.toml:3:13: error: \`log\`: must not be empty: it would match anything
      3 | ready.log = ""
        |             ^^
    "
  `))
  it('neither path nor URL', () =>
    expect(
      errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:0"\nready.http = "health"'),
    ).toMatchInlineSnapshot(`
    "s.toml:4:14: error: \`http\`: "health" is neither a path nor a URL
      4 | ready.http = "health"
        |              ^^^^^^^^
      hint: a path begins with \`/\`, a URL with http:// or {url.NAME}
    "
  `))
  it('https', () =>
    expect(
      errorsOf('[daemons.a]\ncommand = ["x"]\nready.http = "https://127.0.0.1/"'),
    ).toMatchInlineSnapshot(`
    "s.toml:3:14: error: \`http\`: "https://127.0.0.1/" is neither a path nor a URL
      3 | ready.http = "https://127.0.0.1/"
        |              ^^^^^^^^^^^^^^^^^^^^
      hint: probes speak plain http:// to this machine
    "
  `))
  it('no database', () =>
    expect(
      errorsOf('[daemons.a]\ncommand = ["x"]\nready.sql = { statement = "SELECT 1", url = "sqlite://x" }'),
    ).toMatchInlineSnapshot(`
    "s.toml:3:45: error: \`url\`: "sqlite://x" is no database URL
      3 | ready.sql = { statement = "SELECT 1", url = "sqlite://x" }
        |                                             ^^^^^^^^^^^^
      hint: postgres://… or mysql://…
    "
  `))
  it('an empty file name', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nready.file = ""')).toMatchInlineSnapshot(`
    "s.toml:3:14: error: \`file\`: must not be empty
      3 | ready.file = ""
        |              ^^
    "
  `))
  it('a date for JSON', () =>
    expect(
      errorsOf(
        '[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:0"\nready.http = { path = "/", json = { since = 2020-01-01, ok = true } }',
      ),
    ).toMatchInlineSnapshot(`
    "s.toml:4:45: error: JSON has no such value: a date or time
      4 | ready.http = { path = "/", json = { since = 2020-01-01, ok = true } }
        |                                             ^^^^^^^^^^
      hint: write it as a string
    "
  `))
})

describe('watch', () => {
  const watching = (list: string) => errorsOf(`[daemons.a]\ncommand = ["x"]\nwatch = ${list}`)

  it('takes globs', () => {
    const text = '[daemons.a]\ncommand = ["x"]\nwatch = ["a/**/*.go", "b/{c,d}.ts", "../shared/*"]'
    const parsed = parseStack(text, '/project/s.toml')
    expect(parsed.ok && parsed.value.daemons.get('a')?.watch).toEqual([
      'a/**/*.go',
      'b/{c,d}.ts',
      '../shared/*',
    ])
  })
  it('no pattern that takes away, no backslash, no placeholder, not nothing', () =>
    expect(watching('["!a/**", "a\\\\\\\\b", "{root}/a", ""]')).toMatchInlineSnapshot(`
      "s.toml:3:10: error: \`watch[0]\`: "!a/**" takes files away
        3 | watch = ["!a/**", "a\\\\\\\\b", "{root}/a", ""]
          |          ^^^^^^^
        hint: each pattern names files that count

      s.toml:3:19: error: \`watch[1]\`: "a\\\\b" holds a backslash
        3 | watch = ["!a/**", "a\\\\\\\\b", "{root}/a", ""]
          |                   ^^^^^^^^
        hint: folders are parted by \`/\`

      s.toml:3:29: error: \`watch[2]\`: "{root}/a" holds a placeholder
        3 | watch = ["!a/**", "a\\\\\\\\b", "{root}/a", ""]
          |                             ^^^^^^^^^^
        hint: patterns are relative to the root of the project

      s.toml:3:41: error: \`watch[3]\`: must not be empty
        3 | watch = ["!a/**", "a\\\\\\\\b", "{root}/a", ""]
          |                                         ^^
      "
    `))
  it('no lone string', () =>
    expect(watching('"a/**"')).toMatchInlineSnapshot(`
    "s.toml:3:9: error: \`watch\` must be a list of strings, not a string
      3 | watch = "a/**"
        |         ^^^^^^
      hint: e.g. watch = ["services/api/**/*.go", "services/api/go.mod"]
    "
  `))
  it('not in defaults', () =>
    expect(errorsOf('[defaults]\nwatch = ["a"]')).toMatchInlineSnapshot(`
      "s.toml:2:1: error: unknown key \`watch\`
        2 | watch = ["a"]
          | ^^^^^
        hint: known here: cwd, env, ready_timeout, stop_grace, max_rss, max_cpu, max_fds, restart, restart_limit, restart_backoff, sql
      "
    `))
})
