import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSocketServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { baseEnvironment } from '../host/environment.ts'
import { identify } from '../host/process-table.ts'
import type { ReadySpec } from '../stack/types.ts'
import { awaitRunning } from './await-running.ts'
import { contextOf, makeFolder, portOf } from './fixtures/context.ts'

const LONG = 20_000
const env = baseEnvironment()

test('holds when every socket accepts and every probe that can be asked holds', async () => {
  let asked = 0
  const server = createServer((_request, response) => {
    asked += 1
    response.writeHead(asked > 2 ? 200 : 503).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const ready: ReadySpec[] = [
    { kind: 'http', target: '/health', status: 200 },
    { kind: 'command', command: ['true'] },
    { kind: 'log', pattern: 'never asked' },
  ]
  const daemon = { ...contextOf({ port: portOf(server) }).daemon, ready }
  const outcomes = await awaitRunning(daemon, { timeoutMs: LONG, env })
  expect(outcomes.map(({ spec, outcome }) => [spec.kind, outcome.how])).toEqual([
    ['tcp', 'held'],
    ['http', 'held'],
    ['command', 'held'],
  ])
  expect(asked).toBe(3)
})

test('a Unix socket that was there before counts, when it accepts', async () => {
  const folder = makeFolder()
  const server = createSocketServer((socket) => socket.end())
  await new Promise<void>((resolve) => server.listen(join(folder, 'live'), resolve))
  onTestFinished(() => void server.close())
  writeFileSync(join(folder, 'stale'), '')
  const wait = (path: string, timeoutMs: number) =>
    awaitRunning(
      { ...contextOf({ cwd: folder }).daemon, ready: [{ kind: 'socket', path }] },
      { timeoutMs, env },
    )
  expect(await wait('live', LONG)).toMatchObject([{ outcome: { how: 'held' } }])
  expect(await wait('stale', 30)).toMatchObject([{ outcome: { how: 'timed-out' } }])
})

test('ends with the process that is waited for, long before the deadline', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const identity = identify(child.pid ?? 0)
  if (!identity) throw new Error('it has no identity')
  const exited = once(child, 'exit')
  const daemon = { ...contextOf().daemon, ready: [{ kind: 'command', command: ['false'] } as const] }
  const waiting = awaitRunning(daemon, { timeoutMs: 10 * LONG, env, process: identity })
  child.stdin.end()
  await exited
  expect(await waiting).toMatchObject([
    {
      outcome: {
        how: 'fatal',
        results: expect.arrayContaining([
          expect.objectContaining({ saw: expect.stringMatching(/has ended/) }),
        ]),
      },
    },
  ])
})
