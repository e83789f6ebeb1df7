/** What people read when a key is unknown or its value has the wrong type. */
import { describe, expect, it } from 'vitest'
import { errorsOf } from './rig.ts'

describe('unknown keys', () => {
  it('near a known one', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nneed = ["b"]')).toMatchInlineSnapshot(`
    "s.toml:3:1: error: unknown key \`need\`; did you mean \`needs\`?
      3 | need = ["b"]
        | ^^^^
    "
  `))
  it('near none', () =>
    expect(errorsOf('colour = "red"')).toMatchInlineSnapshot(`
      "s.toml:1:1: error: unknown key \`colour\`
        1 | colour = "red"
          | ^^^^^^
        hint: known here: name, chain, root, smokes, data, secrets, defaults, daemons, config, doctor
      "
    `))
  it('in a probe', () =>
    expect(
      errorsOf(
        '[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:0"\nready = { http = { pth = "/health", staus = 200 } }',
      ),
    ).toMatchInlineSnapshot(`
    "s.toml:4:20: error: unknown key \`pth\`; did you mean \`path\`?
      4 | ready = { http = { pth = "/health", staus = 200 } }
        |                    ^^^

    s.toml:4:37: error: unknown key \`staus\`; did you mean \`status\`?
      4 | ready = { http = { pth = "/health", staus = 200 } }
        |                                     ^^^^^
    "
  `))
  it('a probe that does not exist', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nready = { htpp = "/health" }')).toMatchInlineSnapshot(`
    "s.toml:3:11: error: unknown key \`htpp\`; did you mean \`http\`?
      3 | ready = { htpp = "/health" }
        |           ^^^^
    "
  `))
  it('in defaults', () =>
    expect(errorsOf('[defaults]\ncommand = ["x"]')).toMatchInlineSnapshot(`
      "s.toml:2:1: error: unknown key \`command\`
        2 | command = ["x"]
          | ^^^^^^^
        hint: known here: cwd, env, ready_timeout, stop_grace, max_rss, max_cpu, max_fds, restart, restart_limit, restart_backoff, sql
      "
    `))
  it('as a dotted key', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nsql.statment_field = "q"')).toMatchInlineSnapshot(`
    "s.toml:3:5: error: unknown key \`statment_field\`; did you mean \`statement_field\`?
      3 | sql.statment_field = "q"
        |     ^^^^^^^^^^^^^^
    "
  `))
  it('the empty one', () =>
    expect(errorsOf('"" = 1')).toMatchInlineSnapshot(`
      "s.toml:1:1: error: unknown key \`""\`
        1 | "" = 1
          | ^^
        hint: known here: name, chain, root, smokes, data, secrets, defaults, daemons, config, doctor
      "
    `))
  it('in a table array', () =>
    expect(errorsOf('[[defaults]]\ncwd = "x"')).toMatchInlineSnapshot(`
    "s.toml:1:3: error: \`defaults\` must be a table, not a list
      1 | [[defaults]]
        |   ^^^^^^^^
      hint: e.g. defaults = { ready_timeout = "30s" }
    "
  `))
})

describe('wrong types', () => {
  it('a number for a duration', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nready_timeout = 15')).toMatchInlineSnapshot(`
    "s.toml:3:17: error: \`ready_timeout\` must be a string, not a whole number
      3 | ready_timeout = 15
        |                 ^^
      hint: e.g. ready_timeout = "30s"
    "
  `))
  it('a string for a list', () =>
    expect(errorsOf('[daemons.a]\ncommand = "node main.ts"')).toMatchInlineSnapshot(`
    "s.toml:2:11: error: \`command\` must be a list of strings, not a string
      2 | command = "node main.ts"
        |           ^^^^^^^^^^^^^^
      hint: e.g. command = ["./bin/api", "--listen", "{bind}"]
    "
  `))
  it('a list for a table', () =>
    expect(errorsOf('[daemons]\na = ["x"]')).toMatchInlineSnapshot(`
    "s.toml:2:5: error: \`a\` must be a table, not a list
      2 | a = ["x"]
        |     ^^^^^
    "
  `))
  it('daemons as a list', () =>
    expect(errorsOf('[[daemons]]\nname = "a"')).toMatchInlineSnapshot(`
    "s.toml:1:3: error: \`daemons\` must be a table, not a list
      1 | [[daemons]]
        |   ^^^^^^^
      hint: e.g. daemons = { api = { command = ["./bin/api"] } }
    "
  `))
  it('a number in a list of strings', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x", "--port", 80]')).toMatchInlineSnapshot(`
      "s.toml:2:27: error: \`command[2]\` must be a string, not a whole number
        2 | command = ["x", "--port", 80]
          |                           ^^
        hint: write "80"
      "
    `))
  it('a number in the environment', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nenv = { PORT = 8080 }')).toMatchInlineSnapshot(`
      "s.toml:3:16: error: \`PORT\` must be a string, not a whole number
        3 | env = { PORT = 8080 }
          |                ^^^^
        hint: write "8080"
      "
    `))
  it('a word for a boolean', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nexpose = "yes"')).toMatchInlineSnapshot(`
    "s.toml:3:10: error: \`expose\` must be true or false, not a string
      3 | expose = "yes"
        |          ^^^^^
      hint: e.g. expose = true
    "
  `))
  it('a date', () =>
    expect(errorsOf('name = 2020-01-01')).toMatchInlineSnapshot(`
    "s.toml:1:8: error: \`name\` must be a string, not a date or time
      1 | name = 2020-01-01
        |        ^^^^^^^^^^
      hint: e.g. name = "dev"
    "
  `))
  it('a fraction', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nready.fd = 3.5')).toMatchInlineSnapshot(`
      "s.toml:3:12: error: \`fd\` must be a whole number, not a fraction
        3 | ready.fd = 3.5
          |            ^^^
        hint: e.g. fd = 3
      "
    `))
  it('infinity', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nready.fd = inf')).toMatchInlineSnapshot(`
      "s.toml:3:12: error: \`fd\` must be a whole number, not infinity
        3 | ready.fd = inf
          |            ^^^
        hint: e.g. fd = 3
      "
    `))
  it('false, where only true makes sense', () =>
    expect(
      errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:0"\nready.tcp = false'),
    ).toMatchInlineSnapshot(`
    "s.toml:4:13: error: \`tcp\` must be true, a string, or a table, not a boolean
      4 | ready.tcp = false
        |             ^^^^^
      hint: e.g. tcp = true
    "
  `))
  it('a list for a probe', () =>
    expect(
      errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:0"\nready.http = ["/a", "/b"]'),
    ).toMatchInlineSnapshot(`
    "s.toml:4:14: error: \`http\` must be a string or a table, not a list
      4 | ready.http = ["/a", "/b"]
        |              ^^^^^^^^^^^^
      hint: e.g. http = "/health"
    "
  `))
  it('a status that is none', () =>
    expect(
      errorsOf(
        '[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:0"\nready.http = { path = "/", status = 99 }',
      ),
    ).toMatchInlineSnapshot(`
    "s.toml:4:37: error: \`status\` must be from 100 to 599
      4 | ready.http = { path = "/", status = 99 }
        |                                     ^^
    "
  `))
  it('a huge whole number', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nready.fd = 9007199254740993')).toMatchInlineSnapshot(`
      "s.toml:3:12: error: \`fd\` must be a whole number, not a number beyond 2^53
        3 | ready.fd = 9007199254740993
          |            ^^^^^^^^^^^^^^^^
        hint: e.g. fd = 3
      "
    `))
})

describe('missing keys', () => {
  it('a daemon without a command', () =>
    expect(errorsOf('[daemons.a]\nbind = "127.0.0.1:0"')).toMatchInlineSnapshot(`
    "s.toml:1:10: error: \`a\` has no \`command\`
      1 | [daemons.a]
        |          ^
      hint: e.g. command = ["./bin/api", "--listen", "{bind}"]
    "
  `))
  it('a table of SQL without a statement', () =>
    expect(
      errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:0"\nready.sql = { expect = 1 }'),
    ).toMatchInlineSnapshot(`
    "s.toml:4:7: error: \`sql\` has no \`statement\`
      4 | ready.sql = { expect = 1 }
        |       ^^^
      hint: e.g. statement = "SELECT 1"
    "
  `))
})
