/** A stack that stays up: `up`, `status`, `logs`, `restart`, `down`, by hand. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { operate } from './support/operate.ts'
import {
  daemon,
  findFreePort,
  holdPort,
  listening,
  processesOf,
  settle,
  stackOf,
  until,
} from './support/rig.ts'

const plain = (...daemons: readonly string[]): string => stackOf([], ...daemons).replace('chain = []\n', '')
const TWO = plain(daemon('db'), daemon('web', { lines: ['needs = ["db"]'] }))

it('comes up detached, is shown, and goes down with nothing left', async () => {
  const stack = operate(TWO)
  const up = await stack.up()
  expect(settle(up.stdout, up)).toMatchInlineSnapshot(`
    "
    booting 2 daemons
      ready db  <time>
      ready web  <time>
    up in <time>
    stack.toml is up: 2 daemons, supervised by PID <pid>; data is thrown away when it goes down
    "
  `)

  const { state, owner, daemons } = await stack.status()
  expect(state).toBe('up')
  expect(owner).toMatchObject({ detached: true })
  expect(daemons.map(({ name, state, restarts }) => ({ name, state, restarts }))).toEqual([
    { name: 'db', state: 'ready', restarts: 0 },
    { name: 'web', state: 'ready', restarts: 0 },
  ])
  for (const { pid, uptimeMs, addresses, health } of daemons) {
    expect(processesOf(stack.project).map((process) => process.pid)).toContain(pid)
    expect(uptimeMs).toBeGreaterThan(0)
    expect(addresses).toEqual([{ name: 'main', host: '127.0.0.1', port: expect.any(Number) }])
    expect(health).toMatchObject({ ok: true })
  }
  // CPU and memory come with the first sample.
  const { rssBytes } = await stack.daemonWhen(
    'web',
    'to be sampled',
    ({ rssBytes }) => rssBytes !== undefined,
  )
  expect(rssBytes).toBeGreaterThan(1_000_000)

  const down = await stack.run('down')
  expect(down.code).toBe(0)
  expect(settle(down.stdout, down)).toMatchInlineSnapshot(`
    "
    stopping
      stopped web  <time>, terminated
      stopped db  <time>, terminated
    stopped in <time>
    stopped 2 daemons: db, web; nothing is left
    "
  `)
  await stack.expectNothingLeft()
})

it('that is not up: every verb says so', async () => {
  const stack = operate(TWO)
  const said: string[] = []
  for (const [verb, ...args] of [
    ['status'],
    ['logs', 'web'],
    ['logs', 'web', '-f'],
    ['restart', 'web'],
    ['down'],
  ]) {
    const finished = await stack.run(verb ?? '', ...args)
    said.push(`${finished.code} ${[verb, ...args].join(' ')}: ${(finished.stdout + finished.stderr).trim()}`)
  }
  expect(said.join('\n')).toMatchInlineSnapshot(`
    "3 status: stack.toml is not up; \`up\` boots it
    2 logs web: error: the stack has never been up: there are no logs
    3 logs web -f: error: stack.toml is not up; \`up\` boots it
    3 restart web: error: stack.toml is not up; \`up\` boots it
    0 down: stack.toml is not up: nothing to stop"
  `)
})

it('has one owner: up again says who, and starts what was added, and that alone', async () => {
  const stack = operate(TWO)
  await stack.up()
  const before = await stack.status()
  const again = await stack.run('up')
  expect(again.code).toBe(0)
  expect(again.stdout).toContain(`stack.toml is up already: its owner is PID ${before.owner?.pid}, since `)
  expect(again.stdout).toContain('nothing to start')

  stack.project.stack(`${TWO}${daemon('extra', { lines: ['needs = ["web"]'] })}`)
  const added = await stack.run('up', '--detach')
  expect(added.code, added.stderr).toBe(0)
  expect(added.stdout).toContain('started: extra')
  const { daemons } = await stack.status()
  expect(daemons.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'db ready',
    'web ready',
    'extra ready',
  ])
  expect(daemons.slice(0, 2).map(({ pid }) => pid)).toEqual(before.daemons.map(({ pid }) => pid))

  // What is wrong in the file harms nobody.
  stack.project.stack(`${TWO}${daemon('broken', { orders: { exit: 7 } })}`)
  const broken = await stack.run('up')
  expect(broken.code).toBe(3)
  expect(broken.stdout).toContain('no longer in the file, still running: extra')
  expect(broken.stderr).toContain('broken exited with code 7')
  expect((await stack.status()).daemons.map(({ name }) => name)).toEqual(['db', 'web', 'extra'])
  await stack.run('down')
  await stack.expectNothingLeft()
})

it('two ups at once: one becomes the owner, the other says who it is', async () => {
  const stack = operate(TWO)
  const both = await Promise.all([stack.run('up', '--detach'), stack.run('up', '--detach')])
  expect(both.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
    { code: 0, stderr: '' },
    { code: 0, stderr: '' },
  ])
  expect(both.filter(({ stdout }) => stdout.includes('is up already'))).toHaveLength(1)
  await stack.run('down')
  await stack.expectNothingLeft()
})

it('that does not come up: exit 3 with the cause, and nothing left', async () => {
  const { port } = await holdPort()
  const stack = operate(
    plain(daemon('db'), daemon('web', { bind: `127.0.0.1:${port}`, lines: ['needs = ["db"]'] })),
  )
  for (const args of [['--detach'], []]) {
    const finished = await stack.run('up', ...args)
    expect(finished.code).toBe(3)
    expect(finished.stdout).toContain(`127.0.0.1:${port}`)
    expect(finished.stdout).toMatch(/✗ .*web/)
    await stack.expectNothingLeft()
  }
  expect((await stack.status()).state).toBe('down')
})

it('in the foreground it goes down in order by the first signal', async () => {
  const stack = operate(TWO)
  const tool = stack.start('up')
  await until('the stack to be up', () => tool.stdout.includes('is up: 2 daemons'))
  tool.child.kill('SIGINT')
  const finished = await tool.finished
  expect(finished.code).toBe(0)
  expect(finished.stdout).toContain('stopped 2 daemons; nothing is left')
  await stack.expectNothingLeft()
})

it('keeps its data where the file or the environment says, and nowhere else', async () => {
  const writer = daemon('web', { orders: listening({ touch: 'mark' }), lines: ['cwd = "{data}"'] })
  const stack = operate(`data = "{env.SHOP_DATA:-kept}"\n${plain(writer)}`)
  const { root } = stack.project
  await stack.up()
  await stack.run('down')
  expect(readdirSync(join(root, 'kept'))).toEqual(['mark'])
  const elsewhere = await stack.start('up', ['--detach'], { env: { SHOP_DATA: join(root, 'other') } })
    .finished
  expect(elsewhere.stdout).toContain(`data in ${join(root, 'other')}`)
  await stack.run('down')
  expect(readdirSync(join(root, 'other'))).toEqual(['mark'])
  await stack.expectNothingLeft()
})

it('shows logs while it is up, follows them over a restart, and shows them when it is down', async () => {
  const stack = operate(plain(daemon('web', { orders: listening({ print: ['one', 'two'] }) })))
  await stack.up()
  const shown = await stack.run('logs', 'web', '-n', '2')
  expect(shown.stdout).toMatch(/^listening \d+\nup\n$/)
  const wrong = await stack.run('logs', 'wep')
  expect({ code: wrong.code, stderr: wrong.stderr }).toEqual({
    code: 2,
    stderr: 'error: no log named "wep"; did you mean "web"? (known: web)\n',
  })

  const follower = stack.start('logs', ['web', '-f', '-n', '1'])
  await until('the last line', () => follower.stdout === 'up\n')
  const before = await stack.daemon('web')
  const restarted = await stack.run('restart', 'web')
  expect(restarted.code).toBe(0)
  const after = await stack.daemon('web')
  expect(restarted.stdout).toMatch(new RegExp(`^restarted web: ready in .*, PID ${after.pid}\n$`))
  expect(after).toMatchObject({ state: 'ready', restarts: 0, addresses: before.addresses })
  expect(after.pid).not.toBe(before.pid)
  await until('the lines of the new process', () =>
    /^up\n--- web, incarnation 2 ---\none\ntwo\nlistening \d+\nup\n$/.test(follower.stdout),
  )
  await stack.run('down')
  expect((await follower.finished).code).toBe(0)
  expect((await stack.run('logs', 'web', '-n', '1')).stdout).toBe('up\n')
  await stack.expectNothingLeft()
})

it('is closed to other users', async () => {
  const stack = operate(TWO)
  await stack.up()
  const state = join(stack.project.home, '.local/state/smokechain')
  const [name = ''] = readdirSync(state)
  expect(statSync(join(state, name)).mode & 0o777).toBe(0o700)
  expect(statSync(join(state, name, 'control')).mode & 0o777).toBe(0o600)
  await stack.run('down')
  expect(existsSync(join(state, name, 'control'))).toBe(false)
})

it('has its fixed port again at once after a restart', async () => {
  const port = await findFreePort()
  const stack = operate(plain(daemon('web', { bind: `127.0.0.1:${port}` })))
  await stack.up()
  expect((await stack.run('restart', 'web')).code).toBe(0)
  expect((await stack.daemon('web')).addresses).toEqual([{ name: 'main', host: '127.0.0.1', port }])
  await stack.run('down')
  await stack.expectNothingLeft()
})
