import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { identify } from '../host/process-table.ts'
import type { Failure } from '../kernel/failure.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import type { ReadySpec } from '../stack/types.ts'
import { bindOf, command, findPort, HOST, type Stage, specOf, stage } from './fixtures/stage.ts'
import { letTimePass } from './fixtures/time.ts'

const HEALTH: ReadySpec = { kind: 'http', target: '/health', status: 200 }

async function bringUp(
  orders: object = {},
  more: Partial<ResolvedDaemon> = {},
  o: { readonly smoke?: string; readonly sampleEveryMs?: number } = {},
): Promise<Stage & { readonly port: number; death: Promise<Failure> }> {
  const port = await findPort()
  const on = stage(
    specOf(
      { listen: [{ host: HOST, port }], ...orders },
      { binds: [bindOf(port)], ready: [HEALTH], ...more },
    ),
    o,
  )
  const death = new Promise<Failure>((resolve) => void on.daemon.onDeath(resolve))
  const started = await on.start()
  if (!started.ok) throw new Error(JSON.stringify(started.error))
  return { ...on, port, death }
}

describe('a daemon that ends by itself', () => {
  test.each([0, 3])('with code %i has died, and its last words are told', async (code) => {
    const on = await bringUp({}, {}, { smoke: 'd4' })
    await command(on.port, 'exit', String(code))
    const failure = await on.death
    expect(failure).toMatchObject({ tag: 'died', code, signal: null, log: expect.arrayContaining(['up']) })
    expect(await on.next('daemon.exited')).toMatchObject({ expected: false, during: 'd4', code, failure })
    await on.next('daemon.stopped')
    expect(on.daemon.state).toBe('dead')
    expect(on.daemon.checkStillOurs()).toEqual(failure)
  })

  test('by a signal has died, with the lines it wrote last', async () => {
    const on = await bringUp()
    await command(on.port, 'crash', 'fatal: out of cheese,redo from start')
    const failure = await on.death
    expect(failure).toMatchObject({ tag: 'died', code: null, signal: 'SIGKILL' })
    expect(failure.tag === 'died' && failure.log.slice(-2)).toEqual([
      'fatal: out of cheese',
      'redo from start',
    ])
  })

  test('leaves nothing behind, not even a grandchild in a session of its own', async () => {
    const on = await bringUp({ grandchild: { setsid: true } })
    const grandchild = Number(/^grandchild (\d+)$/m.exec(readFileSync(on.logPath, 'utf8'))?.[1])
    expect(identify(grandchild)).toBeDefined()
    await command(on.port, 'exit', '1')
    await on.next('daemon.stopped')
    expect(identify(grandchild)).toBeUndefined()
  })

  test('can be started again', async () => {
    const on = await bringUp()
    await command(on.port, 'exit', '1')
    await on.death
    expect((await on.start()).ok).toBe(true)
    expect(on.daemon.state).toBe('ready')
    expect(on.events.filter((event) => event.type === 'daemon.spawned').map((e) => e.incarnation)).toEqual([
      1, 2,
    ])
  })

  test('just before it is stopped has died all the same', async () => {
    const on = await bringUp()
    const pid = on.daemon.pid ?? 0
    process.kill(pid, 'SIGKILL')
    // The kernel has ended it; that we are told so comes later, in another turn of the event loop.
    while (identify(pid));
    await on.daemon.stop()
    expect(await on.next('daemon.exited')).toMatchObject({ expected: false, signal: 'SIGKILL' })
    expect(on.types().filter((type) => type === 'daemon.exited')).toHaveLength(1)
    expect(on.daemon.state).toBe('down')
  })
})

/** Resolves when it has had its SIGTERM. */
async function untilTermIgnored({ daemon }: Stage): Promise<void> {
  while (!daemon.logTail().includes('SIGTERM is ignored'))
    await new Promise((resolve) => setImmediate(resolve))
}

describe('a stop', () => {
  test('kills what ignores SIGTERM when the grace is over', async () => {
    const on = await bringUp({ ignoreTerm: true }, { stopGraceMs: 600_000 })
    const stopped = on.daemon.stop()
    await untilTermIgnored(on)
    letTimePass(600_000)
    await stopped
    expect(await on.next('daemon.stopped')).toMatchObject({ how: 'killed' })
  })

  test('kills at once on demand, also while it waits for a grace to pass', async () => {
    const on = await bringUp({ ignoreTerm: true }, { stopGraceMs: 600_000 })
    const kill = new AbortController()
    const stopped = on.daemon.stop({ kill: kill.signal })
    await untilTermIgnored(on)
    kill.abort()
    await stopped
    expect(await on.next('daemon.stopped')).toMatchObject({ how: 'killed' })
  })

  test('is one stop, however often it is asked for', async () => {
    const on = await bringUp()
    await Promise.all([on.daemon.stop(), on.daemon.stop(), on.daemon.stop({ signal: 'SIGKILL' })])
    await on.daemon.stop()
    expect(on.types().filter((type) => type === 'daemon.stopped')).toHaveLength(1)
    expect(on.daemon.state).toBe('down')
    expect(on.daemon.checkStillOurs()).toBeUndefined()
  })

  test('ends a start that is under way', async () => {
    const port = await findPort()
    const on = stage(specOf({}, { binds: [bindOf(port)], readyTimeoutMs: 600_000 }))
    const started = on.start()
    const { pid } = await on.next('daemon.spawned')
    await on.daemon.stop()
    expect(await started).toMatchObject({
      error: { tag: 'not-ready', lacking: ['its start was interrupted'] },
    })
    expect(identify(pid)).toBeUndefined()
    expect(on.daemon.state).toBe('down')
    expect(on.types()).toEqual(['daemon.spawned', 'daemon.exited', 'daemon.stopped'])
  })

  test('of a daemon that never ran does nothing', async () => {
    const on = stage(specOf({}))
    await on.daemon.stop()
    expect(on.events).toEqual([])
  })
})

describe('a start', () => {
  test('ends when its signal fires, and is not told as a failure of the daemon', async () => {
    const port = await findPort()
    const on = stage(specOf({}, { binds: [bindOf(port)], readyTimeoutMs: 600_000 }))
    const abort = new AbortController()
    const started = on.daemon.start(abort.signal)
    await on.next('daemon.spawned')
    abort.abort()
    expect(await started).toMatchObject({ ok: false, error: { tag: 'not-ready' } })
    expect(on.types()).toEqual(['daemon.spawned', 'daemon.exited', 'daemon.stopped'])
    expect(on.daemon.state).toBe('down')
  })

  test('that is over before it began spawns nothing', async () => {
    const on = stage(specOf({}, { binds: [bindOf(await findPort())] }))
    expect((await on.daemon.start(AbortSignal.abort())).ok).toBe(false)
    expect(on.events).toEqual([])
  })

  test('of a daemon that runs is a start that has happened', async () => {
    const on = await bringUp()
    const { pid } = on.daemon
    expect((await Promise.all([on.start(), on.start()])).every(({ ok }) => ok)).toBe(true)
    expect(on.daemon.pid).toBe(pid)
  })
})

test.each(['SIGTERM', 'SIGKILL'] as const)('a restart by %s keeps port and log', async (signal) => {
  const on = await bringUp()
  const { pid } = on.daemon
  expect((await on.daemon.restart({ signal }, new AbortController().signal)).ok).toBe(true)
  expect(on.daemon.pid).not.toBe(pid)
  expect(on.daemon.checkStillOurs()).toBeUndefined()
  expect(on.types()).toEqual([
    'daemon.spawned',
    'daemon.ready',
    'daemon.exited',
    'daemon.stopped',
    'daemon.spawned',
    'daemon.ready',
  ])
  expect(await on.next('daemon.exited')).toMatchObject({ expected: true, incarnation: 1 })
  await on.daemon.stop()
  const log = readFileSync(on.logPath, 'utf8')
  expect(log.match(/^up$/gm)).toHaveLength(2)
  expect(log).toContain('\n--- puppet, incarnation 2 ---\n')
})

describe('a daemon that is watched', () => {
  test('is sampled with its whole family', async () => {
    const on = await bringUp({ grandchild: { setsid: true } })
    const seen = () => on.events.find((event) => event.type === 'daemon.sampled' && event.processes === 2)
    while (!seen()) await new Promise((resolve) => setImmediate(resolve))
    expect(seen()).toMatchObject({ daemon: 'puppet', rssBytes: expect.any(Number) })
  })

  test('is stopped when it exceeds its memory', async () => {
    const limit = 256 * 2 ** 20
    const on = await bringUp({}, { maxRssBytes: limit })
    await command(on.port, 'eat', String(2 * limit))
    const failure = await on.death
    expect(failure).toMatchObject({ tag: 'limit-exceeded', limit: 'max_rss', allowedBytes: limit })
    expect(Reflect.get(failure, 'seenBytes')).toBeGreaterThan(limit)
    await on.next('daemon.stopped')
    expect(on.daemon.state).toBe('failed')
    expect(await on.next('daemon.failed')).toMatchObject({ failure })
    expect(await on.next('daemon.exited')).toMatchObject({ expected: true })
  })

  test('is stopped when it has too many files open', async () => {
    const on = await bringUp({}, { maxFds: 200 })
    await command(on.port, 'open', '250')
    expect(await on.death).toMatchObject({ tag: 'limit-exceeded', limit: 'max_fds', allowed: 200 })
    await on.next('daemon.stopped')
    expect(on.daemon.state).toBe('failed')
  })

  test('is stopped when it is no longer alive', async () => {
    const on = await bringUp({}, { alive: [HEALTH] })
    await command(on.port, 'health', 'fail')
    expect(await on.death).toMatchObject({
      tag: 'not-alive',
      probes: [{ kind: 'http', ok: false, saw: expect.stringContaining('answered 503, expected 200') }],
    })
    await on.next('daemon.stopped')
    expect(on.daemon.state).toBe('failed')
  })

  test('may flood its log', async () => {
    const on = await bringUp({ flood: true, print: ['first'] })
    await on.daemon.stop({ signal: 'SIGKILL' })
    expect(readFileSync(on.logPath, 'utf8')).toMatch(/^first\n/)
    expect(on.daemon.logTail(3)).toHaveLength(3)
  })
})

describe.runIf(process.platform === 'linux')('what a daemon uses', () => {
  test('is counted from the beginning of a smoke to its end', async () => {
    const on = await bringUp()
    await command(on.port, 'burn', '250')
    on.daemon.beginUse()
    await command(on.port, 'burn', '50')
    const first = on.daemon.endUse('d1').resources
    // User and system time are each told in whole ticks of 10 ms, at both ends.
    expect(first.cpuSeconds).toBeGreaterThan(0.05 - 0.04)
    expect(first.cpuSeconds).toBeLessThan(0.25)
    expect(first).toMatchObject({ threads: expect.any(Number), fds: expect.any(Number), loggedBytes: 0 })
    on.daemon.beginUse()
    const second = on.daemon.endUse('d2').resources
    expect(second.cpuSeconds).toBeLessThan(0.05)
  })

  test('is a total over its incarnations, told when it stops', async () => {
    const on = await bringUp()
    await command(on.port, 'burn', '100')
    await on.daemon.restart({ signal: 'SIGKILL' }, new AbortController().signal)
    const first = (await on.next('daemon.stopped')).resources
    await command(on.port, 'burn', '100')
    await on.daemon.stop()
    const last = on.events.findLast((event) => event.type === 'daemon.stopped')?.resources
    expect(first?.cpuSeconds).toBeGreaterThan(0.1 - 0.02)
    expect(last?.cpuSeconds).toBeGreaterThan((first?.cpuSeconds ?? 0) + 0.1 - 0.02)
    // The line between two incarnations is the tool's.
    expect(last?.loggedBytes).toBe(2 * (first?.loggedBytes ?? 0))
  })

  test('of memory is a peak, also of one that came and went', async () => {
    const on = await bringUp()
    on.daemon.beginUse()
    await command(on.port, 'eat', String(100 * 2 ** 20))
    expect(on.daemon.endUse('d1').resources.peakRssBytes).toBeGreaterThan(100 * 2 ** 20)
  })

  test('of CPU time is over its budget in the smoke that did it, and it goes on', async () => {
    const on = await bringUp({}, { maxCpuMs: 100 })
    await command(on.port, 'burn', '150')
    on.daemon.beginUse()
    expect(on.daemon.endUse('d1')).not.toHaveProperty('excess')
    on.daemon.beginUse()
    await command(on.port, 'burn', '150')
    expect(on.daemon.endUse('d2').excess).toMatchObject({ limit: 'max_cpu', smoke: 'd2', allowedMs: 100 })
    on.daemon.beginUse()
    expect(on.daemon.endUse('d3')).not.toHaveProperty('excess')
    expect(on.daemon.state).toBe('ready')
  })

  test('of files at the end of a smoke is its death then and there', async () => {
    const on = await bringUp({}, { maxFds: 200 }, { smoke: 'd1', sampleEveryMs: 600_000 })
    on.daemon.beginUse()
    await command(on.port, 'open', '250')
    expect(on.types()).not.toContain('daemon.failed')
    on.daemon.endUse('d1')
    expect(on.types()).toContain('daemon.failed')
    expect((await on.death).tag).toBe('limit-exceeded')
  })
})
