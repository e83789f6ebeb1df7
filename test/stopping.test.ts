/** Daemons that do not want to stop, and what they leave to be stopped. */
import { expect, it } from 'vitest'
import {
  createProject,
  daemon,
  expectNothingLeft,
  type Finished,
  goodSmoke,
  listening,
  projectWith,
  settle,
  smokeOf,
  stackOf,
  verify,
} from './support/rig.ts'

const SHORT_GRACE = 'stop_grace = "300ms"'

/** How each daemon was stopped, in the order in which they were. */
function stops({ events }: Finished): string[] {
  return events.flatMap((event) => (event.type === 'daemon.stopped' ? [`${event.daemon} ${event.how}`] : []))
}

it('stops in reverse order of need', async () => {
  const finished = await verify(
    projectWith(
      daemon('db'),
      daemon('api', { lines: ['needs = ["db"]'] }),
      daemon('web', { lines: ['needs = ["api"]'] }),
    ),
  )
  expect(finished.code).toBe(0)
  expect(stops(finished)).toEqual(['web terminated', 'api terminated', 'db terminated'])
  await expectNothingLeft(finished)
})

it('a daemon that ignores SIGTERM is killed after its grace', async () => {
  const finished = await verify(
    projectWith(daemon('web', { orders: listening({ ignoreTerm: true }), lines: [SHORT_GRACE] })),
    '--verbose',
  )
  expect(finished.code).toBe(0)
  expect(stops(finished)).toEqual(['web killed'])
  expect(settle(finished.stdout, finished)).toMatchInlineSnapshot(`
    "
    booting 1 daemon
      started web  PID <pid>, main 127.0.0.1:<port>
      ready web  <time>
    up in <time>
    d1: the puppet answers
      ok web says ok  <time>, 2 expectations
    PASS d1 <n>s
    stopping
      stopped web  <time>, killed
    stopped in <time>

    stack test · …
    PASS d1 <n>s
    --- 1 PASS / 0 FAIL ---
    "
  `)
  await expectNothingLeft(finished)
})

it('a daemon with no grace is killed at once', async () => {
  const finished = await verify(
    projectWith(daemon('web', { orders: listening({ ignoreTerm: true }), lines: ['stop_grace = "0s"'] })),
  )
  expect(finished.code).toBe(0)
  expect(stops(finished)).toEqual(['web killed'])
  await expectNothingLeft(finished)
})

it.each([
  ['in its own session', true],
  ['in the session of the daemon', false],
])('a grandchild %s that outlives its daemon is stopped with it', async (_, setsid) => {
  const project = createProject()
  // The daemon is not ready before its grandchild is.
  const up = `${project.root}/up`
  const grandchild = { setsid, ignoreTerm: true, touch: up }
  const orders = listening({ grandchild, waitFor: up })
  project.stack(stackOf(['d1'], daemon('web', { orders, lines: [SHORT_GRACE] })))
  project.smoke('d1', goodSmoke())
  const finished = await verify(project)
  expect(finished.code, finished.stdout).toBe(0)
  expect(stops(finished)).toEqual(['web killed'])
  await expectNothingLeft(finished)
})

it('a grandchild whose daemon has died is stopped as well', async () => {
  const project = projectWith(
    daemon('web', {
      orders: listening({ grandchild: { setsid: true, ignoreTerm: true } }),
      lines: [SHORT_GRACE],
    }),
  )
  project.smoke(
    'd1',
    smokeOf(`    await step('it dies', () => web.post('/crash/adieu', undefined, { status: 200 }))`),
  )
  const finished = await verify(project)
  expect(finished.code).toBe(1)
  await expectNothingLeft(finished)
})

it('a grandchild of a daemon that never got ready is stopped as well', async () => {
  const finished = await verify(
    projectWith(
      daemon('web', {
        orders: { exit: 1, grandchild: { setsid: true, ignoreTerm: true } },
        lines: [SHORT_GRACE],
      }),
    ),
  )
  expect(finished.code).toBe(3)
  await expectNothingLeft(finished)
})
