import { describe, expect, it } from 'vitest'
import { messagesOf, stackOf } from './rig.ts'

const FULL = `
name   = "dev"
chain  = ["d1", "g1p"]
smokes = "checks"
secrets = ["config.storaged.pin"]

[defaults]
ready_timeout = "30s"
max_rss       = "512MiB"
max_cpu       = "20s"
max_fds       = 256
env           = { LEVEL = "info", TRACE = "0" }
sql           = { path = "/query", rows_field = "data" }

[daemons.storaged]
command = ["node", "main.ts", "{config}"]
bind    = "127.0.0.1:0"
ready   = { http = "/health" }

[daemons.queryd]
command = ["node", "query.ts"]
cwd     = "services"
binds   = { http = "127.0.0.1:0", admin = "[::1]:8080" }
needs   = ["storaged"]
alive   = { http = { path = "/live", status = 204, bind = "admin" } }
env     = { TRACE = "1" }
sql     = { rows_field = "rows" }
ready_timeout = "1.5m"
stop_grace    = "250ms"
max_rss       = "1GiB"
max_cpu       = "1.5m"
max_fds       = 1000

[daemons.queryd.ready]
tcp     = true
sql     = { statement = "SELECT 1", expect = 1 }
log     = 'ready in \\d{1,3} ms'
fd      = 3
command = ["true", "{port.admin}"]
file    = "{data}/ready"
socket  = "{data}/q.sock"
http    = { url = "{url.storaged}/x", json = { status = "ok", n = [1, 2.5] } }

[config.storaged]
bind = "{bind.storaged}"
pin = 1234
big = 9223372036854775807
`

describe('a whole file', () => {
  const stack = stackOf(FULL)

  it('has absolute folders', () => {
    expect(stack).toMatchObject({
      name: 'dev',
      file: '/project/stacks/s.toml',
      root: '/project',
      smokes: '/project/checks',
      chain: ['d1', 'g1p'],
    })
    expect([...stack.daemons.keys()]).toEqual(['storaged', 'queryd'])
  })

  it('gives a daemon the defaults', () =>
    expect(stack.daemons.get('storaged')).toEqual({
      name: 'storaged',
      command: ['node', 'main.ts', '{config}'],
      cwd: '{root}',
      env: { LEVEL: 'info', TRACE: '0' },
      binds: [{ name: 'main', host: '127.0.0.1', port: 0 }],
      needs: [],
      ready: [{ kind: 'http', target: '/health', status: 200 }],
      alive: [],
      readyTimeoutMs: 30_000,
      stopGraceMs: 5_000,
      maxRssBytes: 536_870_912,
      maxCpuMs: 20_000,
      maxFds: 256,
      expose: false,
      sql: { path: '/query', statementField: 'sql', rowsField: 'data', columnsField: 'columns' },
    }))

  it('lets a daemon say otherwise', () =>
    expect(stack.daemons.get('queryd')).toMatchObject({
      cwd: 'services',
      env: { LEVEL: 'info', TRACE: '1' },
      binds: [
        { name: 'http', host: '127.0.0.1', port: 0 },
        { name: 'admin', host: '::1', port: 8080 },
      ],
      needs: ['storaged'],
      alive: [{ kind: 'http', target: '/live', status: 204, bind: 'admin' }],
      readyTimeoutMs: 90_000,
      stopGraceMs: 250,
      maxRssBytes: 1_073_741_824,
      maxCpuMs: 90_000,
      maxFds: 1_000,
      sql: { path: '/query', rowsField: 'rows' },
    }))

  it('knows every kind of probe', () =>
    expect(stack.daemons.get('queryd')?.ready.toSorted((a, b) => (a.kind < b.kind ? -1 : 1))).toEqual([
      { kind: 'command', command: ['true', '{port.admin}'] },
      { kind: 'fd', fd: 3 },
      { kind: 'file', path: '{data}/ready' },
      { kind: 'http', target: '{url.storaged}/x', status: 200, json: { status: 'ok', n: [1, 2.5] } },
      { kind: 'log', pattern: 'ready in \\d{1,3} ms' },
      { kind: 'socket', path: '{data}/q.sock' },
      { kind: 'sql', statement: 'SELECT 1', expect: 1 },
      { kind: 'tcp' },
    ]))

  it('keeps the configuration exact, and its secrets apart', () => {
    expect(stack.config?.['storaged']).toEqual({
      bind: '{bind.storaged}',
      pin: 1234n,
      big: 9_223_372_036_854_775_807n,
    })
    expect(stack.secrets).toEqual(['1234'])
  })
})

describe('small files', () => {
  it('may have only a name', () =>
    expect(stackOf('name = "x"')).toMatchObject({
      name: 'x',
      chain: [],
      daemons: new Map(),
      config: undefined,
    }))
  it('are named after the file by default', () => expect(stackOf('chain = ["a"]').name).toBe('s'))
  it('may name another root', () =>
    expect(stackOf('root = "../../other"')).toMatchObject({ root: '/other', smokes: '/other/smokes' }))
  it('may begin with a byte order mark and end lines with CR LF', () =>
    expect(stackOf('\ufeffname = "x"\r\nchain = ["a"]\r\n').chain).toEqual(['a']))
  it('take a TCP target', () =>
    expect(
      stackOf(
        '[daemons.a]\ncommand = ["x"]\nready.tcp = "127.0.0.1:5432"\nalive.tcp = { target = "{root}" }',
      ).daemons.get('a'),
    ).toMatchObject({
      ready: [{ kind: 'tcp', target: '127.0.0.1:5432' }],
      alive: [{ kind: 'tcp', target: '{root}' }],
    }))
  it('take a database', () =>
    expect(
      stackOf(
        '[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:0"\nready.sql = { statement = "SELECT \'{}\'", url = "postgres://{bind}/x" }',
      ).daemons.get('a')?.ready,
    ).toEqual([{ kind: 'sql', statement: "SELECT '{}'", url: 'postgres://{bind}/x' }]))
  it('may bind the same port on IPv4 and IPv6', () =>
    expect(
      messagesOf('[daemons.a]\ncommand=["x"]\nbinds = { four = "127.0.0.1:80", six = "[::1]:80" }'),
    ).toEqual([]))
  it('may bind port 0 as often as they like', () =>
    expect(
      messagesOf('[daemons.a]\ncommand=["x"]\nbinds = { a1 = "127.0.0.1:0", a2 = "127.0.0.1:0" }'),
    ).toEqual([]))
})

describe('positions', () => {
  it('count lines that end in CR LF', () =>
    expect(messagesOf('name = "x"\r\n\r\nchian = 1\r\n')).toEqual([
      '3:1 unknown key `chian`; did you mean `chain`?',
    ]))
  it('count characters, not bytes or UTF-16 units', () =>
    expect(messagesOf('x = { "😀é日" = 1, name = 2 }\nname = "a" "b"')).toContainEqual(
      '2:12 nothing may follow the value on its line',
    ))
  it('stay right after a byte order mark', () =>
    expect(messagesOf('\ufeffcolour = 1')).toEqual(['1:1 unknown key `colour`']))
  it('are in the order of the file', () => {
    const lines = messagesOf(
      '[daemons.b]\nneeds = ["z"]\nbind = "x"\n[daemons.a]\nfoo = 1\nready_timeout = 3',
    ).map((message) => Number(message.split(':')[0]))
    expect(lines).toEqual(lines.toSorted((a, b) => a - b))
    expect(lines.length).toBe(6)
  })
})
