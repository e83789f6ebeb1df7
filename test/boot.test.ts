/** The stack comes up, or it does not: then exit code 3, one clear cause, nothing left. */
import { expect, it } from 'vitest'
import {
  causes,
  createProject,
  daemon,
  expectNothingLeft,
  type Finished,
  goodSmoke,
  listening,
  projectWith,
  quote,
  report,
  stackOf,
  verify,
} from './support/rig.ts'

async function expectNotUp(...daemons: readonly string[]): Promise<Finished> {
  const finished = await verify(projectWith(...daemons))
  expect(finished.code, finished.stdout + finished.stderr).toBe(3)
  await expectNothingLeft(finished)
  return finished
}

async function expectGreen(...daemons: readonly string[]): Promise<Finished> {
  const finished = await verify(projectWith(...daemons))
  expect(finished.code, finished.stdout + finished.stderr).toBe(0)
  await expectNothingLeft(finished)
  return finished
}

/** For daemons that must be given the time to come up as far as they do; a busy machine takes a good part of a second. */
const SOON = 'ready_timeout = "3s"'

/** A daemon whose command is this list. */
const commanded = (command: readonly string[], ...lines: readonly string[]): string =>
  [
    '[daemons.web]',
    `command = ${JSON.stringify(command)}`,
    'bind = "127.0.0.1:0"',
    'ready = { http = "/health" }',
    ...lines,
    '',
  ].join('\n')

it('boots, proves, stops: the whole report of a green run', async () => {
  const finished = await expectGreen(daemon('web'))
  expect(finished.stdout).toMatch(/^stack test · boot \d.* · \d.* in all · \/.*\/logs\/runs\/\S+$/m)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    booting 1 daemon
      ready web  <time>
    up in <time>
    PASS d1 <n>s

    stack test · …
    PASS d1 <n>s
    --- 1 PASS / 0 FAIL ---
    "
  `)
})

it('a daemon that never listens', async () => {
  const finished = await expectNotUp(daemon('web', { orders: {}, lines: [SOON] }))
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    booting 1 daemon
      ✗ web was not ready within <time>: nothing listens on 127.0.0.1:<port>
          probes, since it was started:
            +<time> listen: nothing listens on 127.0.0.1:<port> (×<n>, last at <time>)
          last line of web's log:
            up
          next: see why in its log; if it is only slow, raise "ready_timeout" of web
    not up after <time>
    BLOCKED d1 <n>s

    ✗ web was not ready within <time>: nothing listens on 127.0.0.1:<port>
        probes, since it was started:
          +<time> listen: nothing listens on 127.0.0.1:<port> (×<n>, last at <time>)
        last line of web's log:
          up
        next: see why in its log; if it is only slow, raise "ready_timeout" of web

    BLOCKED d1
      web is not running

    stack test · …
    BLOCKED d1 <n>s
    --- 0 PASS / 0 FAIL / 1 BLOCKED / BOOT FAILED ---
    "
  `)
})

it.each([
  ['with code 1', { exit: 1 }],
  ['with code 0', { exit: 0 }],
  ['by a signal', { signal: 'SIGKILL' }],
])('a daemon that ends before it is ready, %s', async (_, orders) => {
  const print = ['reading config', 'FATAL: no such table: users']
  const finished = await expectNotUp(daemon('web', { orders: { print, ...orders } }))
  expect(causes(finished)).toMatchSnapshot()
})

it('what another daemon needs ends before it is ready: the other is not started', async () => {
  const finished = await expectNotUp(
    daemon('db', { orders: { exit: 1 } }),
    daemon('web', { lines: ['needs = ["db"]'] }),
  )
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    booting 2 daemons
      ✗ db exited with code 1, <time> after it was started, before it was ready
          db wrote nothing to its log
          next: mend what its log says, or correct "command" of db
    not up after <time>
    BLOCKED d1 <n>s

    ✗ db exited with code 1, <time> after it was started, before it was ready
        db wrote nothing to its log
        next: mend what its log says, or correct "command" of db

    BLOCKED d1
      db, web are not running

    stack test · …
    BLOCKED d1 <n>s
    --- 0 PASS / 0 FAIL / 1 BLOCKED / BOOT FAILED ---
    "
  `)
  expect(finished.events.some((event) => event.type === 'daemon.spawned' && event.daemon === 'web')).toBe(
    false,
  )
})

it('one of two daemons never gets ready: the other is stopped', async () => {
  const finished = await expectNotUp(
    daemon('db', { orders: { exit: 3, waitFor: '/' } }),
    daemon('web', { orders: listening({ health: 'fail' }) }),
  )
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    ✗ db exited with code 3, <time> after it was started, before it was ready
        db wrote nothing to its log
        next: mend what its log says, or correct "command" of db

    BLOCKED d1
      web is not running

    stack test · …
    BLOCKED d1 <n>s
    --- 0 PASS / 0 FAIL / 1 BLOCKED / BOOT FAILED ---
    "
  `)
})

it('a command that is not found', async () => {
  expect(
    causes(await expectNotUp(commanded(['no-such-program', '--listen', '{bind}']))),
  ).toMatchInlineSnapshot(`
    "
    ✗ web could not be started: command not found: no-such-program
        command: no-such-program --listen 127.0.0.1:<port>
        in: <project>
        "no-such-program" is in no folder of PATH (<repo>/node_modules/node/bin:/usr/local/bin:/usr/bin:/bin)
        next: install no-such-program, or correct "command" of web; a relative path counts from its working directory

    BLOCKED d1
      web is not running

    stack test · …
    BLOCKED d1 <n>s
    --- 0 PASS / 0 FAIL / 1 BLOCKED / BOOT FAILED ---
    "
  `)
})

it('a command that is not executable', async () => {
  const project = projectWith(commanded(['./bin/web']))
  project.write('bin/web', '#!/bin/sh\nexit 0\n', 0o644)
  const finished = await verify(project)
  expect(finished.code).toBe(3)
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    ✗ web could not be started: ./bin/web is not executable
        command: ./bin/web
        in: <project>
        <project>/bin/web may not be executed
        next: chmod +x ./bin/web, or name its interpreter first in "command" of web

    BLOCKED d1
      web is not running

    stack test · …
    BLOCKED d1 <n>s
    --- 0 PASS / 0 FAIL / 1 BLOCKED / BOOT FAILED ---
    "
  `)
  await expectNothingLeft(finished)
})

it('a script without an interpreter line', async () => {
  const project = projectWith(commanded(['./bin/web']))
  project.write('bin/web', 'echo hello\n', 0o755)
  const finished = await verify(project)
  expect(finished.code).toBe(3)
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    ✗ web exited with code 0, <time> after it was started, before it was ready
        last line of web's log:
          hello
        next: mend what its log says, or correct "command" of web

    BLOCKED d1
      web is not running

    stack test · …
    BLOCKED d1 <n>s
    --- 0 PASS / 0 FAIL / 1 BLOCKED / BOOT FAILED ---
    "
  `)
  await expectNothingLeft(finished)
})

it('a working directory that does not exist', async () => {
  const finished = await expectNotUp(daemon('web', { lines: ['cwd = "no/such/folder"'] }))
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    ✗ web could not be started: its working directory <project>/no/such/folder does not exist or cannot be entered
        command: node puppet.mjs …
        in: <project>/no/such/folder
        there is no directory <project>/no/such/folder
        next: create that directory, or correct "cwd" of web

    BLOCKED d1
      web is not running

    stack test · …
    BLOCKED d1 <n>s
    --- 0 PASS / 0 FAIL / 1 BLOCKED / BOOT FAILED ---
    "
  `)
})

it('an environment variable that is not set', async () => {
  const project = projectWith(daemon('web', { lines: ['env = { KEY = "{env.NOT_SET_ANYWHERE}" }'] }))
  const finished = await verify(project)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    stack.toml:8:16: error: the environment variable \`NOT_SET_ANYWHERE\` is not set
      8 | env = { KEY = "{env.NOT_SET_ANYWHERE}" }
        |                ^^^^^^^^^^^^^^^^^^^^^^
      hint: set it for this command: NOT_SET_ANYWHERE=… smokechain …
    "
  `)
  expect(finished.code).toBe(2)
  await expectNothingLeft(finished)
})

it('only the allowlist and what the file names reach a daemon', async () => {
  const project = createProject()
  const show = `require('fs').writeFileSync(${quote(`${project.root}/env.json`)}, JSON.stringify(process.env)); process.exit(1)`
  project.stack(
    stackOf(
      ['d1'],
      commanded(['node', '-e', show.replaceAll('{', '{{').replaceAll('}', '}}')], 'env = { A = "1" }'),
    ),
  )
  project.smoke('d1', goodSmoke())
  const finished = await verify(project)
  expect(finished.code).toBe(3)
  const seen = JSON.parse(finished.read('../../../env.json')) as Record<string, string>
  expect(Object.keys(seen).sort()).toEqual([
    'A',
    'HOME',
    'LANG',
    'PATH',
    'SMOKECHAIN_OWNER',
    'SMOKECHAIN_RUN',
    'TMPDIR',
    'TZ',
  ])
  await expectNothingLeft(finished)
})

/** What each does, and how it is asked. */
const SICK = {
  hangs: { health: 'hang', http: '"/health"' },
  drips: { health: 'drip', http: '"/health"' },
  'redirects for ever': { health: 'redirect', http: '"/health"' },
  'sends without end': { health: 'huge', http: '{ path = "/health", json = { status = "ok" } }' },
  'answers 503': { health: 'fail', http: '"/health"' },
}

it('a /health that is no sign of health', async () => {
  // Side by side: each is waited for to its deadline.
  const told = Object.entries(SICK).map(async ([how, { health, http }]) => {
    const lines = ['ready_timeout = "6s"']
    const web = daemon('web', { orders: listening({ health }), ready: `{ http = ${http} }`, lines })
    return { how, seen: causes(await expectNotUp(web)) }
  })
  for (const { how, seen } of await Promise.all(told)) expect(seen).toMatchSnapshot(how)
})

it('a /health that answers 500 at first is waited for', async () => {
  const finished = await expectGreen(daemon('web', { orders: listening({ health: 'recover' }) }))
  const [ready] = finished.events.filter((event) => event.type === 'daemon.ready')
  expect(ready?.attempts).toBeGreaterThan(3)
})

it('several probes: the one that does not hold is named', async () => {
  const finished = await expectNotUp(
    daemon('web', { ready: `{ http = "/health", log = 'migrated \\d+ tables' }`, lines: [SOON] }),
  )
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    ✗ web was not ready within <time>: no line matches /migrated \\d+ tables/
        probes, since it was started:
          +<time> http: ok, answered 200
          +<time> log: no line matches /migrated \\d+ tables/ (×<n>, last at <time>)
        last 2 lines of web's log:
          listening <clock>
          up
        next: see why in its log; if it is only slow, raise "ready_timeout" of web

    BLOCKED d1
      web is not running

    stack test · …
    BLOCKED d1 <n>s
    --- 0 PASS / 0 FAIL / 1 BLOCKED / BOOT FAILED ---
    "
  `)
})
