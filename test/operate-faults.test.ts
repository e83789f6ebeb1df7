/** A stack that stays up when its daemons, or its supervisor, do not. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { guardianOf, kill, operate } from './support/operate.ts'
import { daemon, findFreePort, listening, processesOf, runTool, until } from './support/rig.ts'

const POLICY = ['restart = "on-failure"', 'restart_backoff = "1ms"']

it('a daemon that is killed is started again, on its port, and that is shown', async () => {
  const stack = operate(daemon('web', { lines: POLICY }) + daemon('other'))
  await stack.up()
  const before = await stack.daemon('web')
  const other = await stack.daemon('other')
  await kill(stack.project, before.pid)
  const after = await stack.daemonWhen(
    'web',
    'to be ready again',
    ({ state, restarts }) => state === 'ready' && restarts === 1,
  )
  expect(after.pid).not.toBe(before.pid)
  expect(after.addresses).toEqual(before.addresses)
  expect((await stack.daemon('other')).pid).toBe(other.pid)
  await stack.run('down')
  await stack.expectNothingLeft()
})

it('a daemon without a policy stays down, and status says why', async () => {
  const stack = operate(daemon('web') + daemon('other'))
  await stack.up()
  await kill(stack.project, (await stack.daemon('web')).pid)
  await stack.daemonWhen('web', 'to be dead', ({ state }) => state === 'dead')
  const status = await stack.run('status')
  expect(status.code).toBe(3)
  expect(status.stdout).toMatch(/^stack.toml is degraded/)
  expect(status.stdout).toMatch(
    /^web died after .*: it was ended by SIGKILL, and nobody had asked it to stop$/m,
  )
  // By hand it comes back.
  expect((await stack.run('restart', 'web')).code).toBe(0)
  expect((await stack.run('status')).code).toBe(0)
  await stack.run('down')
  await stack.expectNothingLeft()
})

it('a daemon that never lasts is given up after its limit, and taken up again by hand', async () => {
  const stack = operate('')
  const file = join(stack.project.root, 'die')
  const orders = listening({ exitWhen: { file, holds: 'now' } })
  stack.project.stack(daemon('web', { orders, lines: [...POLICY, 'restart_limit = 3'] }) + daemon('other'))
  await stack.up()
  writeFileSync(file, 'now')
  const given = await stack.daemonWhen('web', 'to be given up', ({ state }) => state === 'abandoned')
  expect(given).toMatchObject({ restarts: 3 })
  expect(given.failure).toMatch(/^web (died after|exited with code 1)/)
  expect(await stack.daemon('other')).toMatchObject({ state: 'ready' })
  writeFileSync(file, 'not any more')
  expect((await stack.run('restart', 'web')).code).toBe(0)
  expect(await stack.daemon('web')).toMatchObject({ state: 'ready', restarts: 3 })
  await stack.run('down')
  await stack.expectNothingLeft()
})

it('a daemon that runs and does not answer any more is started again', async () => {
  const stack = operate(daemon('web', { lines: [...POLICY, 'alive = { http = "/health" }'] }))
  await stack.up()
  const { port } = (await stack.daemon('web')).addresses[0] ?? { port: 0 }
  await fetch(`http://127.0.0.1:${port}/health/fail`, { method: 'POST' })
  const after = await stack.daemonWhen(
    'web',
    'to be ready again',
    ({ state, restarts }) => state === 'ready' && restarts === 1,
  )
  expect(after.health).toMatchObject({ ok: true })
  await stack.run('down')
  await stack.expectNothingLeft()
})

it('a supervisor that is killed leaves nothing running; the next up says so and works', async () => {
  const port = await findFreePort()
  const stack = operate(
    daemon('web', { bind: `127.0.0.1:${port}`, orders: listening({ grandchild: { setsid: true } }) }),
  )
  await stack.up()
  const { owner } = await stack.status()
  await kill(stack.project, owner?.pid)
  await until('its guardian to have ended everything', () => processesOf(stack.project).length === 0)
  const status = await stack.run('status')
  expect(status.code).toBe(3)
  expect(status.stdout).toMatch(/^stack.toml is not up: its supervisor \(PID \d+, since \S+\) has died/)
  const up = await stack.up()
  expect(up.stdout).toContain(`the supervisor before, PID ${owner?.pid} since `)
  await stack.run('down')
  await stack.expectNothingLeft()
})

it('a supervisor that is killed with its guardian: down ends what is left', async () => {
  const stack = operate(`data = "kept"\n${daemon('web', { orders: listening({ ignoreTerm: true }) })}`)
  await stack.up()
  const { owner } = await stack.status()
  const web = await stack.daemon('web')
  await kill(stack.project, guardianOf(stack.project))
  await kill(stack.project, owner?.pid)
  expect(processesOf(stack.project).map(({ pid }) => pid)).toEqual([web.pid])
  const down = await stack.run('down')
  expect(down.code, down.stderr).toBe(0)
  expect(down.stdout).toContain('ended what it had left: 1 process\n')
  expect((await stack.run('down')).stdout).toContain('is not up: nothing to stop')
  expect(processesOf(stack.project)).toEqual([])
  // It has cleaned up after it: the next one finds nothing to say.
  expect((await stack.up()).stdout).not.toContain('has died')
  await stack.run('down')
})

it('a supervisor whose guardian has died says so', async () => {
  const stack = operate(daemon('web'))
  const tool = stack.start('up')
  await until('the stack to be up', () => tool.stdout.includes('is up: 1 daemon'))
  await kill(stack.project, guardianOf(stack.project))
  await until('the warning', () => tool.stdout.includes('warning: the guardian has ended by itself'))
  expect((await stack.run('down')).code).toBe(0)
  expect((await tool.finished).code).toBe(0)
  await stack.expectNothingLeft()
})

it('up --detach that is interrupted takes down what it had begun', async () => {
  const stack = operate(daemon('web', { orders: {}, lines: ['ready_timeout = "60s"'] }))
  const tool = stack.start('up', ['--detach'])
  await until('the boot', () => tool.stdout.includes('booting 1 daemon'))
  tool.child.kill('SIGINT')
  expect((await tool.finished).code).toBe(130)
  await stack.expectNothingLeft()
  expect((await stack.status()).state).toBe('down')
})

/** Who is connected to the control socket that lies in this folder: unix(7), `/proc/net/unix`; state 03 is connected. */
function countVisitors(folder: string): number {
  const table = readFileSync('/proc/net/unix', 'utf8').split('\n')
  return table.filter((line) => line.includes(`${folder}/`) && / 03 +\d+ .*\/control$/.test(line)).length
}

it('down while it boots ends the boot', async () => {
  const stack = operate(daemon('web', { orders: {}, lines: ['ready_timeout = "60s"'] }))
  const tool = stack.start('up', ['--detach'])
  await stack.daemonWhen('web', 'to be starting', ({ state }) => state === 'starting')
  await until('the last one who asked to be gone', () => countVisitors(stack.project.home) === 0)
  // What needs a stack that is up waits for the boot, and hears of its end.
  const restart = stack.start('restart', ['web'])
  await until('the restart to be heard', () => countVisitors(stack.project.home) > 0)
  expect((await stack.run('down')).code).toBe(0)
  expect((await tool.finished).code).toBe(3)
  expect((await restart.finished).stderr).toMatch(/has not come up|has ended/)
  await stack.expectNothingLeft()
})

it('a place for state that cannot be used says which variable helps', async () => {
  const stack = operate(daemon('web'))
  const long = join(stack.project.root, 'x'.repeat(100))
  const said: string[] = []
  for (const folder of [long, 'relative', join(stack.project.root, 'stack.toml')]) {
    const tool = stack.start('up', ['--detach'], { env: { SMOKECHAIN_STATE_DIR: folder } })
    const { code, stderr } = await tool.finished
    expect(code).toBe(2)
    said.push(
      stderr
        .replaceAll(stack.project.root, '<root>')
        .replaceAll(/stack-[0-9a-f]{10}/g, 'stack-<hash>')
        .replaceAll(/\d+( bytes|$)/gm, '<n>$1')
        .replaceAll(/may have \d+/g, 'may have <n>'),
    )
  }
  expect(said.join('')).toMatchInlineSnapshot(`
    "error: there can be no control socket: <root>/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/stack-<hash>/control has <n> bytes; a socket's path may have <n>; set SMOKECHAIN_STATE_DIR to a folder with a shorter path
    error: SMOKECHAIN_STATE_DIR is "relative"; it must be an absolute path
    error: state cannot be kept in <root>/stack.toml/stack-<hash>: ENOTDIR: not a directory, mkdir '<root>/stack.toml/stack-<hash>'; set SMOKECHAIN_STATE_DIR to a folder of yours
    "
  `)
  await stack.expectNothingLeft()
})

it('a folder for data that cannot be made is told, and nothing is started', async () => {
  const stack = operate(`data = "stack.toml/data"\n${daemon('web')}`)
  const { code, stderr } = await stack.run('up', '--detach')
  expect(code).toBe(2)
  expect(stderr).toContain(
    `error: data cannot be kept in ${join(stack.project.root, 'stack.toml/data')}: ENOTDIR`,
  )
  await stack.expectNothingLeft()
})

it.runIf(existsSync('/dev/full'))('a supervisor whose output cannot be written goes on', async () => {
  const stack = operate(daemon('web', { lines: POLICY }))
  const full = (command: readonly string[]) => ['sh', '-c', 'exec "$@" > /dev/full', 'sh', ...command]
  const tool = stack.start('up', [], { through: full })
  const { pid } = await stack.daemonWhen('web', 'to be ready', ({ state }) => state === 'ready')
  await kill(stack.project, pid)
  await stack.daemonWhen('web', 'to be back', ({ state, restarts }) => state === 'ready' && restarts === 1)
  expect((await stack.run('down')).code).toBe(0)
  const { code, stderr } = await tool.finished
  expect({ code, stderr }).toEqual({
    code: 70,
    stderr: 'cannot write the report: ENOSPC: no space left on device, write\n',
  })
  await stack.expectNothingLeft()
})

it('a folder of data is used by one stack at a time', async () => {
  const stack = operate(`name = "first"\ndata = "kept"\n${daemon('web')}`)
  await stack.up()
  stack.project.write('second.toml', `name = "second"\ndata = "kept/../kept"\n${daemon('web')}`)
  const second = await runTool(stack.project, ['up', '--detach', '--stack', 'second.toml'])
  expect(second.code).toBe(3)
  const { pid } = (await stack.status()).owner ?? {}
  expect(second.stderr).toContain(`/kept is in use by the stack "first" (PID ${pid}, since `)
  await stack.run('down')
  // Free again.
  expect((await runTool(stack.project, ['up', '--detach', '--stack', 'second.toml'])).code).toBe(0)
  expect((await runTool(stack.project, ['down', '--stack', 'second.toml'])).code).toBe(0)
  await stack.expectNothingLeft()
})

it('a daemon that exits with code 0 has failed, too', async () => {
  const stack = operate(daemon('web', { lines: POLICY }))
  await stack.up()
  const { port } = (await stack.daemon('web')).addresses[0] ?? { port: 0 }
  // The connection dies with it.
  await fetch(`http://127.0.0.1:${port}/exit/0`, { method: 'POST' }).catch(() => undefined)
  await stack.daemonWhen(
    'web',
    'to be ready again',
    ({ state, restarts }) => state === 'ready' && restarts === 1,
  )
  await stack.run('down')
  await stack.expectNothingLeft()
})
