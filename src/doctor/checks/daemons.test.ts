import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { RunningDaemon } from '../running-stack.ts'
import { contextOf, makeFolder, stackOf } from '../test-context.ts'
import { daemonsCheck } from './daemons.ts'

const STACK = stackOf('[daemons.web]\ncommand = ["x"]\nbind = "127.0.0.1:8080"\nmax_rss = "100MiB"')
const SOCKET = { name: 'main', host: '127.0.0.1', port: 8080 }
const OWN = { host: '127.0.0.1', port: 8080, family: 4, inode: '1' } as const
const MIB = 2 ** 20

function look(
  daemon: Partial<RunningDaemon>,
  more: Parameters<typeof contextOf>[0] = {},
  log = 'listening\n',
) {
  const logFile = join(makeFolder(), 'web.log')
  writeFileSync(logFile, log)
  const web = { name: 'web', state: 'ready', pid: 7, sockets: [SOCKET], restarts: 0, logFile, ...daemon }
  const system = {
    listListeners: () => [OWN],
    inodesOf: () => new Set(['1']),
    sampleUsage: () => Promise.resolve({ cpuPercent: 0, rssBytes: 10 * MIB, processes: 1, cpuMs: new Map() }),
    ...more.system,
  }
  const runningStack = () => Promise.resolve({ run: 'r', supervisorPid: 1, daemons: [web] })
  return daemonsCheck.run(contextOf({ stack: STACK, runningStack, ...more, system }))
}

it('is well', async () =>
  expect(await look({ health: { ok: true, saw: '200' } })).toEqual([
    { id: 'daemons.well', severity: 'ok', summary: 'web is ready', daemon: 'web' },
  ]))

it('has nothing to look at while the stack is not up', async () =>
  expect(await daemonsCheck.run(contextOf())).toMatchObject([{ id: 'daemons.none', severity: 'ok' }]))

it('a supervisor that does not answer', async () => {
  const runningStack = () =>
    Promise.resolve({ run: 'r', supervisorPid: 42, silent: 'no answer', daemons: [] })
  expect(await daemonsCheck.run(contextOf({ runningStack }))).toMatchObject([
    { id: 'daemons.silent', severity: 'error', remedy: expect.stringContaining('kill 42 ') },
  ])
})

it('one that failed: the cause from its log, the remedy before the restart', async () =>
  expect(
    await look(
      { state: 'failed', failure: 'web exited with code 1' },
      {},
      'boot\nEADDRINUSE: 127.0.0.1:8080\n',
    ),
  ).toMatchObject([
    {
      id: 'daemons.state',
      severity: 'error',
      summary: 'web is failed: web exited with code 1 (the address is in use by another process)',
      evidence: ['log: EADDRINUSE: 127.0.0.1:8080'],
      remedy: expect.stringMatching(/; then: smokechain restart web$/),
    },
  ]))

it('one that failed without a word that is known: the end of its log', async () =>
  expect(await look({ state: 'failed' }, {}, 'a\nb\nc\nd\n')).toMatchObject([
    { evidence: ['log: b', 'log: c', 'log: d'], remedy: 'smokechain restart web' },
  ]))

it('one that is ready and no longer healthy', async () =>
  expect(await look({ health: { ok: false, saw: 'status 500' } })).toMatchObject([
    { id: 'daemons.state', severity: 'error', summary: expect.stringContaining('status 500') },
  ]))

it('one that is starting is only a warning', async () =>
  expect(await look({ state: 'starting' })).toMatchObject([{ id: 'daemons.state', severity: 'warning' }]))

it('one that has stopped listening', async () =>
  expect(await look({}, { system: { listListeners: () => [] } })).toMatchObject([
    { id: 'daemons.not-listening', severity: 'error' },
  ]))

it('a stranger beside it on its port', async () => {
  const listListeners = () => [OWN, { ...OWN, inode: '2' }]
  const holdersOf = () => [7, 9].map((pid) => ({ pid, command: 'x', address: '127.0.0.1:8080' }))
  expect(await look({}, { system: { listListeners, holdersOf } })).toMatchObject([
    { id: 'daemons.foreign-listener', severity: 'error', remedy: 'kill 9' },
  ])
})

it.each([
  [89, undefined],
  [95, 'warning'],
  [101, 'error'],
])('%s MiB of 100 allowed: %s', async (mib, severity) => {
  const sampleUsage = () =>
    Promise.resolve({ cpuPercent: 0, rssBytes: mib * MIB, processes: 1, cpuMs: new Map() })
  const found = (await look({}, { system: { sampleUsage } })).find(({ id }) => id === 'daemons.memory')
  expect(found?.severity).toBe(severity)
  if (found) expect(found).toMatchObject({ remedy: expect.stringContaining('max_rss = "200MiB"') })
})

it('one that was started again', async () =>
  expect(await look({ restarts: 3 })).toMatchObject([
    { id: 'daemons.restarts', severity: 'warning', summary: expect.stringContaining('3 times') },
  ]))

it('error lines in the log of one that is ready, explained by the stack file where it can', async () => {
  const pattern =
    '[[doctor.patterns]]\nmatch = \'quota\'\ncause = "the quota is used up"\nremedy = "buy more"'
  const stack = stackOf(`[daemons.web]\ncommand = ["x"]\n${pattern}`)
  expect(await look({ sockets: [] }, { stack }, 'fine\nerror: quota of 5\nfine\n')).toMatchObject([
    {
      id: 'daemons.log.stack-1',
      severity: 'warning',
      summary: 'the log of web tells of errors: the quota is used up',
      evidence: ['log: error: quota of 5'],
      remedy: 'buy more',
    },
  ])
})
