import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ReadySpec } from '../stack/types.ts'
import {
  bindOf,
  command,
  findPort,
  HOST,
  listenAsStranger,
  makeFolder,
  specOf,
  stage,
} from './fixtures/stage.ts'

const HEALTH: ReadySpec = { kind: 'http', target: '/health', status: 200 }

describe('a stranger on the port of a daemon', () => {
  test('that comes while it starts is named at once, though it would answer', async () => {
    const port = await findPort()
    // Never waited out: the stranger is an immediate failure.
    const on = stage(specOf({}, { binds: [bindOf(port)], readyTimeoutMs: 600_000 }))
    const started = on.start()
    await on.next('daemon.spawned')
    await listenAsStranger(HOST, port)
    const result = await started
    expect(result).toMatchObject({
      ok: false,
      error: { tag: 'foreign-listener', address: `${HOST}:${port}`, holders: [{ pid: process.pid }] },
    })
    expect(on.daemon.state).toBe('failed')
  })

  test('on the port of another address family is one, too', async () => {
    const port = await findPort()
    const on = stage(specOf({}, { binds: [bindOf(port)], readyTimeoutMs: 600_000 }))
    const started = on.start()
    await on.next('daemon.spawned')
    await listenAsStranger('::1', port)
    expect(await started).toMatchObject({
      ok: false,
      error: { tag: 'foreign-listener', address: `[::1]:${port}` },
    })
  })

  test('that wins the race for it is named, though the daemon has died of it', async () => {
    const port = await findPort()
    const script = `
      const server = require('node:net').createServer()
      process.stdin.resume()
      const go = () => server.listen(${port}, '${HOST}')
      server.on('error', (e) => { if (e.code !== 'EADDRINUSE') throw e; console.error(e.message); process.exit(1) })
      setInterval(() => undefined, 1e6)
      require('node:fs').watch('.', go)`
    // Whether the tool sees the stranger or the exit first is a matter of luck; both name the stranger.
    const cwd = makeFolder()
    const on = stage(specOf({}, { command: [process.execPath, '-e', script], cwd, binds: [bindOf(port)] }))
    const started = on.start()
    await on.next('daemon.spawned')
    await listenAsStranger(HOST, port)
    writeFileSync(join(cwd, 'go'), '')
    const result = await started
    expect(result).toMatchObject({ ok: false, error: { holders: [{ pid: process.pid }] } })
  })

  test('that joins a ready daemon by SO_REUSEPORT is found by the next look', async () => {
    const port = await findPort()
    const listen = [{ host: HOST, port, reusePort: true }]
    const on = stage(specOf({ listen }, { binds: [bindOf(port)], ready: [HEALTH] }))
    expect((await on.start()).ok).toBe(true)
    const stranger = stage(
      specOf({ listen }, { name: 'stranger', ready: [{ kind: 'log', pattern: '^up$' }] }),
    )
    expect((await stranger.start()).ok).toBe(true)
    expect(on.daemon.checkStillOurs()).toMatchObject({
      tag: 'foreign-listener',
      address: `${HOST}:${port}`,
      holders: [{ pid: stranger.daemon.pid }],
    })
  })
})

describe('a daemon that can be reached from outside', () => {
  test.each([
    ['its declared port', 0],
    ['another port', 1],
  ])('on %s fails at once', async (_, other) => {
    const port = await findPort('0.0.0.0')
    const used = other === 0 ? port : await findPort('0.0.0.0')
    const on = stage(
      specOf(
        { listen: [{ host: '0.0.0.0', port: used }] },
        { binds: [bindOf(port)], ready: [HEALTH], readyTimeoutMs: 600_000 },
      ),
    )
    expect(await on.start()).toMatchObject({
      ok: false,
      error: { tag: 'exposed', addresses: [`0.0.0.0:${used}`] },
    })
  })

  test('through a grandchild fails at once', async () => {
    const port = await findPort()
    const open = await findPort('0.0.0.0')
    const grandchild = { listen: [{ host: '0.0.0.0', port: open }] }
    const on = stage(specOf({ grandchild }, { binds: [bindOf(port)], readyTimeoutMs: 600_000 }))
    expect(await on.start()).toMatchObject({ error: { tag: 'exposed', addresses: [`0.0.0.0:${open}`] } })
  })

  test('only after it was ready is found by the next look', async () => {
    const port = await findPort()
    const on = stage(specOf({ listen: [{ host: HOST, port }] }, { binds: [bindOf(port)], ready: [HEALTH] }))
    expect((await on.start()).ok).toBe(true)
    const open = await findPort('0.0.0.0')
    await command(port, 'listen', JSON.stringify({ host: '0.0.0.0', port: open }))
    expect(on.daemon.checkStillOurs()).toMatchObject({ tag: 'exposed', addresses: [`0.0.0.0:${open}`] })
  })

  test('is not blamed for what others expose', async () => {
    const port = await findPort()
    const on = stage(specOf({ listen: [{ host: HOST, port }] }, { binds: [bindOf(port)], ready: [HEALTH] }))
    const started = on.start()
    await listenAsStranger('0.0.0.0')
    expect((await started).ok).toBe(true)
    await listenAsStranger('0.0.0.0')
    expect(on.daemon.checkStillOurs()).toBeUndefined()
  })
})

test('a daemon that closes its socket is no longer alive', async () => {
  const port = await findPort()
  const on = stage(specOf({ listen: [{ host: HOST, port }] }, { binds: [bindOf(port)], ready: [HEALTH] }))
  expect((await on.start()).ok).toBe(true)
  await command(port, 'closeAll')
  expect(on.daemon.checkStillOurs()).toMatchObject({
    tag: 'not-alive',
    probes: [{ kind: 'listen', saw: `nothing listens on ${HOST}:${port}` }],
  })
})
