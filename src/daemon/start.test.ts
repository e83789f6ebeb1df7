import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { identify } from '../host/process-table.ts'
import type { Failure } from '../kernel/failure.ts'
import type { ReadySpec } from '../stack/types.ts'
import {
  bindOf,
  findPort,
  HOST,
  listenAsStranger,
  makeFolder,
  type Stage,
  specOf,
  stage,
} from './fixtures/stage.ts'
import { letTimePass } from './fixtures/time.ts'

const HEALTH: ReadySpec = { kind: 'http', target: '/health', status: 200, json: { status: 'ok' } }
/** Short enough not to hold up the tests, and only used where readiness can never come. */
const SOON = { readyTimeoutMs: 400, stopGraceMs: 2_000 }

async function expectFailure(on: Stage): Promise<Failure> {
  const result = await on.start()
  if (result.ok) throw new Error('it became ready')
  expect(on.daemon.state).toBe('failed')
  expect(on.events).toContainEqual({ type: 'daemon.failed', daemon: 'puppet', failure: result.error })
  for (const event of on.events) {
    if (event.type === 'daemon.spawned') expect(identify(event.pid)).toBeUndefined()
  }
  return result.error
}

describe('a daemon becomes ready', () => {
  test('on its own socket, and tells the way there and back in events', async () => {
    const port = await findPort()
    const on = stage(specOf({ listen: [{ host: HOST, port }] }, { binds: [bindOf(port)], ready: [HEALTH] }))
    expect(await on.start()).toEqual({ ok: true, value: undefined })
    expect(on.daemon.state).toBe('ready')
    expect(on.types()).toEqual(['daemon.spawned', 'daemon.ready'])
    expect(await on.next('daemon.ready')).toMatchObject({ incarnation: 1, ownership: 'proven' })
    expect(on.daemon.checkStillOurs()).toBeUndefined()

    await on.daemon.stop()
    expect(on.daemon.state).toBe('down')
    expect(on.types().slice(2)).toEqual(['daemon.exited', 'daemon.stopped'])
    expect(await on.next('daemon.exited')).toMatchObject({ expected: true })
    expect(await on.next('daemon.stopped')).toMatchObject({ how: 'terminated' })
  })

  test('through a grandchild that holds the socket', async () => {
    const port = await findPort()
    const grandchild = { listen: [{ host: HOST, port }] }
    const on = stage(specOf({ grandchild }, { binds: [bindOf(port)], ready: [HEALTH] }))
    expect((await on.start()).ok).toBe(true)
    expect(await on.next('daemon.ready')).toMatchObject({ ownership: 'proven' })
  })

  test('on IPv6 loopback', async () => {
    const port = await findPort('::1')
    const on = stage(
      specOf({ listen: [{ host: '::1', port }] }, { binds: [bindOf(port, '::1')], ready: [HEALTH] }),
    )
    expect((await on.start()).ok).toBe(true)
    expect(on.daemon.checkStillOurs()).toBeUndefined()
  })

  test('by listening alone, when nothing is asked of it', async () => {
    const port = await findPort()
    const on = stage(specOf({ listen: [{ host: HOST, port }] }, { binds: [bindOf(port)] }))
    expect((await on.start()).ok).toBe(true)
  })

  test('without any socket, when all its probes hold', async () => {
    const folder = makeFolder()
    const on = stage(
      specOf(
        { notifyFd: 3, touch: join(folder, 'ready'), unix: join(folder, 's'), print: ['all set'] },
        {
          ready: [
            { kind: 'fd', fd: 3 },
            { kind: 'log', pattern: '^all s.t$' },
            { kind: 'file', path: join(folder, 'ready') },
            { kind: 'socket', path: join(folder, 's') },
            { kind: 'command', command: [process.execPath, '-e', ''] },
          ],
        },
      ),
    )
    expect((await on.start()).ok).toBe(true)
    expect(await on.next('daemon.ready')).toMatchObject({ ownership: 'no-socket' })
  })

  test('off loopback, when the file says so', async () => {
    const port = await findPort('0.0.0.0')
    const on = stage(
      specOf(
        { listen: [{ host: '0.0.0.0', port }] },
        { binds: [bindOf(port, '0.0.0.0')], ready: [HEALTH], expose: true },
      ),
    )
    expect((await on.start()).ok).toBe(true)
  })

  test('with two sockets of one port, both its own', async () => {
    const port = await findPort()
    const listen = [
      { host: HOST, port, reusePort: true },
      { host: HOST, port, reusePort: true },
    ]
    const on = stage(specOf({ listen }, { binds: [bindOf(port)], ready: [HEALTH] }))
    expect((await on.start()).ok).toBe(true)
    expect(on.daemon.checkStillOurs()).toBeUndefined()
  })

  test('once /health has recovered', async () => {
    const port = await findPort()
    const on = stage(
      specOf(
        { listen: [{ host: HOST, port }], health: 'recover' },
        { binds: [bindOf(port)], ready: [HEALTH] },
      ),
    )
    expect((await on.start()).ok).toBe(true)
    expect((await on.next('daemon.ready')).attempts).toBeGreaterThanOrEqual(4)
  })
})

describe('a daemon that never becomes ready', () => {
  test('because it does not listen: says where nothing listens', async () => {
    const port = await findPort()
    const on = stage(specOf({}, { binds: [bindOf(port)], ready: [HEALTH], ...SOON }))
    expect(await expectFailure(on)).toMatchObject({
      tag: 'not-ready',
      timeoutMs: 400,
      lacking: [`nothing listens on ${HOST}:${port}`],
      probes: [{ kind: 'listen', ok: false }],
    })
  })

  test('because what a probe needs is not installed: ends at once', async () => {
    const port = await findPort()
    const on = stage(
      specOf(
        { listen: [{ host: HOST, port }] },
        {
          binds: [bindOf(port)],
          ready: [{ kind: 'sql', statement: 'SELECT 1', url: 'postgres://127.0.0.1/none' }],
          // Were it waited for, the test would run into its own time-out.
          readyTimeoutMs: 600_000,
          cwd: makeFolder(),
        },
      ),
    )
    expect(await expectFailure(on)).toMatchObject({
      tag: 'not-ready',
      lacking: ['postgres:// needs the package "pg": npm install pg'],
    })
  })

  test('because it ignores SIGTERM, too: is killed', async () => {
    const port = await findPort()
    const on = stage(
      specOf({ ignoreTerm: true }, { binds: [bindOf(port)], readyTimeoutMs: 600_000, stopGraceMs: 100 }),
    )
    const failure = expectFailure(on)
    // Before it says so, it may not ignore anything yet.
    while (!on.daemon.logTail().includes('up')) await new Promise((resolve) => setImmediate(resolve))
    letTimePass(600_000)
    expect(await failure).toMatchObject({ tag: 'not-ready' })
    expect(await on.next('daemon.stopped')).toMatchObject({ how: 'killed' })
  })
})

describe('a daemon that ends before it is ready', () => {
  test.each([0, 1, 42])('with code %i: shows it, and its last words', async (exit) => {
    const port = await findPort()
    const on = stage(
      specOf({ print: ['one', 'last words'], exit }, { binds: [bindOf(port)], ready: [HEALTH] }),
    )
    expect(await expectFailure(on)).toMatchObject({
      tag: 'exited-before-ready',
      code: exit,
      signal: null,
      log: ['one', 'last words'],
    })
    expect(await on.next('daemon.exited')).toMatchObject({ code: exit, expected: false })
  })

  test('by a signal', async () => {
    const on = stage(specOf({ signal: 'SIGKILL' }, { ready: [HEALTH], binds: [bindOf(await findPort())] }))
    expect(await expectFailure(on)).toMatchObject({
      tag: 'exited-before-ready',
      code: null,
      signal: 'SIGKILL',
    })
  })

  test('and leaves a grandchild in a session of its own: that one is ended, too', async () => {
    const on = stage(
      specOf(
        { grandchild: { setsid: true }, exit: 3 },
        { binds: [bindOf(await findPort())], ready: [HEALTH] },
      ),
    )
    expect(await expectFailure(on)).toMatchObject({ tag: 'exited-before-ready', code: 3 })
    const grandchild = /^grandchild (\d+)$/m.exec(readFileSync(on.logPath, 'utf8'))?.[1]
    expect(identify(Number(grandchild))).toBeUndefined()
  })

  test('after a start that failed, another start works', async () => {
    const port = await findPort()
    const folder = makeFolder()
    const script = `
      const { existsSync, writeFileSync } = require('node:fs')
      if (!existsSync('second')) { writeFileSync('second', ''); process.exit(7) }
      require('node:net').createServer().listen(${port}, '${HOST}')`
    const on = stage(
      specOf({}, { command: [process.execPath, '-e', script], cwd: folder, binds: [bindOf(port)] }),
    )
    expect(await expectFailure(on)).toMatchObject({ tag: 'exited-before-ready', code: 7 })
    expect((await on.start()).ok).toBe(true)
    expect(on.daemon.state).toBe('ready')
  })
})

describe('a daemon that is not started', () => {
  test.each([
    ['its address', HOST],
    ['the same port of another address', '::1'],
    ['the wildcard address', '0.0.0.0'],
  ])('because somebody holds %s: names the holder', async (_, host) => {
    const port = await listenAsStranger(host)
    const on = stage(specOf({}, { binds: [bindOf(port)], ready: [HEALTH] }))
    const failure = await expectFailure(on)
    expect(failure).toMatchObject({
      tag: 'bind-taken',
      address: `${HOST}:${port}`,
      holders: [{ pid: process.pid, command: expect.stringContaining('node') }],
    })
    expect(on.types()).toEqual(['daemon.failed'])
  })

  test.each([
    ['not-found', { command: ['./no-such-program'] }],
    ['not-executable', { command: ['./plain-text'] }],
    ['bad-directory', { cwd: '/no/such/folder' }],
  ])('because it cannot be spawned: %s', async (reason, more) => {
    const folder = makeFolder()
    const { writeFileSync } = await import('node:fs')
    writeFileSync(join(folder, 'plain-text'), 'no program')
    const on = stage(specOf({}, { cwd: folder, ...more }))
    expect(await expectFailure(on)).toMatchObject({ tag: 'spawn-failed', reason })
  })
})
