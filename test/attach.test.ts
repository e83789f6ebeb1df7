/** `verify --attach`: the chain on a stack that is up, which it leaves as it was. */
import { expect, it } from 'vitest'
import { kill, type Operated, operate } from './support/operate.ts'
import {
  daemon,
  type Finished,
  goodSmoke,
  processesOf,
  settle,
  smokeOf,
  stackOf,
  until,
} from './support/rig.ts'

const POLICY = ['restart = "on-failure"', 'restart_backoff = "1ms"']

/** A stack of `web` and `other` that is up, with one smoke for each of these bodies: `d1`, `d2`, … */
async function upWith(smokes: readonly string[], web: readonly string[] = POLICY): Promise<Operated> {
  const chain = smokes.map((_, index) => `d${index + 1}`)
  const stack = operate(stackOf(chain, daemon('web', { lines: web }), daemon('other')))
  for (const [index, source] of smokes.entries()) stack.project.smoke(`d${index + 1}`, source)
  await stack.up()
  return stack
}

const attach = (stack: Operated, ...args: readonly string[]): Promise<Finished> =>
  stack.run('verify', '--attach', ...args)

const pids = async (stack: Operated): Promise<(number | undefined)[]> =>
  (await stack.status()).daemons.map(({ pid }) => pid)

/** Nothing but the stack itself runs. */
async function expectOnlyTheStack(stack: Operated): Promise<void> {
  const expected = [...(await pids(stack)), (await stack.status()).owner?.pid]
  await until('the chain to leave nothing', () => {
    const left = processesOf(stack.project).filter(({ pid }) => !expected.includes(pid))
    return left.every(({ command }) => command.includes('guardian-process')) && left.length === 1
  })
}

async function takeDown(stack: Operated): Promise<void> {
  expect((await stack.run('down')).code).toBe(0)
  await stack.expectNothingLeft()
}

it('passes, boots nothing, stops nothing, and is never green for the gate', async () => {
  const stack = await upWith([goodSmoke('web'), goodSmoke('other')])
  const before = await pids(stack)
  const finished = await attach(stack)
  expect(finished.code, finished.stdout + finished.stderr).toBe(0)
  expect(settle(finished.stdout, finished)).toMatchInlineSnapshot(`
    "
    attached to the stack that PID <pid> has up: 2 daemons
      ready web  <time>
      ready other  <time>
    up in <time>
    PASS d1 <n>s
    PASS d2 <n>s

    stack test · …
    PASS d1 <n>s
    PASS d2 <n>s
    --- 2 PASS / 0 FAIL ---
    "
  `)
  const ledger = JSON.parse(finished.read('ledger.json'))
  expect(ledger).toMatchObject({
    attachedTo: (await stack.status()).owner?.pid,
    green: false,
    complete: true,
  })
  if (process.platform === 'linux') {
    // Of the smoke; what was used since the stack is up is not the run's.
    const used = { cpuSeconds: expect.any(Number), threads: expect.any(Number), fds: expect.any(Number) }
    expect(ledger.rows[0].resources.daemons).toMatchObject({ web: used, other: used })
    expect(ledger.daemons[0]).not.toHaveProperty('resources')
  }
  expect(await pids(stack)).toEqual(before)
  await expectOnlyTheStack(stack)
  await takeDown(stack)
})

it('needs a stack that is up, and all that is in its file', async () => {
  const stack = await upWith([goodSmoke('web')])
  stack.project.stack(stackOf(['d1'], daemon('web'), daemon('other'), daemon('added')))
  const missing = await attach(stack)
  expect({ code: missing.code, stderr: missing.stderr }).toEqual({
    code: 3,
    stderr: 'error: not running, though in the file: added; `up` starts them\n',
  })
  await takeDown(stack)
  const down = await attach(stack)
  expect({ code: down.code, stderr: down.stderr }).toEqual({
    code: 3,
    stderr: 'error: stack.toml is not up; `up` boots it\n',
  })
})

it('a smoke may restart a daemon, by SIGKILL too: the supervisor does it, and counts it not as a restart', async () => {
  const stack = await upWith([
    smokeOf(
      `    await step('before', () => web.get('/health', { status: 200 }))
    await stack.restart('web', { signal: 'SIGKILL' })
    await step('after', () => web.get('/health', { status: 200 }))`,
      { uses: ['stack'] },
    ),
  ])
  const before = await stack.daemon('web')
  const finished = await attach(stack)
  expect(finished.code, finished.stdout).toBe(0)
  const after = await stack.daemon('web')
  expect(after).toMatchObject({ state: 'ready', restarts: 0 })
  expect(after.pid).not.toBe(before.pid)
  await takeDown(stack)
})

it('a daemon that dies in a smoke fails it, whatever the supervisor then does', async () => {
  const stack = await upWith([
    goodSmoke('web'),
    smokeOf(`    await step('it takes the order', () => web.post('/exit/9', undefined, { status: 200 }))`),
    goodSmoke('other'),
  ])
  const finished = await attach(stack)
  expect(finished.code, finished.stdout + finished.stderr).toBe(1)
  expect(finished.stdout).toMatch(
    /FAIL d2 .*\n {2}✗ web died after .*: it exited with code 9, and nobody had asked it/,
  )
  expect(finished.stdout).toMatch(/PASS d1 \d+s\nFAIL d2 \d+s\nPASS d3 \d+s\n--- 2 PASS \/ 1 FAIL ---\n$/)
  await stack.daemonWhen('web', 'to be back', ({ state, restarts }) => state === 'ready' && restarts === 1)
  await takeDown(stack)
})

it('a daemon that is down fails the look at the stack', async () => {
  const stack = await upWith([goodSmoke('web'), goodSmoke('other')], [])
  await kill(stack.project, (await stack.daemon('web')).pid)
  await stack.daemonWhen('web', 'to be dead', ({ state }) => state === 'dead')
  const finished = await attach(stack)
  expect(finished.code).toBe(3)
  expect(finished.stdout).toMatch(/✗ web died after .*: it was ended by SIGKILL/)
  // A part of the chain needs only its own daemons.
  expect((await attach(stack, '--only', 'd2')).code).toBe(0)
  await takeDown(stack)
})

it('one chain at a time; one that is killed leaves no daemon stopped', async () => {
  const stack = await upWith([
    smokeOf(
      `    await stack.stop('web')
    await step('it waits', () => within('60s', () => false))`,
      { uses: ['stack', 'within'], budget: '90s' },
    ),
  ])
  const tool = stack.start('verify', ['--attach'])
  await stack.daemonWhen('web', 'to be stopped', ({ state }) => state === 'down')
  const second = await attach(stack)
  expect({ code: second.code, stderr: second.stderr }).toEqual({
    code: 3,
    stderr: 'error: another chain is attached to this stack: wait for its end\n',
  })
  tool.child.kill('SIGKILL')
  await tool.finished
  await stack.daemonWhen('web', 'to be started again', ({ state }) => state === 'ready')
  await expectOnlyTheStack(stack)
  await takeDown(stack)
})

it('a supervisor that is killed meanwhile ends the smoke, and the rest is blocked', async () => {
  const stack = await upWith([
    smokeOf(`    await step('it waits', () => within('60s', () => false))`, {
      uses: ['within'],
      budget: '90s',
    }),
    goodSmoke('other'),
  ])
  const tool = stack.start('verify', ['--attach'])
  await tool.event('smoke.started')
  await kill(stack.project, (await stack.status()).owner?.pid)
  const finished = await tool.finished
  expect(finished.code).toBe(1)
  expect(finished.stdout).toContain('warning: the stack is no longer up: the supervisor, PID ')
  expect(finished.stdout).toMatch(/FAIL d1 \d+s\nBLOCKED d2 \d+s\n--- 0 PASS \/ 1 FAIL \/ 1 BLOCKED ---\n$/)
  await stack.expectNothingLeft()
})

it('Ctrl-C ends the chain and not the stack', async () => {
  const stack = await upWith([
    smokeOf(`    await step('it waits', () => within('60s', () => false))`, {
      uses: ['within'],
      budget: '90s',
    }),
  ])
  const before = await pids(stack)
  const tool = stack.start('verify', ['--attach'])
  await tool.event('smoke.started')
  tool.child.kill('SIGINT')
  expect((await tool.finished).code).toBe(130)
  expect(await pids(stack)).toEqual(before)
  await expectOnlyTheStack(stack)
  await takeDown(stack)
})
