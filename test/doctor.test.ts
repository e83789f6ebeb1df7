/** A stack broken in each of these ways: the doctor names the cause and the remedy as its first error. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { canMount, mountSmallDisk } from './support/disk.ts'
import { diagnose, pidsOf } from './support/doctor.ts'
import {
  createProject,
  daemon,
  findFreePort,
  goodSmoke,
  holdPort,
  listening,
  type Project,
  processesOf,
  projectWith,
  smokeOf,
  stackOf,
  startVerify,
  until,
  verify,
} from './support/rig.ts'

/** All files, but for the code that Node has compiled and keeps. */
function listFiles({ root, home, tmp }: Project): string[] {
  return [root, home, tmp].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => !name.includes('node-compile-cache'))
      .map((name) => join(folder, name)),
  )
}

it('a stack that is well: no error, exit 0, and nothing is changed', async () => {
  const project = projectWith(daemon('web'))
  const before = listFiles(project)
  const { code, findings, crashed } = await diagnose(project)
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
  expect(crashed).toEqual([])
  expect(code).toBe(0)
  expect(listFiles(project)).toEqual(before)
})

it("a foreign process on a daemon's port: who, and how to end it", async () => {
  const stranger = await holdPort()
  const project = projectWith(daemon('web', { bind: `127.0.0.1:${stranger.port}` }))
  const { first, code } = await diagnose(project)
  expect(first).toMatchObject({ id: 'addresses.taken', severity: 'error', daemon: 'web' })
  expect(first?.summary).toContain(
    `127.0.0.1:${stranger.port} of web is held by another process: PID ${stranger.child.pid} (node …)`,
  )
  expect(first?.remedy).toContain(`kill ${stranger.child.pid} `)
  expect(first?.remedy).toContain('bind = "127.0.0.1:0"')
  expect(code).toBe(1)
})

it('a daemon binding 0.0.0.0: seen in the last run', async () => {
  const project = projectWith(daemon('web', { orders: listening({}, '0.0.0.0') }))
  expect((await verify(project)).code).toBe(3)
  const { first, code } = await diagnose(project)
  expect(first).toMatchObject({ id: 'last-run.exposed', severity: 'error', daemon: 'web' })
  expect(first?.summary).toMatch(/web listens on 0\.0\.0\.0:\d+, where other machines can reach it/)
  expect(first?.remedy).toMatch(
    /^make it bind 127\.0\.0\.1, .*; then run it again: .* verify --stack stack\.toml$/,
  )
  expect(code).toBe(1)
})

it('a daemon that is told to bind 0.0.0.0 is warned of before it ever ran', async () => {
  const project = createProject()
  project.stack(
    '[daemons.web]\ncommand = ["node", "-e", "0", "--listen", "0.0.0.0:80"]\nbind = "127.0.0.1:0"\n',
  )
  const { findings, code } = await diagnose(project)
  expect(findings.find(({ id }) => id === 'exposure.told')).toMatchObject({
    severity: 'warning',
    daemon: 'web',
  })
  expect(code).toBe(0)
})

it('a missing binary: which daemon, which program', async () => {
  const project = createProject()
  project.stack('[daemons.api]\ncommand = ["shop-api-that-is-not-there"]\nbind = "127.0.0.1:0"\n')
  const { first, code } = await diagnose(project)
  expect(first).toMatchObject({ id: 'commands.missing', severity: 'error', daemon: 'api' })
  expect(first?.summary).toBe('api cannot start: the program "shop-api-that-is-not-there" is not there')
  expect(first?.remedy).toContain('install shop-api-that-is-not-there')
  expect(code).toBe(1)
})

it('a missing MinIO, without Go: first Go, then MinIO', async () => {
  const project = createProject()
  project.stack('[daemons.store]\ncommand = ["minio", "server"]\nbind = "127.0.0.1:0"\n')
  const { first } = await diagnose(project, 'commands')
  expect(first).toMatchObject({ id: 'commands.missing', daemon: 'store' })
  expect(first?.remedy).toMatch(/^install Go 1\.24 .*; then: go install github\.com\/minio\/minio@latest$/)
})

it('a typing error in the TOML: where, and what was meant', async () => {
  const project = createProject()
  project.stack('[daemons.web]\ncommand = ["node"]\nneed = ["db"]\n')
  const { first, code, crashed } = await diagnose(project)
  expect(first).toMatchObject({ id: 'stack-file.invalid', severity: 'error' })
  expect(first?.summary).toBe('stack.toml:3:1: unknown key `need`; did you mean `needs`?')
  expect(first?.remedy).toBe('edit stack.toml, line 3: write `needs`')
  expect(code).toBe(1)
  expect(crashed).toEqual([])
})

it.each([
  ['no TOML at all', '[daemons.web\ncommand = "\n', /^stack\.toml:1:/],
  ['an empty file', '', /^stack\.toml: the file is empty/],
])('%s: the other checks go on', async (_, text, summary) => {
  const project = createProject()
  project.stack(text)
  const { first, crashed, findings } = await diagnose(project)
  expect(first?.summary).toMatch(summary)
  expect(crashed).toEqual([])
  expect(findings.map(({ id }) => id)).toContain('disk.room')
})

it('a stack file that does not exist', async () => {
  const { first, code } = await diagnose(createProject())
  expect(first).toMatchObject({ id: 'stack-file.invalid' })
  expect(first?.summary).toBe('stack.toml: there is no such file')
  expect(code).toBe(1)
})

it('an orphan of an earlier run, holding its port: its PID', async () => {
  const port = await findFreePort()
  const project = createProject()
  project.stack(stackOf(['d1'], daemon('web', { bind: `127.0.0.1:${port}` })))
  project.smoke(
    'd1',
    smokeOf(`await step('waits', () => within('60s', () => false))`, { uses: ['within'], budget: '90s' }),
  )
  const tool = startVerify(project)
  const { pid } = await tool.event('step.started').then(() => tool.event('daemon.spawned'))
  const guardians = processesOf(project).filter(({ command }) => command.includes('guardian-process'))
  expect(guardians).toHaveLength(1)
  for (const guardian of guardians) process.kill(guardian.pid, 'SIGKILL')
  tool.child.kill('SIGKILL')
  await tool.finished
  // The smoke ends when it sees that its tool has.
  await until('the smoke to end', () => pidsOf(project).every((one) => one === pid))
  expect(pidsOf(project)).toEqual([pid])

  const { first, code } = await diagnose(project)
  expect(first).toMatchObject({ id: 'orphans.processes', severity: 'error', daemon: 'web' })
  expect(first?.remedy).toContain(`kill ${pid} `)
  expect(code).toBe(1)

  // The remedy mends it.
  process.kill(pid, 'SIGTERM')
  await until('the orphan to end', () => !pidsOf(project).includes(pid))
  expect((await diagnose(project, 'orphans', 'addresses')).code).toBe(0)
})

// Visible when it is left out: only root may mount a disk of its own.
it.runIf(canMount())('a full disk: which one, and how much is left', async () => {
  const project = projectWith(daemon('web'))
  const disk = mountSmallDisk(join(project.root, 'logs'))
  disk.fill()
  const { first, code } = await diagnose(project)
  expect(first).toMatchObject({ id: 'disk.full', severity: 'error' })
  expect(first?.summary).toMatch(/^the disk for logs \(.*\/logs\) is full: \d+(\.\d+)? K?i?B of \d+/)
  expect(first?.remedy).toContain(`du -xh ${project.root}/logs`)
  expect(code).toBe(1)
})

it('the last chain red because a daemon was killed: when, and how to run it again', async () => {
  const project = projectWith(daemon('web'))
  project.smoke(
    'd1',
    smokeOf(`await step('waits', () => web.get('/health', { status: 418, within: '20s' }))`),
  )
  const tool = startVerify(project)
  await tool.event('step.started')
  const { pid } = await tool.event('daemon.spawned')
  process.kill(pid, 'SIGKILL')
  expect((await tool.finished).code).toBe(1)
  const { first, code } = await diagnose(project)
  expect(first).toMatchObject({ id: 'last-run.died', severity: 'error', daemon: 'web' })
  expect(first?.summary).toMatch(
    /^the last run failed first because web died after .*: it was ended by SIGKILL.* \(in smoke d1\)$/,
  )
  expect(first?.remedy).toMatch(/^node \S+ verify --stack stack\.toml --only d1$/)
  expect(code).toBe(1)
})

it('a pattern of the stack file explains a log that the table does not know', async () => {
  const project = createProject()
  const broken = [
    '[daemons.web]',
    `command = ["node", "-e", "console.log('license expired on host 7'); process.exit(1)"]`,
    'bind = "127.0.0.1:0"',
    '',
  ]
  const pattern = [
    '[[doctor.patterns]]',
    "match = 'license expired'",
    'cause = "the license has expired"',
    'remedy = "./bin/renew-license"',
    '',
  ]
  project.stack(stackOf(['d1'], broken.join('\n'), pattern.join('\n')))
  project.smoke('d1', goodSmoke())
  expect((await verify(project)).code).toBe(3)
  const { first } = await diagnose(project)
  expect(first).toMatchObject({ id: 'last-run.stack-1', daemon: 'web' })
  expect(first?.summary).toContain('the license has expired')
  expect(first?.remedy).toMatch(/^\.\/bin\/renew-license; then run it again: /)
})
