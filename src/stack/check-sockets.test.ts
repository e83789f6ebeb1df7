/** What people read when a socket is wrong. */
import { describe, expect, it } from 'vitest'
import { errorsOf } from './rig.ts'

describe('addresses', () => {
  it('no host', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "3110"')).toMatchInlineSnapshot(`
    "s.toml:3:8: error: \`bind\`: "3110" is no address: the host is missing
      3 | bind = "3110"
        |        ^^^^^^
      hint: write "127.0.0.1:3110"
    "
  `))
  it('no port', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1"')).toMatchInlineSnapshot(`
    "s.toml:3:8: error: \`bind\`: "127.0.0.1" is not host:port
      3 | bind = "127.0.0.1"
        |        ^^^^^^^^^^^
      hint: e.g. "127.0.0.1:0" (0: a free port), "127.0.0.1:8080" or "[::1]:8080"
    "
  `))
  it('a port too large', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:70000"')).toMatchInlineSnapshot(`
    "s.toml:3:8: error: \`bind\`: "70000" is no port: ports are whole numbers from 0 to 65535
      3 | bind = "127.0.0.1:70000"
        |        ^^^^^^^^^^^^^^^^^
      hint: e.g. "127.0.0.1:0" (0: a free port), "127.0.0.1:8080" or "[::1]:8080"
    "
  `))
  it('a port that is none', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:http"')).toMatchInlineSnapshot(`
    "s.toml:3:8: error: \`bind\`: "http" is no port: ports are whole numbers from 0 to 65535
      3 | bind = "127.0.0.1:http"
        |        ^^^^^^^^^^^^^^^^
      hint: e.g. "127.0.0.1:0" (0: a free port), "127.0.0.1:8080" or "[::1]:8080"
    "
  `))
  it('IPv6 without brackets', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "::1:8080"')).toMatchInlineSnapshot(`
    "s.toml:3:8: error: \`bind\`: "::1:8080": an IPv6 address stands in brackets
      3 | bind = "::1:8080"
        |        ^^^^^^^^^^
      hint: e.g. "[::1]:0"
    "
  `))
  it('a name', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "db.example.org:5432"')).toMatchInlineSnapshot(`
    "s.toml:3:8: error: \`bind\`: "db.example.org" is no host to bind: write an IP address or localhost
      3 | bind = "db.example.org:5432"
        |        ^^^^^^^^^^^^^^^^^^^^^
      hint: e.g. "127.0.0.1:0" (0: a free port), "127.0.0.1:8080" or "[::1]:8080"
    "
  `))
  it('half an IP address', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "127.0.1:80"')).toMatchInlineSnapshot(`
    "s.toml:3:8: error: \`bind\`: "127.0.1" is no host to bind: write an IP address or localhost
      3 | bind = "127.0.1:80"
        |        ^^^^^^^^^^^^
      hint: e.g. "127.0.0.1:0" (0: a free port), "127.0.0.1:8080" or "[::1]:8080"
    "
  `))
  it('bad IPv6', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "[::g]:80"')).toMatchInlineSnapshot(`
    "s.toml:3:8: error: \`bind\`: "::g" is no host to bind: write an IP address or localhost
      3 | bind = "[::g]:80"
        |        ^^^^^^^^^^
      hint: e.g. "127.0.0.1:0" (0: a free port), "127.0.0.1:8080" or "[::1]:8080"
    "
  `))
  it('a placeholder', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "{env.HOST}:0"')).toMatchInlineSnapshot(`
    "s.toml:3:8: error: \`bind\`: "{env.HOST}:0" holds a placeholder; an address is written out
      3 | bind = "{env.HOST}:0"
        |        ^^^^^^^^^^^^^^
      hint: e.g. "127.0.0.1:0" (0: a free port), "127.0.0.1:8080" or "[::1]:8080"
    "
  `))
  it('exposed without saying so', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "0.0.0.0:80"')).toMatchInlineSnapshot(`
    "s.toml:3:8: error: 0.0.0.0 can be reached from other machines
      3 | bind = "0.0.0.0:80"
        |        ^^^^^^^^^^^^
      hint: bind 127.0.0.1 or [::1], or say \`expose = true\`
    "
  `))
})

describe('declarations', () => {
  it('both forms', () =>
    expect(
      errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:0"\nbinds = { http = "127.0.0.1:0" }'),
    ).toMatchInlineSnapshot(`
    "s.toml:4:1: error: daemon \`a\` has both \`bind\` and \`binds\`
      4 | binds = { http = "127.0.0.1:0" }
        | ^^^^^
      hint: put the one socket among the others: binds = { main = "…", … }
      s.toml:3:1: \`bind\` is here
      3 | bind = "127.0.0.1:0"
        | ----
    "
  `))
  it('none in the table', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nbinds = {}')).toMatchInlineSnapshot(`
    "s.toml:3:9: error: \`binds\` names no socket
      3 | binds = {}
        |         ^^
      hint: leave it out of a daemon that binds none
    "
  `))
  it('named as a daemon', () =>
    expect(
      errorsOf('[daemons.a]\ncommand = ["x"]\n[daemons.b]\ncommand = ["x"]\nbinds = { a = "127.0.0.1:0" }'),
    ).toMatchInlineSnapshot(`
    "s.toml:5:11: error: bind \`a\` has the name of a daemon: {bind.a} would mean both
      5 | binds = { a = "127.0.0.1:0" }
        |           ^
      s.toml:1:10: the daemon
      1 | [daemons.a]
        |          -
    "
  `))
  it('a bad name', () =>
    expect(
      errorsOf('[daemons.a]\ncommand = ["x"]\nbinds = { "a.b" = "127.0.0.1:0" }'),
    ).toMatchInlineSnapshot(`
    "s.toml:3:11: error: "a.b" is no name
      3 | binds = { "a.b" = "127.0.0.1:0" }
        |           ^^^^^
      hint: letters, digits, \`-\` and \`_\`, beginning with a letter or digit, at most 64; not digits alone
    "
  `))
})

describe('two for one socket', () => {
  it('two daemons', () =>
    expect(
      errorsOf(
        '[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:3110"\n[daemons.b]\ncommand = ["x"]\nbind = "127.0.0.1:3110"',
      ),
    ).toMatchInlineSnapshot(`
    "s.toml:6:8: error: daemon \`a\` binds port 3110, too
      6 | bind = "127.0.0.1:3110"
        |        ^^^^^^^^^^^^^^^^
      hint: port 0 takes a free one for each run
      s.toml:3:8: bound first here
      3 | bind = "127.0.0.1:3110"
        |        ----------------
    "
  `))
  it('one daemon', () =>
    expect(
      errorsOf('[daemons.a]\ncommand = ["x"]\nbinds = { http = "127.0.0.1:80", admin = "localhost:80" }'),
    ).toMatchInlineSnapshot(`
    "s.toml:3:42: error: \`http\` of the same daemon binds port 80, too
      3 | binds = { http = "127.0.0.1:80", admin = "localhost:80" }
        |                                          ^^^^^^^^^^^^^^
      hint: port 0 takes a free one for each run
      s.toml:3:18: bound first here
      3 | binds = { http = "127.0.0.1:80", admin = "localhost:80" }
        |                  --------------
    "
  `))
  it('a wildcard', () =>
    expect(
      errorsOf(
        '[daemons.a]\ncommand = ["x"]\nbind = "0.0.0.0:80"\nexpose = true\n[daemons.b]\ncommand = ["x"]\nbind = "127.0.0.1:80"',
      ),
    ).toMatchInlineSnapshot(`
    "s.toml:7:8: error: daemon \`a\` binds port 80, too
      7 | bind = "127.0.0.1:80"
        |        ^^^^^^^^^^^^^^
      hint: port 0 takes a free one for each run
      s.toml:3:8: bound first here
      3 | bind = "0.0.0.0:80"
        |        ------------
    "
  `))
})
