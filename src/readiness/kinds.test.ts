import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Child } from '../host/spawn.ts'
import { now } from '../kernel/clock.ts'
import type { ReadySpec } from '../stack/types.ts'
import { createProbe, type Probe } from './create.ts'
import { contextOf, makeFolder, portOf } from './fixtures/context.ts'
import { pollUntil } from './poll.ts'

const LONG = 20_000
const poll = (probe: Probe, ms: number) => pollUntil(probe, { startedAt: now(), deadline: now() + ms })

/** One attempt that has its time; whether a deadline then cuts it short is another matter. */
const attempt = (probe: Probe, ms = 10) => probe.attempt(AbortSignal.timeout(LONG), ms)

async function listenOn(path: string): Promise<() => Promise<void>> {
  const server = createServer((socket) => socket.end())
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const close = () => new Promise<void>((resolve) => void server.close(() => resolve()))
  onTestFinished(close)
  return close
}

describe('log', () => {
  test('holds with the first line that matches, also when it came before the first attempt', async () => {
    const context = contextOf()
    const probe = createProbe({ kind: 'log', pattern: 'ready in \\d+ ms$' }, context)
    context.log.write(Buffer.from('booting\nready in 12 ms\nready in 13 ms\n'))
    expect(await poll(probe, LONG)).toMatchObject({ how: 'held', results: [{ saw: 'line: ready in 12 ms' }] })
  })

  test('does not hold for what a former incarnation wrote', async () => {
    const context = contextOf()
    context.log.write(Buffer.from('ready\n'))
    const probe = createProbe({ kind: 'log', pattern: 'ready' }, context)
    expect(await poll(probe, 30)).toMatchObject({
      how: 'timed-out',
      results: [{ saw: expect.stringContaining('no line matches /ready/') }],
    })
  })
})

describe('fd', () => {
  const childWith = (stream: PassThrough | undefined): Child => ({
    pid: 1,
    identity: { pid: 1, startTime: '0' },
    spawnedAt: 0,
    exited: new Promise(() => undefined),
    drained: new Promise(() => undefined),
    exit: undefined,
    extraFd: () => stream,
    outputs: () => [],
    signalGroup: () => false,
    closeOutput: () => undefined,
  })
  const probeWith = (stream: PassThrough | undefined): Probe => {
    const probe = createProbe({ kind: 'fd', fd: 3 }, contextOf())
    probe.attach?.(childWith(stream))
    return probe
  }

  test('holds with a newline, not before', async () => {
    const stream = new PassThrough()
    const probe = probeWith(stream)
    stream.write('almost')
    expect((await poll(probe, 30)).how).toBe('timed-out')
    stream.write(' there\n')
    expect((await poll(probe, LONG)).how).toBe('held')
  })

  test('can never hold when the descriptor is closed without one, or was not passed on', async () => {
    const stream = new PassThrough()
    stream.end('no newline')
    expect(await poll(probeWith(stream), LONG)).toMatchObject({
      how: 'fatal',
      results: [{ saw: 'descriptor 3 was closed without a newline' }],
    })
    expect((await poll(probeWith(undefined), LONG)).how).toBe('fatal')
  })
})

describe('tcp', () => {
  test('holds when something accepts, by its own socket or a target', async () => {
    const server = createServer((socket) => socket.end())
    await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
    onTestFinished(() => void server.close())
    const port = portOf(server)
    expect((await poll(createProbe({ kind: 'tcp' }, contextOf({ port })), LONG)).how).toBe('held')
    const target = `tcp://127.0.0.1:${port}`
    expect((await poll(createProbe({ kind: 'tcp', target }, contextOf()), LONG)).how).toBe('held')
  })

  test.each<[ReadySpec, string]>([
    [{ kind: 'tcp' }, 'daemon declares no socket'],
    [{ kind: 'tcp', bind: 'admin' }, 'daemon has no bind "admin"'],
    [{ kind: 'tcp', target: 'nowhere' }, '"nowhere" is not host:port'],
  ])('%j can never hold', async (spec, saw) => {
    expect(await poll(createProbe(spec, contextOf()), LONG)).toMatchObject({
      how: 'fatal',
      results: [{ saw }],
    })
  })
})

describe('file', () => {
  test('holds when the file comes', async () => {
    const cwd = makeFolder()
    const probe = createProbe({ kind: 'file', path: 'ready' }, contextOf({ cwd }))
    expect(await attempt(probe)).toMatchObject({
      ok: false,
      saw: expect.stringContaining(`${cwd}/ready is not there`),
    })
    writeFileSync(join(cwd, 'ready'), '')
    expect((await poll(probe, LONG)).how).toBe('held')
  })

  test('does not hold for a file from before, until it is made anew', async () => {
    const cwd = makeFolder()
    const path = join(cwd, 'ready')
    writeFileSync(path, '1')
    const probe = createProbe({ kind: 'file', path }, contextOf())
    expect(await attempt(probe, LONG)).toMatchObject({
      ok: false,
      saw: expect.stringContaining(`${path} is still the one from before the start`),
    })
    writeFileSync(`${path}.new`, '1')
    renameSync(`${path}.new`, path)
    expect((await poll(probe, LONG)).how).toBe('held')
  })
})

describe('socket', () => {
  test('holds when the socket accepts', async () => {
    const cwd = makeFolder()
    const probe = createProbe({ kind: 'socket', path: 's' }, contextOf({ cwd }))
    expect(await attempt(probe)).toMatchObject({ ok: false, saw: `${cwd}/s accepts no connection` })
    await listenOn(join(cwd, 's'))
    expect((await poll(probe, LONG)).how).toBe('held')
  })

  test('does not hold for a process that answered there before', async () => {
    const path = join(makeFolder(), 's')
    const close = await listenOn(path)
    const probe = createProbe({ kind: 'socket', path }, contextOf())
    expect(await attempt(probe, LONG)).toMatchObject({
      ok: false,
      saw: expect.stringContaining(`${path} is answered by a process from before the start`),
    })
    await close()
    expect(existsSync(path)).toBe(false)
    await listenOn(path)
    expect((await poll(probe, LONG)).how).toBe('held')
  })
})

describe('command', () => {
  const commandOf = (...args: string[]): ReadySpec => ({
    kind: 'command',
    command: [process.execPath, ...args],
  })

  test('holds with exit 0, tried until then', async () => {
    const cwd = makeFolder()
    const script = `const fs = require('node:fs')
      fs.appendFileSync('tries', 'x')
      process.exit(fs.readFileSync('tries').length < 3 ? 1 : 0)`
    const probe = createProbe(commandOf('-e', script), contextOf({ cwd }))
    const deadline = now() + LONG
    // No try is cut short: a busy machine may need long to start a process.
    expect(await pollUntil(probe, { startedAt: now(), deadline, attemptTimeoutMs: LONG })).toMatchObject({
      how: 'held',
      attempts: 3,
    })
    expect(readFileSync(join(cwd, 'tries'), 'utf8')).toBe('xxx')
  })

  test('shows how it ended and the last it said', async () => {
    const probe = createProbe(commandOf('-e', 'console.log("no server"); process.exit(2)'), contextOf())
    const answer = await probe.attempt(new AbortController().signal, LONG)
    expect(answer).toEqual({ ok: false, saw: 'exit 2: no server' })
  })

  test('is killed when it does not end', async () => {
    const probe = createProbe(commandOf('-e', 'setInterval(() => {}, 1e6)'), contextOf())
    expect(await probe.attempt(AbortSignal.abort(), LONG)).toEqual({
      ok: false,
      saw: 'the command did not end in time and was killed',
    })
  })

  test('that does not exist can never hold', async () => {
    const probe = createProbe({ kind: 'command', command: ['./no-such'] }, contextOf())
    expect(await poll(probe, LONG)).toMatchObject({
      how: 'fatal',
      results: [{ saw: expect.stringContaining('./no-such: not-found') }],
    })
  })
})
