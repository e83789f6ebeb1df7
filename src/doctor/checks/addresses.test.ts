import { describe, expect, it } from 'vitest'
import type { Listener } from '../../host/sockets.ts'
import type { Holder } from '../../kernel/failure.ts'
import { contextOf, stackOf } from '../test-context.ts'
import { addressesCheck } from './addresses.ts'
import { exposureCheck } from './exposure.ts'

const RUN = '20260101T000000.000Z-abcdef'
const STACK = stackOf('[daemons.web]\ncommand = ["x"]\nbind = "127.0.0.1:8080"')
const holder = (pid: number, address = '127.0.0.1:8080'): Holder => ({
  pid,
  address,
  command: 'nginx -g password=swordfish',
  since: '2026-11-20T09:00:00.000Z',
})
const listener = (host: string, inode = '1'): Listener => ({
  host,
  port: 8080,
  family: host.includes(':') ? 6 : 4,
  inode,
})
const up = (pid: number) => () =>
  Promise.resolve({
    run: RUN,
    supervisorPid: 1,
    daemons: [{ name: 'web', state: 'ready', pid, sockets: [], restarts: 0, logFile: '/none' }],
  })
const info = (pid: number) => ({ pid, ppid: 1, pgid: pid, sid: pid, state: 'S', startTime: '1' })

describe('addresses', () => {
  const look = (holders: readonly Holder[], more: Parameters<typeof contextOf>[0] = {}) =>
    addressesCheck.run(
      contextOf({ stack: STACK, ...more, system: { holdersOf: () => [...holders], ...more.system } }),
    )

  it('are free', async () =>
    expect(await look([])).toMatchObject([
      { id: 'addresses.free', summary: '127.0.0.1:8080 is free', daemon: 'web' },
    ]))
  it('are taken by a stranger, who is named without his arguments', async () =>
    expect(await look([holder(7)])).toMatchObject([
      {
        id: 'addresses.taken',
        severity: 'error',
        summary:
          '127.0.0.1:8080 of web is held by another process: PID 7 (nginx …), since 2026-11-20 09:00 UTC',
        remedy:
          'kill 7   (if it is not needed), or edit [daemons.web] of /project/stack.toml: bind = "127.0.0.1:0"',
      },
    ]))
  it('are taken by a process of another user: the command that names it', async () => {
    const finding = async (platform: 'linux' | 'darwin') =>
      (await look([holder(0)], { system: { platform } }))[0]
    expect(await finding('linux')).toMatchObject({
      remedy: expect.stringContaining("sudo ss -ltnp 'sport = :8080'"),
    })
    expect(await finding('darwin')).toMatchObject({
      remedy: expect.stringContaining('sudo lsof -nP -iTCP:8080'),
    })
  })
  it('are ours while the stack is up, also through a child', async () => {
    expect(await look([holder(7)], { runningStack: up(7) })).toMatchObject([{ id: 'addresses.ours' }])
    const system = { listFamily: () => [info(7), info(8)] }
    expect(await look([holder(8)], { runningStack: up(7), system })).toMatchObject([{ id: 'addresses.ours' }])
  })
  it('are not ours when a stranger listens beside us', async () =>
    expect(await look([holder(7), holder(9)], { runningStack: up(7) })).toMatchObject([
      { id: 'addresses.taken', remedy: expect.stringContaining('kill 9 ') },
    ]))
  it('are held by an orphan, or by a run that goes on', async () => {
    const listRunProcesses = () => [{ pid: 7, run: RUN, owner: 'web', command: 'node' }]
    expect(await look([holder(7)], { system: { listRunProcesses } })).toMatchObject([
      { id: 'addresses.orphan', severity: 'error', remedy: 'kill 7' },
    ])
    const listLeases = () => [{ port: 1, pid: 1, startTime: '1', run: RUN, stale: false }]
    expect(await look([holder(7)], { system: { listRunProcesses, listLeases } })).toMatchObject([
      { id: 'addresses.busy', severity: 'warning' },
    ])
  })
  it('are leased when the file says port 0', async () => {
    const stack = stackOf('[daemons.web]\ncommand = ["x"]\nbind = "127.0.0.1:0"')
    expect(await look([holder(7)], { stack })).toMatchObject([{ id: 'addresses.leased' }])
  })
  it('are unknown where the system does not tell, or the file is broken', async () => {
    expect(await look([], { system: { listListeners: () => undefined } })).toMatchObject([
      { severity: 'could-not-check' },
    ])
    expect(await addressesCheck.run(contextOf())).toMatchObject([{ severity: 'could-not-check' }])
  })
  it('of several binds are edited by their names', async () => {
    const stack = stackOf('[daemons.web]\ncommand = ["x"]\nbinds = { admin = "[::1]:8080" }')
    expect(await look([holder(7, '[::1]:8080')], { stack })).toMatchObject([
      { remedy: expect.stringContaining('binds.admin = "[::1]:0"') },
    ])
  })
})

describe('exposure', () => {
  const look = (host: string, more: Parameters<typeof contextOf>[0] = {}) =>
    exposureCheck.run(
      contextOf({
        stack: STACK,
        runningStack: up(7),
        ...more,
        system: {
          listListeners: () => [listener(host)],
          inodesOf: (pids) => new Set([...pids].includes(7) ? ['1'] : []),
          ...more.system,
        },
      }),
    )

  it.each(['0.0.0.0', '::', '10.0.0.7'])('is an error on %s', async (host) =>
    expect(await look(host)).toMatchObject([
      {
        id: 'exposure.listening',
        severity: 'error',
        daemon: 'web',
        remedy: expect.stringContaining('expose = true'),
      },
    ]),
  )
  it.each(['127.0.0.1', '::1', '127.8.8.8'])('is none on %s', async (host) =>
    expect(await look(host)).toMatchObject([{ id: 'exposure.none' }]),
  )
  it('is seen on processes of runs as well, each socket once', async () => {
    const listRunProcesses = () => [7, 7].map((pid) => ({ pid, run: RUN, owner: 'web', command: 'node' }))
    const runningStack = () => Promise.resolve(undefined)
    const facts = { runningStack, system: { listRunProcesses } }
    // Of another project, which has a daemon of that name, too.
    expect(await look('0.0.0.0', facts)).toMatchObject([{ id: 'exposure.none' }])
    const deadSupervisor = () => ({ run: RUN, pid: 1, since: 'x', path: '/x', remove: () => undefined })
    expect(await look('0.0.0.0', { ...facts, deadSupervisor })).toMatchObject([{ id: 'exposure.listening' }])
  })
  it("does not count a stranger's socket", async () =>
    expect(await look('0.0.0.0', { runningStack: up(99) })).toMatchObject([{ id: 'exposure.none' }]))
  it('is allowed where the file says so, and shown', async () => {
    const stack = stackOf('[daemons.web]\ncommand = ["x"]\nbind = "0.0.0.0:8080"\nexpose = true')
    expect(await look('0.0.0.0', { stack })).toMatchObject([
      { id: 'exposure.none' },
      { id: 'exposure.declared', severity: 'ok', summary: expect.stringContaining('0.0.0.0:8080') },
    ])
  })
  it.each([
    ['command = ["x", "--listen=0.0.0.0:80"]', 'in its command'],
    ['command = ["x", "[::]:80"]', 'in its command'],
    ['command = ["x"]\nenv = { HOST = "0.0.0.0" }', 'in its variable HOST'],
  ])('is foreseen: %s', async (lines, where) =>
    expect(await look('127.0.0.1', { stack: stackOf(`[daemons.web]\n${lines}`) })).toMatchObject([
      { id: 'exposure.told', severity: 'warning', summary: expect.stringContaining(where) },
    ]),
  )
  it('is not foreseen in 10.0.0.0', async () =>
    expect(
      await look('127.0.0.1', { stack: stackOf('[daemons.web]\ncommand = ["x", "10.0.0.0/8"]') }),
    ).toMatchObject([{ id: 'exposure.none' }]))
})
