/** Several runs at once in one checkout do not meet. */
import { expect, it } from 'vitest'
import { processesWith } from './support/processes.ts'
import {
  createProject,
  daemon,
  expectNothingLeft,
  findFreePort,
  goodSmoke,
  listening,
  smokeOf,
  stackOf,
  startVerify,
  until,
  verify,
} from './support/rig.ts'

it('four runs at once in one project are all green', async () => {
  const project = createProject()
  project.stack(stackOf(['d1', 'd2'], daemon('db'), daemon('web', { lines: ['needs = ["db"]'] })))
  project.smoke('d1', goodSmoke())
  project.smoke(
    'd2',
    smokeOf(
      `    await stack.restart('web')\n    await step('it is back', () => web.get('/', { status: 200 }))`,
      { uses: ['stack'] },
    ),
  )
  const runs = await Promise.all([1, 2, 3, 4].map(() => verify(project)))
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0])
  expect(new Set(runs.map(({ run }) => run)).size).toBe(4)
  const ports = runs.flatMap(({ events }) =>
    events.flatMap((event) =>
      event.type === 'daemon.spawned' && event.incarnation === 1 ? event.sockets.map(({ port }) => port) : [],
    ),
  )
  expect(new Set(ports).size).toBe(8)
  for (const finished of runs) await expectNothingLeft(finished)
})

it('two runs with one fixed port: the second names the first, and does not disturb it', async () => {
  const port = await findFreePort()
  const project = createProject()
  project.stack(stackOf(['d1'], daemon('web', { bind: `127.0.0.1:${port}` })))
  project.smoke(
    'd1',
    smokeOf(`    await step('it waits', () => within('60s', () => existsSync('go')))`, {
      uses: ['within'],
    }).replace('\n', "\nimport { existsSync } from 'node:fs'\n"),
  )
  const first = startVerify(project)
  const { pid } = await first.event('daemon.spawned')
  await first.event('step.started')
  const second = await verify(project)
  expect(second.code).toBe(3)
  expect(second.stdout).toContain(`web cannot bind 127.0.0.1:${port}: held by PID ${pid} (`)
  project.write('go', '')
  const finished = await first.finished
  expect(finished.code, finished.stdout).toBe(0)
  await expectNothingLeft(finished)
  await expectNothingLeft(second)
})

it('one of two runs is killed: the other goes on', async () => {
  const project = createProject()
  project.stack(stackOf(['d1'], daemon('web', { orders: listening({ grandchild: { setsid: true } }) })))
  project.smoke(
    'd1',
    smokeOf(
      `    await step('it waits', () => within('60s', () => existsSync('go')))
    await step('it answers', () => web.get('/health', { status: 200 }))`,
      { uses: ['within'] },
    ).replace('\n', "\nimport { existsSync } from 'node:fs'\n"),
  )
  const [first, second] = [startVerify(project), startVerify(project)]
  await Promise.all([first.event('step.started'), second.event('step.started')])
  first.child.kill('SIGKILL')
  const killed = await first.finished
  await until(
    'the processes of the killed run to end',
    () => processesWith(`SMOKECHAIN_RUN=${killed.run}`).length === 0,
  )
  project.write('go', '')
  const finished = await second.finished
  expect(finished.code, finished.stdout).toBe(0)
  // First the killed one, whose guardian may still be at work in the project that they share.
  await expectNothingLeft(killed, { killed: true })
  await expectNothingLeft(finished)
})
