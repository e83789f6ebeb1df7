import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseStack } from '../stack/parse.ts'
import { resolveStack } from '../stack/resolve.ts'
import type { Stack } from '../stack/types.ts'
import { deriveNullStack, NULL_MODES } from './null-stack.ts'

const TEXT = `
name = "shop"
chain = ["orders"]
[daemons.db]
command = ["db", "--config", "{config}", "{env.DB_PASSWORD}"]
bind = "127.0.0.1:5432"
ready = { tcp = true, log = "ready" }
alive = { tcp = true }
max_rss = "64MiB"
max_cpu = "10ms"
max_fds = 1
env = { TOKEN = "{env.TOKEN}" }
[daemons.web]
command = ["web"]
cwd = "web"
binds = { http = "127.0.0.1:0", admin = "[::1]:0" }
needs = ["db"]
ready = { http = "/health" }
stop_grace = "9s"
[daemons.worker]
command = ["worker"]
ready = { log = "up" }
[config.db]
password = "{env.DB_PASSWORD}"
`

function load(text: string): Stack {
  const parsed = parseStack(text, '/project/stack.toml')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  return parsed.value
}

it('replaces every daemon, on leased ports of the same hosts, and asks for nothing else', () => {
  const real = load(TEXT)
  const stack = deriveNullStack(real, 'empty')
  expect([...stack.daemons.keys()]).toEqual(['db', 'web', 'worker'])
  expect(stack.daemons.get('db')).toMatchObject({ env: {}, needs: [], ready: [], alive: [], cwd: '{root}' })
  for (const limit of ['maxRssBytes', 'maxCpuMs', 'maxFds']) {
    expect(real.daemons.get('db')).toHaveProperty(limit)
    expect(stack.daemons.get('db')).not.toHaveProperty(limit)
  }
  expect(stack.daemons.get('db')?.binds).toEqual([{ name: 'main', host: '127.0.0.1', port: 0 }])
  expect(stack.daemons.get('web')).toMatchObject({ needs: [], stopGraceMs: 9_000 })
  expect(stack).toMatchObject({ name: 'shop', root: real.root, smokes: real.smokes, chain: ['orders'] })
  expect(stack.config).toBeUndefined()
})

it('needs no variable of the environment, and hands every socket to the null daemon', () => {
  const ports = new Map([
    ['db', new Map([['main', 20_001]])],
    [
      'web',
      new Map([
        ['http', 20_002],
        ['admin', 20_003],
      ]),
    ],
  ])
  const folder = mkdtempSync(join(tmpdir(), 'null-stack-'))
  for (const { mode } of NULL_MODES) {
    const resolved = resolveStack(deriveNullStack(load(TEXT), mode), {
      ports,
      dataDir: folder,
      configPath: join(folder, 'config.toml'),
      env: {},
    })
    if (!resolved.ok) throw new Error(JSON.stringify(resolved.error))
    const commandOf = (name: string) => resolved.value.daemons.get(name)?.command.slice(2)
    expect(commandOf('db')).toEqual([mode, '127.0.0.1:20001'])
    expect(commandOf('web')).toEqual([mode, '127.0.0.1:20002', '[::1]:20003'])
    expect(commandOf('worker')).toEqual([mode])
    expect(resolved.value.configText).toBeUndefined()
  }
  rmSync(folder, { recursive: true })
})
