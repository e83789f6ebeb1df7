/** A stack broken in each of these ways: the doctor names the cause and the remedy as its first error. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findMinio, startMinio } from '../lakehouse/storaged/testing/minio-server.ts'
import { canMount, mountSmallDisk } from './support/disk.ts'
import { diagnose, fakeS3, s3Stack } from './support/doctor.ts'
import { git } from './support/git.ts'
import { processesWith } from './support/processes.ts'
import {
  createProject,
  daemon,
  findFreePort,
  goodSmoke,
  holdPort,
  listening,
  type Project,
  runTool,
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

function projectWith(...daemons: readonly string[]): Project {
  const project = createProject()
  project.stack(stackOf(['d1'], ...daemons))
  project.smoke('d1', goodSmoke())
  return project
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

describe('an S3 store that answers as S3 does', () => {
  it('a wrong secret: which key is wrong, and nothing of it is printed', async () => {
    await using store = await fakeS3({ status: 403, code: 'SignatureDoesNotMatch' })
    const project = createProject()
    project.stack(s3Stack(store.endpoint, { secret: 'hunter2-is-no-secret' }))
    const { first, code, stdout } = await diagnose(project)
    expect(first).toMatchObject({ id: 's3.credentials', severity: 'error' })
    expect(first?.summary).toBe(
      `the S3 store ${store.endpoint} refuses the credentials (secret_access_key is wrong)`,
    )
    expect(first?.remedy).toBe(`edit [doctor.s3] of ${project.root}/stack.toml: secret_access_key`)
    expect(stdout).not.toContain('hunter2')
    expect(code).toBe(1)
  })

  it('a missing bucket: the command that makes it', async () => {
    await using store = await fakeS3({ status: 404, code: 'NoSuchBucket' })
    const project = createProject()
    project.stack(s3Stack(store.endpoint))
    const { first } = await diagnose(project)
    expect(first).toMatchObject({ id: 's3.bucket-missing', severity: 'error' })
    expect(first?.remedy).toContain(`aws s3 mb s3://shop --endpoint-url ${store.endpoint}`)
  })

  it('a clock that is an hour off', async () => {
    const date = new Date(Date.now() - 3_600_000)
    await using store = await fakeS3({ status: 403, code: 'RequestTimeTooSkewed', date })
    const project = createProject()
    project.stack(s3Stack(store.endpoint))
    const { first } = await diagnose(project)
    expect(first).toMatchObject({ id: 's3.clock-skew', severity: 'error' })
    expect(first?.remedy).toContain('timedatectl set-ntp true')
  })

  it('nobody there', async () => {
    const project = createProject()
    project.stack(s3Stack(`http://127.0.0.1:${await findFreePort()}`))
    const { first } = await diagnose(project)
    expect(first).toMatchObject({ id: 's3.unreachable', severity: 'error' })
    expect(first?.summary).toContain('nothing listens')
  })
})

const minio = findMinio()
// Visible when it is left out: MinIO ships as source, and not every machine has it.
describe.runIf(minio !== undefined)('a real MinIO', () => {
  it('a wrong secret, then a missing bucket, then a bucket that is there and writable', async () => {
    await using store = await startMinio(minio ?? '', await findFreePort())
    const project = createProject()
    const stack = (secret: string): void =>
      project.stack(s3Stack(store.endpoint, { key: store.accessKeyId, secret }))
    stack('not-the-secret')
    expect((await diagnose(project, 's3')).first).toMatchObject({ id: 's3.credentials', severity: 'error' })
    stack(store.secretAccessKey)
    expect((await diagnose(project, 's3')).first).toMatchObject({
      id: 's3.bucket-missing',
      severity: 'error',
    })
    const { CreateBucketCommand, ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } = await import(
      '@aws-sdk/client-s3'
    )
    const { accessKeyId, secretAccessKey } = store
    const client = new S3Client({
      endpoint: store.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: true,
    })
    onTestFinished(() => client.destroy())
    await client.send(new CreateBucketCommand({ Bucket: 'shop' }))
    const well = await diagnose(project, 's3')
    expect(well.findings).toMatchObject([{ id: 's3.writable', severity: 'ok' }])
    expect(well.code).toBe(0)
    expect((await client.send(new ListObjectsV2Command({ Bucket: 'shop' }))).KeyCount).toBe(0)
    const uploads = await client.send(new ListMultipartUploadsCommand({ Bucket: 'shop' }))
    expect(uploads.Uploads ?? []).toEqual([])
  })
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

const processesOf = ({ home }: Project) => processesWith(`HOME=${home}`)
const pidsOf = (project: Project): number[] => processesOf(project).map(({ pid }) => pid)

it('an orphan of an earlier run, holding its port: its PID', async () => {
  const port = await findFreePort()
  const project = createProject()
  project.stack(stackOf(['d1'], daemon('web', { bind: `127.0.0.1:${port}` })))
  project.smoke('d1', smokeOf(`await step('waits', () => web.get('/hang', { status: 200 }))`))
  const tool = startVerify(project)
  const { pid } = await tool.event('daemon.ready').then(() => tool.event('daemon.spawned'))
  const guardians = processesOf(project).filter(({ command }) => command.includes('guardian-process'))
  expect(guardians).toHaveLength(1)
  for (const guardian of guardians) process.kill(guardian.pid, 'SIGKILL')
  tool.child.kill('SIGKILL')
  await tool.finished
  expect(pidsOf(project)).toContain(pid)

  const { first, code } = await diagnose(project)
  expect(first).toMatchObject({ id: 'orphans.processes', severity: 'error', daemon: 'web' })
  expect(first?.remedy).toContain(`kill ${pid} `)
  expect(code).toBe(1)

  // The remedy mends it.
  process.kill(pid, 'SIGTERM')
  await until('the orphan to end', () => !pidsOf(project).includes(pid))
  expect((await diagnose(project, 'orphans', 'addresses')).code).toBe(0)
})

describe('the hook', () => {
  function projectWithHook(mode: number, script = '#!/bin/sh\nexit 0\n'): Project {
    const project = projectWith(daemon('web'))
    git(project, 'init', '-q')
    project.write('.githooks/pre-push', script, mode)
    git(project, 'config', 'core.hooksPath', '.githooks')
    return project
  }

  it('a hook that is not executable; --fix says what it does, and does it', async () => {
    const project = projectWithHook(0o644)
    const { first, code } = await diagnose(project)
    expect(first).toMatchObject({ id: 'hook.not-executable', severity: 'error' })
    expect(first?.remedy).toBe('chmod +x .githooks/pre-push')
    expect(code).toBe(1)
    const fixed = await runTool(project, ['doctor', '--stack', 'stack.toml', '--fix', 'hook'])
    expect(fixed.stdout).toContain(`the doctor will:\n  chmod +x ${project.root}/.githooks/pre-push\ndone: `)
    expect(fixed.code).toBe(0)
    expect((await diagnose(project, 'hook')).findings).toMatchObject([{ id: 'hook.fires', severity: 'ok' }])
  })

  it('a hook that git does not look for: a warning, mended by --fix', async () => {
    const project = projectWithHook(0o755)
    git(project, 'config', '--unset', 'core.hooksPath')
    const { findings, code } = await diagnose(project, 'hook')
    expect(findings).toMatchObject([{ id: 'hook.not-installed', severity: 'warning' }])
    expect(code).toBe(0)
    await runTool(project, ['doctor', '--stack', 'stack.toml', '--fix', 'hook'])
    expect(git(project, 'config', 'core.hooksPath')).toBe('.githooks')
  })

  it('another hook that git runs in its place', async () => {
    const project = projectWithHook(0o755)
    project.write('husky/pre-push', '#!/bin/sh\n', 0o755)
    git(project, 'config', 'core.hooksPath', 'husky')
    const { first } = await diagnose(project, 'hook')
    expect(first).toMatchObject({ id: 'hook.other', severity: 'error' })
    expect(first?.evidence.join('\n')).toContain('core.hooksPath: file:.git/config\thusky')
  })

  it('a hook that fails with nothing to push', async () => {
    const project = projectWithHook(0o755, '#!/bin/sh\necho "no such tool" >&2\nexit 3\n')
    const { first } = await diagnose(project, 'hook')
    expect(first).toMatchObject({ id: 'hook.fails', severity: 'error' })
    expect(first?.evidence).toContain('no such tool')
  })

  it('a linked worktree of a branch without the hook is not gated, and the main one is', async () => {
    const project = projectWithHook(0o755)
    git(project, 'add', 'stack.toml', 'smokes')
    git(project, '-c', 'user.name=t', '-c', 'user.email=t@test', 'commit', '-qm', 'without the hook')
    git(project, 'worktree', 'add', '-q', 'linked', 'HEAD')
    const linked = await diagnose({ ...project, root: join(project.root, 'linked') }, 'hook')
    expect(linked.findings).toMatchObject([{ id: 'hook.none', severity: 'ok' }])
    expect((await diagnose(project, 'hook')).findings).toMatchObject([{ id: 'hook.fires' }])
  })
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

it('stale leases are named, and given back only with --fix', async () => {
  const project = projectWith(daemon('web'))
  const leases = project.write('leases/20001/999999999-1-20260101T000000.000Z-abcdef', '')
  const env = { SMOKECHAIN_LEASE_DIR: join(project.root, 'leases') }
  const args = ['doctor', '--stack', 'stack.toml', 'leases']
  const found = await runTool(project, args, { env })
  expect(found.stdout).toContain('1 lease of ports belongs to processes that have died [leases.stale]')
  expect(readFileSync(leases, 'utf8')).toBe('')
  const fixed = await runTool(project, [...args, '--fix'], { env })
  expect(fixed.stdout).toContain('the doctor will:\n  give back the stale leases of port 20001\ndone: ')
  expect(fixed.stdout).toContain('no stale lease')
  expect(() => readFileSync(leases)).toThrow('ENOENT')
})

it('a stack that is up: its daemons are well, then one is killed, then the supervisor itself', async () => {
  const port = await findFreePort()
  const project = createProject()
  const other = { orders: listening(), lines: ['max_rss = "1GiB"'] }
  project.stack(
    stackOf([], daemon('web', { bind: `127.0.0.1:${port}` }), daemon('db', other)).replace('chain = []', ''),
  )
  const up = await runTool(project, ['up', '--stack', 'stack.toml', '--detach'])
  expect(up.code, up.stdout + up.stderr).toBe(0)
  const well = await diagnose(project, 'daemons', 'addresses', 'exposure', 'leftovers')
  expect(well.findings.map(({ id, daemon }) => [id, daemon])).toEqual(
    expect.arrayContaining([
      ['addresses.ours', 'web'],
      ['daemons.well', 'web'],
      ['daemons.well', 'db'],
      ['orphans.none', undefined],
    ]),
  )
  expect(well.code).toBe(0)

  const web = processesOf(project).find(
    ({ command }) => command.includes(`"port":${port}`) || command.includes(`:${port}`),
  )
  process.kill(web?.pid ?? 0, 'SIGKILL')
  const sick = await until('the supervisor to notice', async () => {
    const { first } = await diagnose(project, 'daemons')
    return first
  })
  expect(sick).toMatchObject({ id: 'daemons.state', severity: 'error', daemon: 'web' })
  expect(sick.remedy).toMatch(/ restart --stack stack\.toml web$/)

  const supervisor = processesOf(project).find(({ command }) => / up |__supervise|supervisor/.test(command))
  process.kill(supervisor?.pid ?? 0, 'SIGKILL')
  await until('the guardian to end', () => processesOf(project).length === 0)
  expect((await diagnose(project, 'daemons', 'state')).findings).toMatchObject([
    { id: 'state.dead-supervisor', severity: 'warning' },
    { id: 'daemons.none' },
  ])
  const fixed = await runTool(project, ['doctor', '--stack', 'stack.toml', '--fix', 'state'])
  expect(fixed.stdout).toMatch(/the doctor will:\n {2}remove the lease .*\ndone: /)
  expect((await diagnose(project, 'state')).findings).toMatchObject([{ id: 'state.clean' }])
})

it('names of checks and groups choose; unknown ones are exit 2 with the nearest; --list lists', async () => {
  const project = projectWith(daemon('web'))
  const { findings } = await diagnose(project, 'limits', 'leftovers')
  expect(new Set(findings.map(({ id }) => id.replace(/\..*/, '')))).toEqual(
    new Set(['limits', 'orphans', 'leases', 'folders', 'state']),
  )
  const unknown = await runTool(project, ['doctor', 'hok'])
  expect(unknown.code).toBe(2)
  expect(unknown.stderr).toContain('no check or group named "hok"; did you mean "hook"?')
  const list = await runTool(project, ['doctor', '--list'])
  expect(list.stdout).toMatch(/^check +group +looks at\nruntime +tools +/)
  expect(list.code).toBe(0)
})

it('prints no secret: not from the stack file, the environment, a log, or the arguments of a stranger', async () => {
  const stranger = await holdPort()
  const project = projectWith(
    daemon('web', {
      bind: `127.0.0.1:${stranger.port}`,
      lines: ['env = { API_TOKEN = "open-sesame-stack" }'],
    }),
  )
  await verify(project)
  writeFileSync(
    join(project.root, 'logs/latest/daemons/web.log'),
    'error: password=open-sesame-log refused\n',
  )
  const env = { DB_PASSWORD: 'open-sesame-env' }
  for (const more of [[], ['--json']]) {
    const { stdout, stderr } = await runTool(project, ['doctor', '--stack', 'stack.toml', ...more], { env })
    expect(stdout + stderr).not.toContain('open-sesame')
    expect(stdout + stderr).not.toContain('createServer')
  }
})
