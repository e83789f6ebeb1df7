import { expect, test } from 'vitest'
import { identify } from '../host/process-table.ts'
import type { Listener } from '../host/sockets.ts'
import { now } from '../kernel/clock.ts'
import { ListenerTable } from '../readiness/listeners.ts'
import { bindOf, findPort, HOST, specOf, stage } from './fixtures/stage.ts'
import { listeningInodes, SocketOwnership } from './ownership.ts'

/** The sockets of a puppet that listens on `listen`, seen as those of a daemon that declares `port`. */
async function observe(listen: readonly { host: string; port: number }[], port: number) {
  const before = listeningInodes()
  const on = stage(specOf({ listen }, { ready: [{ kind: 'log', pattern: '^up$' }] }))
  expect((await on.start()).ok).toBe(true)
  const pid = on.daemon.pid ?? 0
  const identity = identify(pid)
  if (!identity) throw new Error('the puppet is gone')
  const spec = specOf({}, { binds: [bindOf(port)] })
  return new SocketOwnership(spec, { ...identity, sid: pid }, before)
}

test('a daemon that listens elsewhere is told where', async () => {
  const declared = await findPort()
  const port = await findPort()
  const sockets = await observe([{ host: HOST, port }], declared)
  const lacking = `nothing listens on ${HOST}:${declared}`
  expect(sockets.check(now())).toEqual({ kind: 'lacking', lacking: [lacking] })
  expect(sockets.describeLacking()).toEqual([`${lacking}; the daemon listens on ${HOST}:${port} instead`])
})

test('a daemon that listens on ::1 only is told so', async () => {
  const port = await findPort()
  const sockets = await observe([{ host: '::1', port }], port)
  expect(sockets.describeLacking()).toEqual([
    `nothing listens on ${HOST}:${port}; the daemon listens on [::1]:${port} instead`,
  ])
})

test('a daemon that listens on both is held', async () => {
  const port = await findPort()
  const listen = [HOST, '::1'].map((host) => ({ host, port }))
  expect((await observe(listen, port)).check(now())).toEqual({ kind: 'held', ownership: 'proven' })
})

test('a system that does not tell who listens leaves the owner unknown', () => {
  const silent = new ListenerTable({ quick: () => undefined, slow: () => undefined })
  const check = (binds: ReturnType<typeof bindOf>[]) =>
    new SocketOwnership(specOf({}, { binds }), { pid: process.pid }, new Set(), { table: silent }).check(
      now(),
    )
  expect(check([bindOf(1)])).toEqual({ kind: 'held', ownership: 'unknown' })
  expect(check([])).toEqual({ kind: 'held', ownership: 'no-socket' })
})

test('the table of listeners is not read again while it is recent, and read again on demand', () => {
  let looks = 0
  const listener: Listener = { host: HOST, port: 7, family: 4, inode: '1' }
  const table = new ListenerTable({
    quick: () => {
      looks += 1
      return [listener]
    },
    // So dear that its look is good for a long time.
    slow: () => {
      const until = now() + 20
      while (now() < until);
      return []
    },
  })
  const moment = now()
  expect(table.fresh(moment)?.get(7)).toEqual([listener])
  expect(table.fresh(moment)?.get(7)).toEqual([listener])
  expect(looks).toBe(1)
  table.fresh()
  expect(looks).toBe(2)
  expect(table.isListening(HOST, 7)).toBe(true)
  expect(table.isListening('::1', 7)).toBe(false)
  table.fresh()
  expect(table.isCheap).toBe(false)
  expect(table.isListening(HOST, 7)).toBeUndefined()
})

test('a count of sockets that has not changed is believed, but not by who wants it exactly', () => {
  const listener: Listener = { host: '::1', port: 7, family: 6, inode: '1' }
  let listeners: Listener[] = []
  const table = new ListenerTable({ quick: () => [], slow: () => listeners, slowVersion: () => 'inuse 1' })
  expect(table.fresh()?.get(7)).toBeUndefined()
  // As another socket went.
  listeners = [listener]
  expect(table.exact()?.get(7)).toEqual([listener])
  expect(table.fresh()?.get(7)).toEqual([listener])
})
