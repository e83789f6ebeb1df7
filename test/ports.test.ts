/** Whose socket is it? A daemon that listens where it should not, and strangers who listen where it should. */
import { expect, it } from 'vitest'
import {
  causes,
  createProject,
  daemon,
  expectNothingLeft,
  type Finished,
  findFreePort,
  goodSmoke,
  holdPort,
  listening,
  OWN_PORT,
  type Project,
  report,
  smokeOf,
  stackOf,
  startVerify,
  verify,
} from './support/rig.ts'

function projectWith(...daemons: readonly string[]): Project {
  const project = createProject()
  project.stack(stackOf(['d1'], ...daemons))
  project.smoke('d1', goodSmoke())
  return project
}

async function expectNotUp(...daemons: readonly string[]): Promise<Finished> {
  const finished = await verify(projectWith(...daemons))
  expect(finished.code, finished.stdout + finished.stderr).toBe(3)
  await expectNothingLeft(finished)
  return finished
}

/** Long enough for a daemon to listen, on a busy machine too. */
const SOON = 'ready_timeout = "3s"'

it('a stranger holds the fixed port and answers 200: named at once, nothing is started', async () => {
  const stranger = await holdPort()
  const finished = await verify(projectWith(daemon('web', { bind: `127.0.0.1:${stranger.port}` })))
  expect(finished.code).toBe(3)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    booting 1 daemon
      ✗ web cannot bind 127.0.0.1:<port>: held by PID <pid> (node -e const server = require('http').createServer((_, answer) => answer.end('{"status":"ok"}')).listen({"host":"127.0.… (74 more characters)), since <date>
          next: stop that process, or change "bind" of web
    not up after <time>
    BLOCKED d1 <n>s

    ✗ web cannot bind 127.0.0.1:<port>: held by PID <pid> (node -e const server = require('http').createServer((_, answer) => answer.end('{"status":"ok"}')).listen({"host":"127.0.… (74 more characters)), since <date>
        next: stop that process, or change "bind" of web

    BLOCKED d1
      web is not running

    stack test · …
    BLOCKED d1 <n>s
    --- 0 PASS / 0 FAIL / 1 BLOCKED / BOOT FAILED ---
    "
  `)
  expect(finished.stdout).toContain(`PID ${stranger.child.pid} (node -e `)
  // "At once" is before anything could be waited for.
  expect(finished.events.some((event) => event.type === 'daemon.spawned')).toBe(false)
  await expectNothingLeft(finished, { except: [stranger.port] })
})

it('a stranger on the wildcard address, or on ::1, holds the port as well', async () => {
  for (const host of ['0.0.0.0', '::1']) {
    const stranger = await holdPort({ host })
    const finished = await verify(projectWith(daemon('web', { bind: `127.0.0.1:${stranger.port}` })))
    expect(finished.code).toBe(3)
    expect(finished.stdout).toContain(
      `web cannot bind 127.0.0.1:${stranger.port}: held by PID ${stranger.child.pid}`,
    )
    await expectNothingLeft(finished, { except: [stranger.port] })
  }
})

it('a stranger takes the port while the daemon boots: the daemon ends, and the stranger is named', async () => {
  const port = await findFreePort()
  const project = createProject()
  const waitFor = `${project.root}/go`
  project.stack(stackOf(['d1'], daemon('web', { orders: listening({ waitFor }), bind: `127.0.0.1:${port}` })))
  project.smoke('d1', goodSmoke())
  const tool = startVerify(project)
  await tool.event('daemon.spawned')
  const stranger = await holdPort({ port })
  project.write('go', '')
  const finished = await tool.finished
  expect(finished.code).toBe(3)
  // What is seen first is chance: the stranger on the port, or the end of the daemon that could not have it.
  const told = causes(finished).replace(
    'web cannot bind 127.0.0.1:<port>: held by PID',
    '127.0.0.1:<port> is not answered by web but by another process: PID',
  )
  expect(told).toMatchInlineSnapshot(`
    "
    ✗ 127.0.0.1:<port> is not answered by web but by another process: PID <pid> (node -e const server = require('http').createServer((_, answer) => answer.end('{"status":"ok"}')).listen({"host":"127.0.… (78 more characters)), since <date>
        next: stop that process, or change "bind" of web

    BLOCKED d1
      web is not running

    stack test · …
    BLOCKED d1 <n>s
    --- 0 PASS / 0 FAIL / 1 BLOCKED / BOOT FAILED ---
    "
  `)
  expect(finished.stdout).toContain(`PID ${stranger.child.pid} `)
  await expectNothingLeft(finished, { except: [port] })
})

it('a stranger answers in the place of a daemon that never listens', async () => {
  const port = await findFreePort()
  const project = projectWith(daemon('web', { orders: {}, bind: `127.0.0.1:${port}` }))
  const tool = startVerify(project)
  await tool.event('daemon.spawned')
  const stranger = await holdPort({ port })
  const finished = await tool.finished
  expect(finished.code).toBe(3)
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    ✗ 127.0.0.1:<port> is not answered by web but by another process: PID <pid> (node -e const server = require('http').createServer((_, answer) => answer.end('{"status":"ok"}')).listen({"host":"127.0.… (78 more characters)), since <date>
        next: stop that process, or change "bind" of web

    BLOCKED d1
      web is not running

    stack test · …
    BLOCKED d1 <n>s
    --- 0 PASS / 0 FAIL / 1 BLOCKED / BOOT FAILED ---
    "
  `)
  expect(finished.stdout).toContain(`PID ${stranger.child.pid} `)
  await expectNothingLeft(finished, { except: [port] })
})

it('a stranger shares the port by SO_REUSEPORT', async () => {
  const port = await findFreePort()
  const project = createProject()
  const orders = {
    listen: [{ host: '127.0.0.1', port: OWN_PORT, reusePort: true }],
    waitFor: `${project.root}/go`,
  }
  project.stack(stackOf(['d1'], daemon('web', { orders, bind: `127.0.0.1:${port}` })))
  project.smoke('d1', goodSmoke())
  const tool = startVerify(project)
  await tool.event('daemon.spawned')
  const stranger = await holdPort({ port, reusePort: true })
  project.write('go', '')
  const finished = await tool.finished
  expect(finished.code).toBe(3)
  expect(finished.stdout).toContain(
    `127.0.0.1:${port} is not answered by web but by another process: PID ${stranger.child.pid} `,
  )
  await expectNothingLeft(finished, { except: [port] })
})

it('a daemon that listens twice by SO_REUSEPORT, in two processes of its own, is itself', async () => {
  const listen = [{ host: '127.0.0.1', port: OWN_PORT, reusePort: true }]
  const finished = await verify(projectWith(daemon('web', { orders: { listen, grandchild: { listen } } })))
  expect(finished.code, finished.stdout).toBe(0)
  await expectNothingLeft(finished)
})

it('a daemon that listens through a grandchild in another session is itself', async () => {
  const finished = await verify(
    projectWith(daemon('web', { orders: { grandchild: { ...listening(), setsid: true } } })),
  )
  expect(finished.code, finished.stdout).toBe(0)
  await expectNothingLeft(finished)
})

it('a daemon that listens on another port', async () => {
  const finished = await expectNotUp(
    daemon('web', { orders: { listen: [{ host: '127.0.0.1', port: 0 }] }, lines: [SOON] }),
  )
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    ✗ web was not ready within <time>: nothing listens on 127.0.0.1:<port>; the daemon listens on 127.0.0.1:<port> instead
        probes, since it was started:
          +<time> listen: nothing listens on 127.0.0.1:<port> (×<n>, last at <time>)
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

it('a daemon that listens on ::1 only', async () => {
  const finished = await expectNotUp(daemon('web', { orders: listening({}, '::1'), lines: [SOON] }))
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    ✗ web was not ready within <time>: nothing listens on 127.0.0.1:<port>; the daemon listens on [::1]:<port> instead
        probes, since it was started:
          +<time> listen: nothing listens on 127.0.0.1:<port> (×<n>, last at <time>)
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

it('a daemon that listens on 0.0.0.0', async () => {
  const finished = await expectNotUp(daemon('web', { orders: listening({}, '0.0.0.0') }))
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    ✗ web listens on 0.0.0.0:<port>, where other machines can reach it
        next: make it bind 127.0.0.1, or allow this with "expose = true" of web

    BLOCKED d1
      web is not running

    stack test · …
    BLOCKED d1 <n>s
    --- 0 PASS / 0 FAIL / 1 BLOCKED / BOOT FAILED ---
    "
  `)
})

it('a daemon that may listen on 0.0.0.0', async () => {
  const finished = await verify(
    projectWith(
      daemon('web', { orders: listening({}, '0.0.0.0'), bind: '0.0.0.0:0', lines: ['expose = true'] }),
    ),
  )
  expect(finished.code, finished.stdout).toBe(0)
  await expectNothingLeft(finished)
})

it('a daemon that opens a second socket to the world while a smoke runs', async () => {
  const project = projectWith(daemon('web'))
  project.smoke(
    'd1',
    smokeOf(`    await step('it opens a door', () =>
      web.post('/listen/' + encodeURIComponent('{"host":"0.0.0.0","port":0}'), undefined, { status: 200 }))`),
  )
  const finished = await verify(project)
  expect(finished.code).toBe(1)
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    FAIL d1  the puppet answers
      ✗ web listens on 0.0.0.0:<port>, where other machines can reach it
          next: make it bind 127.0.0.1, or allow this with "expose = true" of web
      log of web:
        listening <clock>
        up
        listening <clock>
      rerun: node <repo>/src/smokechain.mjs verify --stack stack.toml --only d1

    stack test · …
    FAIL d1 <n>s
    --- 0 PASS / 1 FAIL ---
    "
  `)
  await expectNothingLeft(finished)
})

it('a daemon closes its socket and a stranger answers in its place: the smoke does not pass', async () => {
  const project = projectWith(daemon('web'))
  project.smoke(
    'd1',
    smokeOf(
      `    await step('it gives its place away', () => web.post('/closeAll', undefined, { status: 200 }))
    await step('somebody takes it', () => within('20s', () => existsSync('taken')))
    await step('somebody answers', () => web.get('/health', { status: 200, json: { status: 'ok' } }))`,
      { uses: ['within'] },
    ).replace('\n', "\nimport { existsSync } from 'node:fs'\n"),
  )
  const tool = startVerify(project)
  const { sockets } = await tool.event('daemon.spawned')
  await tool.event('step.started', ({ index }) => index === 1)
  const port = sockets[0]?.port ?? 0
  await holdPort({ port })
  project.write('taken', '')
  const finished = await tool.finished
  expect(finished.code).toBe(1)
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    FAIL d1  the puppet answers
      ✗ 127.0.0.1:<port> is not answered by web but by another process: PID <pid> (node -e const server = require('http').createServer((_, answer) => answer.end('{"status":"ok"}')).listen({"host":"127.0.… (78 more characters)), since <date>
          next: stop that process, or change "bind" of web
      log of web:
        listening <clock>
        up
      rerun: node <repo>/src/smokechain.mjs verify --stack stack.toml --only d1

    stack test · …
    FAIL d1 <n>s
    --- 0 PASS / 1 FAIL ---
    "
  `)
  await expectNothingLeft(finished, { except: [port] })
})

it('a stranger takes the port between a stop and a start', async () => {
  const project = projectWith(daemon('web'))
  project.smoke(
    'd1',
    smokeOf(
      `    await stack.stop('web')
    await step('somebody takes its place', () => within('20s', () => existsSync('taken')))
    await stack.start('web')
    await step('it is back', () => web.get('/health', { status: 200 }))`,
      { uses: ['within', 'stack'] },
    ).replace('\n', "\nimport { existsSync } from 'node:fs'\n"),
  )
  const tool = startVerify(project)
  const { sockets } = await tool.event('daemon.spawned')
  await tool.event('daemon.stopped')
  const port = sockets[0]?.port ?? 0
  await holdPort({ port })
  project.write('taken', '')
  const finished = await tool.finished
  expect(finished.code).toBe(1)
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    FAIL d1  the puppet answers
      ✗ web cannot bind 127.0.0.1:<port>: held by PID <pid> (node -e const server = require('http').createServer((_, answer) => answer.end('{"status":"ok"}')).listen({"host":"127.0.… (78 more characters)), since <date>
          next: stop that process, or change "bind" of web
      ✗ d1: step "(outside of a step)" failed: stack.start("web")
          expected: to succeed
          received: web cannot bind 127.0.0.1:<port>: held by PID <pid> (node -e const server = require('http').createServer((_, answer) => answer.end('{"status":"ok"}')).listen({"host":"127.0.… (78 more characters)), since <date>
          at:       <project>/smokes/d1.ts:14:17
      log of web:
        listening <clock>
        up
      rerun: node <repo>/src/smokechain.mjs verify --stack stack.toml --only d1

    stack test · …
    FAIL d1 <n>s
    --- 0 PASS / 1 FAIL ---
    "
  `)
  await expectNothingLeft(finished, { except: [port] })
})
