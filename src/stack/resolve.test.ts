import { describe, expect, it } from 'vitest'
import { renderDiagnostics } from './diagnostic.ts'
import { type ResolvedStack, resolveStack } from './resolve.ts'
import { stackOf } from './rig.ts'

const PORTS = new Map([
  ['a', new Map([['main', 4001]])],
  ['b', new Map([['http', 4002]])],
])

function attempt(text: string, env: NodeJS.ProcessEnv = {}) {
  return resolveStack(stackOf(text), {
    ports: PORTS,
    dataDir: '/run/data',
    configPath: '/run/config.toml',
    env,
  })
}

function resolved(text: string, env: NodeJS.ProcessEnv = {}): ResolvedStack {
  const result = attempt(text, env)
  if (!result.ok) throw new Error(renderDiagnostics(result.error))
  return result.value
}

function errorsOf(text: string, env: NodeJS.ProcessEnv = {}): string {
  const result = attempt(text, env)
  if (result.ok) throw new Error('everything was filled in')
  return renderDiagnostics(result.error, { cwd: '/project/stacks' })
}

const A = '[daemons.a]\ncommand = ["x"]\nbind = "127.0.0.1:0"\n'
const B = '[daemons.b]\ncommand = ["x"]\nbinds = { http = "127.0.0.1:0", admin = "[::1]:8080" }\n'

describe('placeholders', () => {
  const fill = (template: string, env: NodeJS.ProcessEnv = {}) =>
    resolved(`${A}${B}env = { V = '${template}' }\n[config]\nx = 1`, env).daemons.get('b')?.env['V']

  it.each([
    ['{root}', '/project'],
    ['{data}/objects', '/run/data/objects'],
    ['{config}', '/run/config.toml'],
    ['{bind}', '127.0.0.1:4002'],
    ['{port}', '4002'],
    ['{bind.b}', '127.0.0.1:4002'],
    ['{bind.admin}', '[::1]:8080'],
    ['{port.b.admin}', '8080'],
    ['{url.admin}', 'http://[::1]:8080'],
    ['{url.a}/v1?x={port.a}', 'http://127.0.0.1:4001/v1?x=4001'],
    ['{bind.a.main}', '127.0.0.1:4001'],
    ['{{bind}} {{{port}}}', '{bind} {4002}'],
    ['{{}}', '{}'],
    ['$HOME %PATH% `ls`', '$HOME %PATH% `ls`'],
    ['', ''],
  ])('%s → %s', (template, value) => expect(fill(template)).toBe(value))

  it('reads variables, even empty ones, and does not read placeholders inside of them', () =>
    expect(fill('{env.A}|{env.B}', { A: '', B: '{data}' })).toBe('|{data}'))
  it('reaches a wildcard over loopback, and hands it over as it is', () => {
    const text =
      '[daemons.a]\ncommand = ["{bind}", "{url.a}"]\nbind = "0.0.0.0:80"\nexpose = true\n[daemons.b]\ncommand = ["{bind}", "{url.b}"]\nbind = "[::]:81"\nexpose = true'
    const { daemons } = resolveOrThrow(text)
    expect(daemons.get('a')?.command).toEqual(['0.0.0.0:80', 'http://127.0.0.1:80'])
    expect(daemons.get('b')?.command).toEqual(['[::]:81', 'http://[::1]:81'])
  })
})

function resolveOrThrow(text: string): ResolvedStack {
  const result = resolveStack(stackOf(text), { ports: new Map(), dataDir: '/d', configPath: '/c', env: {} })
  if (!result.ok) throw new Error(renderDiagnostics(result.error))
  return result.value
}

describe('a daemon', () => {
  it('has real ports, an absolute folder, and filled probes', () => {
    const daemon = resolved(`${A}cwd = "services/{port}"
[daemons.a.ready]
http = "/x?{port}"
tcp = "{bind}"
sql = { statement = "SELECT '{data}'", url = "postgres://{bind}/x" }
log = '\\d{3}'
fd = 3
command = ["p", "{port}"]
file = "{data}/f"
socket = "{data}/s"`).daemons.get('a')
    expect(daemon?.binds).toEqual([{ name: 'main', host: '127.0.0.1', port: 4001 }])
    expect(daemon?.cwd).toBe('/project/services/4001')
    expect(daemon?.ready).toEqual(
      expect.arrayContaining([
        { kind: 'http', target: '/x?4001', status: 200 },
        { kind: 'tcp', target: '127.0.0.1:4001' },
        { kind: 'sql', statement: "SELECT '{data}'", url: 'postgres://127.0.0.1:4001/x' },
        { kind: 'log', pattern: '\\d{3}' },
        { kind: 'fd', fd: 3 },
        { kind: 'command', command: ['p', '4001'] },
        { kind: 'file', path: '/run/data/f' },
        { kind: 'socket', path: '/run/data/s' },
      ]),
    )
  })
  it('keeps a fixed port', () =>
    expect(resolved(`${A}${B}`).daemons.get('b')?.binds[1]).toEqual({
      name: 'admin',
      host: '::1',
      port: 8080,
    }))
  it('takes a default for itself', () => {
    const { daemons } = resolved(`[defaults]\nenv = { ME = "{bind}" }\n${A}${B}`)
    expect([...daemons.values()].map((daemon) => daemon.env['ME'])).toEqual([
      '127.0.0.1:4001',
      '127.0.0.1:4002',
    ])
  })
  it('without its leased port is a bug', () =>
    expect(() => resolveOrThrow(A)).toThrow('no port leased for bind main of daemon a'))
})

describe('[config]', () => {
  it('is rendered with placeholders filled in, types kept', () =>
    expect(
      resolved(
        `${A}[config.a]\nbind = "{bind.a}"\nlist = ["{data}", 1, 1.0, 1979-05-27]\nsub = { x = "{{}}" }`,
      ).configText,
    ).toMatchInlineSnapshot(`
      "[a]
      bind = "127.0.0.1:4001"
      list = ["/run/data", 1, 1.0, 1979-05-27]

      [a.sub]
      x = "{}"
      "
    `))
  it('is not there when the file has none', () => expect(resolved(A).configText).toBeUndefined())
})

describe('secrets', () => {
  it('hold what comes from variables, by the name of the variable, the key or the mark', () => {
    const text = `secrets = ["config.x"]\n${A}env = { PASSWORD = "{env.P}", PLAIN = "{env.Q}" }\n[config]\nx = "{env.X}-1"\ny = "pre {env.MY_TOKEN}"`
    const { secrets } = resolved(text, { P: 'pass-p', Q: 'plain-q', X: 'xxxx', MY_TOKEN: 'tok-tok' })
    expect([...secrets].toSorted()).toEqual(['pass-p', 'tok-tok', 'xxxx-1'])
  })
})

describe('a variable that is not set', () => {
  it('is an error at each place', () =>
    expect(
      errorsOf(
        `[defaults]\nenv = { D = "{env.NOPE}" }\n${A}${B}env.E = "日本 {env.SET} {env.GONE}"\n[config.z]\nq = ["{env.LOST}"]`,
        {
          SET: 'x',
        },
      ),
    ).toMatchInlineSnapshot(`
      "s.toml:2:14: error: the environment variable \`NOPE\` is not set
        2 | env = { D = "{env.NOPE}" }
          |              ^^^^^^^^^^
        hint: set it for this command: NOPE=… smokechain …

      s.toml:9:23: error: the environment variable \`GONE\` is not set
        9 | env.E = "日本 {env.SET} {env.GONE}"
          |                         ^^^^^^^^^^
        hint: set it for this command: GONE=… smokechain …

      s.toml:11:7: error: the environment variable \`LOST\` is not set
        11 | q = ["{env.LOST}"]
           |       ^^^^^^^^^^
        hint: set it for this command: LOST=… smokechain …
      "
    `))
  it('is not found on Object.prototype', () =>
    expect(errorsOf('[config]\nq = "{env.constructor}"')).toContain('`constructor` is not set'))
})
