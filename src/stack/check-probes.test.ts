/** What people read when a probe does not fit its daemon. */
import { describe, expect, it } from 'vitest'
import { errorsOf } from './rig.ts'

describe('probes', () => {
  it('a path without a socket', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nready.http = "/health"')).toMatchInlineSnapshot(`
    "s.toml:3:7: error: \`http\` asks the daemon's own socket, but daemon \`a\` has no bind
      3 | ready.http = "/health"
        |       ^^^^
      hint: give it one: bind = "127.0.0.1:0"
    "
  `))
  it('SQL without a socket', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nready.sql = "SELECT 1"')).toMatchInlineSnapshot(`
    "s.toml:3:7: error: \`sql\` asks the daemon's own socket, but daemon \`a\` has no bind
      3 | ready.sql = "SELECT 1"
        |       ^^^
      hint: give it one: bind = "127.0.0.1:0"
    "
  `))
  it('TCP without a socket', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nalive.tcp = true')).toMatchInlineSnapshot(`
    "s.toml:3:7: error: \`tcp\` asks the daemon's own socket, but daemon \`a\` has no bind
      3 | alive.tcp = true
        |       ^^^
      hint: give it one: bind = "127.0.0.1:0"
    "
  `))
  it('a bind that is not there', () =>
    expect(
      errorsOf(
        '[daemons.a]\ncommand = ["x"]\nbinds = { http = "127.0.0.1:0" }\nready.http = { path = "/", bind = "htp" }',
      ),
    ).toMatchInlineSnapshot(`
    "s.toml:4:35: error: daemon \`a\` has no bind \`htp\`; did you mean \`http\`?
      4 | ready.http = { path = "/", bind = "htp" }
        |                                   ^^^^^
      hint: its binds: http
    "
  `))
  it('path and URL', () =>
    expect(
      errorsOf(
        '[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:0"\nready.http = { path = "/", url = "http://127.0.0.1/" }',
      ),
    ).toMatchInlineSnapshot(`
    "s.toml:4:28: error: \`url\` and \`path\` exclude each other
      4 | ready.http = { path = "/", url = "http://127.0.0.1/" }
        |                            ^^^
      s.toml:4:16: \`path\` is here
      4 | ready.http = { path = "/", url = "http://127.0.0.1/" }
        |                ----
    "
  `))
  it('neither path nor URL', () =>
    expect(
      errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:0"\nready.http = { status = 204 }'),
    ).toMatchInlineSnapshot(`
    "s.toml:4:14: error: \`http\` has neither \`path\` nor \`url\`
      4 | ready.http = { status = 204 }
        |              ^^^^^^^^^^^^^^^^
      hint: e.g. { path = "/health", status = 204 }
    "
  `))
  it('a URL for a path', () =>
    expect(
      errorsOf(
        '[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:0"\nready.http = { path = "http://127.0.0.1/x" }',
      ),
    ).toMatchInlineSnapshot(`
    "s.toml:4:23: error: \`path\` must begin with \`/\`
      4 | ready.http = { path = "http://127.0.0.1/x" }
        |                       ^^^^^^^^^^^^^^^^^^^^
      hint: a whole URL is \`url\`
    "
  `))
  it('a path for a URL', () =>
    expect(
      errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:0"\nready.http = { url = "/x" }'),
    ).toMatchInlineSnapshot(`
    "s.toml:4:22: error: \`url\` must be a whole URL
      4 | ready.http = { url = "/x" }
        |                      ^^^^
      hint: a path on the own socket is \`path\`
    "
  `))
  it('an empty table', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nready = {}')).toMatchInlineSnapshot(`
    "s.toml:3:9: error: \`ready\` asks nothing
      3 | ready = {}
        |         ^^
      hint: e.g. { http = "/health" }
    "
  `))
  it('alive by a log line', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\nalive = { log = "x", fd = 3 }')).toMatchInlineSnapshot(`
    "s.toml:3:11: error: \`log\` says that something has happened, not that it still holds
      3 | alive = { log = "x", fd = 3 }
        |           ^^^
      hint: \`alive\` takes http, tcp, sql, command, file and socket

    s.toml:3:22: error: \`fd\` says that something has happened, not that it still holds
      3 | alive = { log = "x", fd = 3 }
        |                      ^^
      hint: \`alive\` takes http, tcp, sql, command, file and socket
    "
  `))
  it('target and bind', () =>
    expect(
      errorsOf(
        '[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:0"\nready.tcp = { target = "127.0.0.1:1", bind = "main" }',
      ),
    ).toMatchInlineSnapshot(`
    "s.toml:4:15: error: \`target\` and \`bind\` exclude each other
      4 | ready.tcp = { target = "127.0.0.1:1", bind = "main" }
        |               ^^^^^^
      s.toml:4:39: \`bind\` is here
      4 | ready.tcp = { target = "127.0.0.1:1", bind = "main" }
        |                                       ----
    "
  `))
})
