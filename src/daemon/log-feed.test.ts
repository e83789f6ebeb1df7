import { expect, test } from 'vitest'
import { bindOf, command, findPort, HOST, specOf, stage } from './fixtures/stage.ts'

test('who listens hears the lines in memory, then each new one, over a restart', async () => {
  const port = await findPort()
  const listen = [{ host: HOST, port }]
  // By its last line: listening alone is seen before what it wrote ahead of that has been read.
  const ready = [{ kind: 'log', pattern: '^up$' } as const]
  const on = stage(specOf({ listen, print: ['hello'] }, { binds: [bindOf(port)], ready }))
  const early: string[] = []
  const off = on.daemon.onLine((line) => early.push(line))
  expect((await on.start()).ok).toBe(true)
  const late: string[] = []
  on.daemon.onLine((line) => late.push(line))
  expect(late[0]).toBe('hello')
  expect((await on.daemon.restart({}, new AbortController().signal)).ok).toBe(true)
  expect(on.daemon.incarnation).toBe(2)
  await on.daemon.stop()
  const second = early.slice(early.indexOf('--- puppet, incarnation 2 ---'))
  expect(second[1]).toBe('hello')
  expect(late.slice(-second.length)).toEqual(second)
  off()
  const heard = early.length
  expect((await on.start()).ok).toBe(true)
  await on.daemon.stop()
  expect(early).toHaveLength(heard)
  expect(late.length).toBeGreaterThan(heard)
})

test('the last health is that of readiness, then of the last liveness probe', async () => {
  const port = await findPort()
  const listen = [{ host: HOST, port }]
  const alive = [{ kind: 'http', target: '/health', status: 200 } as const]
  const on = stage(specOf({ listen }, { binds: [bindOf(port)], alive }))
  expect(on.daemon.health).toBeUndefined()
  expect((await on.start()).ok).toBe(true)
  expect(on.daemon.health).toMatchObject({ ok: true, saw: 'ready' })
  await command(port, 'health', 'fail')
  const failure = await new Promise((resolve) => on.daemon.onDeath(resolve))
  expect(failure).toMatchObject({ tag: 'not-alive' })
  expect(on.daemon.health).toBeUndefined()
})
