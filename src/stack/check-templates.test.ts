/** What people read when a placeholder is wrong. */
import { describe, expect, it } from 'vitest'
import { errorsOf } from './rig.ts'

describe('placeholders', () => {
  it('misspelt', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x", "{bnd}"]\nbind = "127.0.0.1:0"')).toMatchInlineSnapshot(`
      "s.toml:2:18: error: unknown placeholder \`{bnd}\`; did you mean \`{bind}\`?
        2 | command = ["x", "{bnd}"]
          |                  ^^^^^
        hint: there are {root} {data} {config} {bind} {port} {bind.NAME} {port.NAME} {url.NAME} {env.VAR}; write {{ and }} for literal braces
      "
    `))
  it('misspelt, with a name', () =>
    expect(
      errorsOf('[daemons.a]\ncommand = ["x", "{bindd.a}"]\nbind = "127.0.0.1:0"'),
    ).toMatchInlineSnapshot(`
      "s.toml:2:18: error: unknown placeholder \`{bindd.a}\`; did you mean \`{bind.a}\`?
        2 | command = ["x", "{bindd.a}"]
          |                  ^^^^^^^^^
        hint: there are {root} {data} {config} {bind} {port} {bind.NAME} {port.NAME} {url.NAME} {env.VAR}; write {{ and }} for literal braces
      "
    `))
  it('unknown', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x", "{nonsense}"]')).toMatchInlineSnapshot(`
      "s.toml:2:18: error: unknown placeholder \`{nonsense}\`
        2 | command = ["x", "{nonsense}"]
          |                  ^^^^^^^^^^
        hint: there are {root} {data} {config} {bind} {port} {bind.NAME} {port.NAME} {url.NAME} {env.VAR}; write {{ and }} for literal braces
      "
    `))
  it('a daemon that is not there', () =>
    expect(
      errorsOf('[daemons.storaged]\ncommand = ["x", "{url.storagd}"]\nbind = "127.0.0.1:0"'),
    ).toMatchInlineSnapshot(`
    "s.toml:2:18: error: \`{url.storagd}\` names no daemon or own bind; did you mean \`{url.storaged}\`?
      2 | command = ["x", "{url.storagd}"]
        |                  ^^^^^^^^^^^^^
    "
  `))
  it('a bind that is not there', () =>
    expect(
      errorsOf(
        '[daemons.a]\ncommand = ["x", "{port.a.admn}"]\nbinds = { http = "127.0.0.1:0", admin = "127.0.0.1:0" }',
      ),
    ).toMatchInlineSnapshot(`
    "s.toml:2:18: error: \`{port.a.admn}\`: daemon \`a\` has no bind \`admn\`; did you mean \`{port.a.admin}\`?
      2 | command = ["x", "{port.a.admn}"]
        |                  ^^^^^^^^^^^^^
      hint: its binds: http, admin
    "
  `))
  it('a bind of another daemon, without its name', () =>
    expect(
      errorsOf(
        '[daemons.a]\ncommand = ["x"]\nbinds = { admin = "127.0.0.1:0" }\n[daemons.b]\ncommand = ["{bind.admin}"]',
      ),
    ).toMatchInlineSnapshot(`
    "s.toml:5:13: error: \`{bind.admin}\` names no daemon or own bind
      5 | command = ["{bind.admin}"]
        |             ^^^^^^^^^^^^
    "
  `))
  it('own bind without one', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x", "{bind}", "{port}"]')).toMatchInlineSnapshot(`
    "s.toml:2:18: error: \`{bind}\`: daemon \`a\` has no bind
      2 | command = ["x", "{bind}", "{port}"]
        |                  ^^^^^^
      hint: give it one: bind = "127.0.0.1:0"

    s.toml:2:28: error: \`{port}\`: daemon \`a\` has no bind
      2 | command = ["x", "{bind}", "{port}"]
        |                            ^^^^^^
      hint: give it one: bind = "127.0.0.1:0"
    "
  `))
  it('bind of a daemon without one', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\n[config]\nx = "{bind.a}"')).toMatchInlineSnapshot(`
    "s.toml:4:6: error: \`{bind.a}\`: daemon \`a\` has no bind
      4 | x = "{bind.a}"
        |      ^^^^^^^^
    "
  `))
  it('own bind in [config]', () =>
    expect(
      errorsOf('[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:0"\n[config.a]\nx = ["{bind}"]'),
    ).toMatchInlineSnapshot(`
    "s.toml:5:7: error: \`{bind}\` stands for a daemon's own socket; here no daemon speaks
      5 | x = ["{bind}"]
        |       ^^^^^^
      hint: name the daemon: {bind.NAME}
    "
  `))
  it('no [config] to hand over', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x", "{config}"]')).toMatchInlineSnapshot(`
    "s.toml:2:18: error: \`{config}\`: the file has no [config] to hand over
      2 | command = ["x", "{config}"]
        |                  ^^^^^^^^
    "
  `))
  it('a name is missing', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x", "{url}", "{env}", "{env.}"]')).toMatchInlineSnapshot(`
    "s.toml:2:18: error: unknown placeholder \`{url}\`
      2 | command = ["x", "{url}", "{env}", "{env.}"]
        |                  ^^^^^
      hint: \`url\` takes a name: {url.NAME}

    s.toml:2:27: error: unknown placeholder \`{env}\`
      2 | command = ["x", "{url}", "{env}", "{env.}"]
        |                           ^^^^^
      hint: \`env\` takes a name: {env.VAR}

    s.toml:2:36: error: unknown placeholder \`{env.}\`
      2 | command = ["x", "{url}", "{env}", "{env.}"]
        |                                    ^^^^^^
      hint: \`env\` takes a name: {env.VAR}
    "
  `))
  it('a single brace', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x", "{", "a}b"]')).toMatchInlineSnapshot(`
    "s.toml:2:18: error: a single \`{\`
      2 | command = ["x", "{", "a}b"]
        |                  ^
      hint: write {{ and }} for literal braces

    s.toml:2:24: error: a single \`}\`
      2 | command = ["x", "{", "a}b"]
        |                        ^
      hint: write {{ and }} for literal braces
    "
  `))
  it('JSON', () =>
    expect(errorsOf("[daemons.a]\ncommand = ['x', '{\"a\": 1}']")).toMatchInlineSnapshot(`
      "s.toml:2:18: error: unknown placeholder \`{"a": 1}\`
        2 | command = ['x', '{"a": 1}']
          |                  ^^^^^^^^
        hint: there are {root} {data} {config} {bind} {port} {bind.NAME} {port.NAME} {url.NAME} {env.VAR}; write {{ and }} for literal braces
      "
    `))
  it('a variable that is no name', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x", "{env.A-B}"]')).toMatchInlineSnapshot(`
    "s.toml:2:18: error: unknown placeholder \`{env.A-B}\`
      2 | command = ["x", "{env.A-B}"]
        |                  ^^^^^^^^^
      hint: \`env\` takes a name: {env.VAR}
    "
  `))
  it('a default, once for all daemons', () =>
    expect(
      errorsOf(
        '[defaults]\nenv = { A = "{confg}", B = "{bind}" }\n[daemons.a]\ncommand = ["x"]\n[daemons.b]\ncommand = ["x"]',
      ),
    ).toMatchInlineSnapshot(`
      "s.toml:2:14: error: unknown placeholder \`{confg}\`; did you mean \`{config}\`?
        2 | env = { A = "{confg}", B = "{bind}" }
          |              ^^^^^^^
        hint: there are {root} {data} {config} {bind} {port} {bind.NAME} {port.NAME} {url.NAME} {env.VAR}; write {{ and }} for literal braces

      s.toml:2:29: error: \`{bind}\`: daemon \`a\` has no bind
        2 | env = { A = "{confg}", B = "{bind}" }
          |                             ^^^^^^
        hint: give it one: bind = "127.0.0.1:0"
      "
    `))
  it('the second of two', () =>
    expect(errorsOf('[daemons.a]\ncommand = ["x"]\ncwd = "{root}/日本/{data}/{dta}"')).toMatchInlineSnapshot(`
      "s.toml:3:25: error: unknown placeholder \`{dta}\`; did you mean \`{data}\`?
        3 | cwd = "{root}/日本/{data}/{dta}"
          |                           ^^^^^
        hint: there are {root} {data} {config} {bind} {port} {bind.NAME} {port.NAME} {url.NAME} {env.VAR}; write {{ and }} for literal braces
      "
    `))
})
