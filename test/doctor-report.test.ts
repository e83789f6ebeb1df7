/** What the doctor says and does not say: names of checks, fixes, secrets; and a stack that is up. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { diagnose, pidsOf } from './support/doctor.ts'
import { kill } from './support/operate.ts'
import {
  createProject,
  daemon,
  findFreePort,
  holdPort,
  listening,
  processesOf,
  projectWith,
  runTool,
  stackOf,
  until,
  verify,
} from './support/rig.ts'

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
    ]),
  )
  expect(well.code).toBe(0)
  const orphans = well.findings
    .filter(({ id }) => id === 'orphans.processes')
    .flatMap(({ evidence }) => evidence)
  for (const pid of pidsOf(project)) expect(orphans.join('\n')).not.toContain(`PID ${pid} `)

  const web = processesOf(project).find(
    ({ command }) => command.includes(`"port":${port}`) || command.includes(`:${port}`),
  )
  await kill(project, web?.pid)
  // Before it does, the doctor says that the daemon has stopped listening.
  const sick = await until('the supervisor to notice', async () => {
    const { first } = await diagnose(project, 'daemons')
    return first?.id === 'daemons.not-listening' ? undefined : first
  })
  expect(sick).toMatchObject({ id: 'daemons.state', severity: 'error', daemon: 'web' })
  expect(sick.remedy).toMatch(/ restart --stack stack\.toml web$/)

  const supervisor = processesOf(project).find(({ command }) => / up |__supervise|supervisor/.test(command))
  await kill(project, supervisor?.pid)
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
