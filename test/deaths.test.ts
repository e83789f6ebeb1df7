/** Daemons that end when nobody has asked them to: always a failure, told with the smoke that met it. */
import { expect, it } from 'vitest'
import {
  causes,
  createProject,
  daemon,
  expectNothingLeft,
  goodSmoke,
  listening,
  projectOfTwo,
  report,
  smokeOf,
  stackOf,
  verify,
} from './support/rig.ts'

const ask = (command: string): string =>
  smokeOf(
    `    await step('it answers', () => web.get('/health', { status: 200 }))
    await step('it waits for ever', async () => {
      await web.post('${command}').catch(() => 'it has died before it had answered')
      await within('29s', () => false)
    })`,
    { uses: ['within'], why: 'nobody likes a daemon that dies' },
  )

it.each([
  ['exits with code 0', '/exit/0'],
  ['exits with code 3', '/exit/3'],
  ['ends by a signal', '/crash/last%20words'],
])('a daemon that %s inside a smoke', async (_, command) => {
  const project = projectOfTwo()
  project.smoke('d1', ask(command))
  const finished = await verify(project)
  expect(finished.code).toBe(1)
  expect(causes(finished)).toMatchSnapshot()
  await expectNothingLeft(finished)
})

it('a daemon that ends inside a smoke which hangs on it: the smoke is not waited for', async () => {
  const project = projectOfTwo()
  const file = `${project.root}/logs/latest/journal.jsonl`
  const orders = listening({ exitWhen: { file, holds: 'step.started' } })
  project.stack(stackOf(['d1', 'd2', 'd3'], daemon('web', { orders }), daemon('other')))
  project.smoke(
    'd1',
    smokeOf(`    await step('it waits for ever', () => within('29s', () => false))`, { uses: ['within'] }),
  )
  const finished = await verify(project)
  expect(finished.code).toBe(1)
  expect(finished.ms).toBeLessThan(20_000)
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    FAIL d1  the puppet answers
      ✗ web died after <time>: it exited with code 1, and nobody had asked it to stop
          last 2 lines of web's log:
            listening <clock>
            up
          next: mend what its log says; a daemon runs until it gets SIGTERM
      rerun: node <repo>/src/smokechain.mjs verify --stack stack.toml --only d1

    BLOCKED d2
      web is not running

    stack test · …
    FAIL d1 <n>s
    BLOCKED d2 <n>s
    PASS d3 <n>s
    --- 1 PASS / 1 FAIL / 1 BLOCKED ---
    "
  `)
  await expectNothingLeft(finished)
})

it('a daemon that ends between two smokes', async () => {
  const project = projectOfTwo()
  const journal = `${project.root}/logs/latest/journal.jsonl`
  const holds = '"type":"smoke.finished","smoke":"d1"'
  project.stack(
    stackOf(
      ['d1', 'd2', 'd3'],
      daemon('web', { orders: listening({ exitWhen: { file: journal, holds } }) }),
      daemon('other'),
    ),
  )
  project.smoke(
    'd2',
    // Whether it dies before this smoke or in it is a matter of milliseconds.
    smokeOf(`    await step('it waits for ever', () => within('29s', () => false))`, { uses: ['within'] }),
  )
  const finished = await verify(project)
  expect(finished.code).toBe(1)
  expect(finished.stdout).toMatch(/web died after .*: it exited with code 1, and nobody had asked it to stop/)
  expect(finished.stdout).toMatch(/^PASS d1 \d+s\n(FAIL|BLOCKED) d2 \d+s\nPASS d3 \d+s$/m)
  await expectNothingLeft(finished)
})

it('a daemon that ends when it was ready and another is still booting', async () => {
  const project = createProject()
  project.stack(
    stackOf(
      ['d1'],
      daemon('db'),
      daemon('web', {
        orders: listening({ call: 'http://@db/exit/0', waitFor: '/no/such/file' }),
        lines: ['needs = ["db"]', 'ready_timeout = "80s"'],
      }).replace('@db', '{bind.db}'),
    ),
  )
  project.smoke('d1', goodSmoke())
  const finished = await verify(project)
  expect(finished.code).toBe(3)
  // Nobody waits for it to be ready.
  expect(finished.ms).toBeLessThan(60_000)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    booting 2 daemons
      ready db  <time>
      ✗ db died after <time>: it exited with code 0, and nobody had asked it to stop
          last 2 lines of db's log:
            listening <clock>
            up
          next: mend what its log says; a daemon runs until it gets SIGTERM
    not up after <time>
    BLOCKED d1 <n>s

    ✗ db died after <time>: it exited with code 0, and nobody had asked it to stop
        last 2 lines of db's log:
          listening <clock>
          up
        next: mend what its log says; a daemon runs until it gets SIGTERM

    BLOCKED d1
      db, web are not running

    stack test · …
    BLOCKED d1 <n>s
    --- 0 PASS / 0 FAIL / 1 BLOCKED / BOOT FAILED ---
    "
  `)
  await expectNothingLeft(finished)
})

it('a daemon that ends after the last smoke, while others are being stopped', async () => {
  const project = createProject()
  project.stack(
    stackOf(
      ['d1'],
      daemon('db'),
      daemon('web', {
        orders: listening({ lastWords: 'http://@db/exit/4' }),
        lines: ['needs = ["db"]'],
      }).replace('@db', '{bind.db}'),
    ),
  )
  project.smoke('d1', goodSmoke())
  const finished = await verify(project)
  expect(finished.code).toBe(1)
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    ✗ db died after <time>: it exited with code 4, and nobody had asked it to stop
        last 2 lines of db's log:
          listening <clock>
          up
        next: mend what its log says; a daemon runs until it gets SIGTERM

    stack test · …
    PASS d1 <n>s
    --- 1 PASS / 0 FAIL / 1 DIED ---
    "
  `)
  await expectNothingLeft(finished)
})

it('a daemon that needs more memory than it may have', async () => {
  const project = projectOfTwo(daemon('web', { lines: ['max_rss = "150MiB"'] }))
  project.smoke(
    'd1',
    smokeOf(
      `    await step('it eats', () => web.post('/eat/' + 300 * 2 ** 20, undefined, { status: 200 }))
    await step('it waits for the end', () => within('29s', () => false))`,
      { uses: ['within'] },
    ),
  )
  const finished = await verify(project)
  expect(finished.code).toBe(1)
  expect(finished.stdout).toMatch(
    /web uses \d+\.\d MiB of memory with its children; "max_rss" allows 150\.0 MiB/,
  )
  await expectNothingLeft(finished)
})

it('a daemon that is no longer alive', async () => {
  const project = projectOfTwo(daemon('web', { lines: ['alive = { http = "/health" }'] }))
  project.smoke(
    'd1',
    smokeOf(
      `    await step('it falls ill', () => web.post('/health/fail', undefined, { status: 200 }))
    await step('it waits for the end', () => within('29s', () => false))`,
      { uses: ['within'] },
    ),
  )
  const finished = await verify(project)
  expect(finished.code).toBe(1)
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    FAIL d1  the puppet answers
      ✗ web is running but no longer alive: answered 503, expected 200: not now (×<n>, last at <time>)
          probes, since it was started:
            +<time> http: answered 503, expected 200: not now (×<n>, last at <time>)
          next: see its log; "alive" of web says what is asked
      log of web:
        listening <clock>
        up
      rerun: node <repo>/src/smokechain.mjs verify --stack stack.toml --only d1

    BLOCKED d2
      web is not running

    stack test · …
    FAIL d1 <n>s
    BLOCKED d2 <n>s
    PASS d3 <n>s
    --- 1 PASS / 1 FAIL / 1 BLOCKED ---
    "
  `)
  await expectNothingLeft(finished)
})

it('a smoke may restart a daemon, by SIGKILL too: that is no death', async () => {
  const project = projectOfTwo()
  project.smoke(
    'd1',
    smokeOf(
      `    await stack.restart('web', { signal: 'SIGKILL' })
    await step('it is back', () => web.get('/health', { status: 200 }))`,
      { uses: ['stack'] },
    ),
  )
  const finished = await verify(project)
  expect(finished.code, finished.stdout).toBe(0)
  expect(finished.read('daemons/web.log').match(/^up$/gm)).toHaveLength(2)
  await expectNothingLeft(finished)
})
