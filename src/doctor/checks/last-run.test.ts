import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EventBody } from '../../kernel/event.ts'
import { contextOf, makeFolder, stackOf } from '../test-context.ts'
import { lastRunCheck } from './last-run.ts'

const ID = '20260101T000000.000Z-abcdef'
const started = (file: string): EventBody => ({
  type: 'run.started',
  schema: 1,
  run: ID,
  at: '2026-01-01T00:00:00.000Z',
  dir: '',
  stack: { name: 's', file },
  chain: ['d1'],
  selected: ['d1'],
  tool: { version: '1', node: '24', platform: 'linux' },
  rerun: 'just verify --only',
})
const smoke = (verdict: 'PASS' | 'FAIL'): EventBody => ({
  type: 'smoke.finished',
  smoke: 'd1',
  verdict,
  ms: 1,
  steps: 1,
  expectations: 1,
  failures: [],
  title: 't',
  logs: {},
})
const END: EventBody = { type: 'run.finished', ms: 5 }
const died: EventBody = {
  type: 'daemon.exited',
  daemon: 'web',
  incarnation: 1,
  code: null,
  signal: 'SIGKILL',
  expected: false,
  during: 'd1',
}

interface RunFiles {
  readonly id?: string
  readonly stack?: string
  readonly log?: string
  readonly owner?: number
  readonly journal?: string
}

function record(root: string, bodies: readonly EventBody[], o: RunFiles = {}): void {
  const dir = join(root, 'logs/runs', o.id ?? ID)
  mkdirSync(join(dir, 'daemons'), { recursive: true })
  const events = [started(o.stack ?? join(root, 'stack.toml')), ...bodies]
  const lines = events.map((body, atMs) => `${JSON.stringify({ ...body, atMs })}\n`)
  writeFileSync(join(dir, 'journal.jsonl'), o.journal ?? lines.join(''))
  if (o.log !== undefined) writeFileSync(join(dir, 'daemons/web.log'), o.log)
  if (o.owner !== undefined) writeFileSync(join(dir, 'owner.json'), JSON.stringify({ pid: o.owner }))
}

function look(bodies?: readonly EventBody[], o: RunFiles = {}, extra = '') {
  const root = makeFolder()
  if (bodies) record(root, bodies, o)
  const stack = stackOf(`[daemons.web]\ncommand = ["x"]\n${extra}`, join(root, 'stack.toml'))
  return lastRunCheck.run(contextOf({ stack }))
}

describe('the last run', () => {
  it('does not exist', async () =>
    expect(await look()).toMatchObject([{ id: 'last-run.none', severity: 'ok' }]))
  it('was green', async () =>
    expect(await look([smoke('PASS'), END])).toMatchObject([
      { id: 'last-run.passed', severity: 'ok', summary: 'the last run passed: --- 1 PASS / 0 FAIL ---' },
    ]))
  it('was of another stack', async () =>
    expect(await look([died, END], { stack: '/other.toml' })).toMatchObject([{ id: 'last-run.none' }]))
  it('is the newest of this stack', async () => {
    const root = makeFolder()
    record(root, [died, END])
    record(root, [smoke('PASS'), END], { id: ID.replace('000000.000', '000001.000') })
    record(root, [died, END], { id: ID.replace('000000.000', '000002.000'), stack: '/other.toml' })
    const stack = stackOf('name = "s"', join(root, 'stack.toml'))
    expect(await lastRunCheck.run(contextOf({ stack }))).toMatchObject([{ id: 'last-run.passed' }])
  })
  it('lost a daemon to SIGKILL: no guess at its log, the command that runs the smoke again', async () =>
    expect(await look([died, smoke('FAIL'), END])).toMatchObject([
      {
        id: 'last-run.died',
        severity: 'error',
        daemon: 'web',
        summary: expect.stringMatching(/web died .* ended by SIGKILL.* \(in smoke d1\)$/),
        evidence: expect.arrayContaining([expect.stringContaining("dmesg | grep -i 'killed process'")]),
        remedy: 'just verify --only d1',
      },
    ]))
  it('lost a daemon to SIGKILL: what its log told before is not the cause, unless memory ran out', async () => {
    const idOf = async (log: string) => (await look([died, smoke('FAIL'), END], { log }))[0]?.id
    expect(await idOf('connect ECONNREFUSED 127.0.0.1:1, trying again\n')).toBe('last-run.died')
    expect(await idOf('error: cannot allocate memory\n')).toBe('last-run.out-of-memory')
  })
  it('failed for what a log tells: cause, remedy, and the whole chain again', async () => {
    const failure = {
      tag: 'not-ready',
      daemon: 'web',
      timeoutMs: 1,
      lacking: ['x'],
      probes: [],
      log: [],
    } as const
    const boot: EventBody[] = [
      { type: 'boot.started', daemons: ['web'] },
      { type: 'daemon.failed', daemon: 'web', failure },
      { type: 'boot.finished', ok: false, ms: 1 },
    ]
    expect(await look([...boot, END], { log: 'hello\nENOSPC: no space left on device\n' })).toMatchObject([
      {
        id: 'last-run.disk-full',
        evidence: expect.arrayContaining(['log: ENOSPC: no space left on device']),
        remedy: expect.stringMatching(/^smokechain doctor disk .*; then run it again: just verify$/),
      },
    ])
  })
  it('failed in a step: that step, and that smoke again', async () => {
    const failure = { tag: 'step-failed', smoke: 'd1', step: 'adds up', mismatches: [] } as const
    const step: EventBody = {
      type: 'step.finished',
      smoke: 'd1',
      step: 'adds up',
      index: 0,
      ok: false,
      ms: 1,
      expectations: 1,
      failure,
    }
    expect(await look([step, smoke('FAIL'), END])).toMatchObject([
      {
        id: 'last-run.step-failed',
        summary: expect.stringContaining('"adds up"'),
        remedy: 'just verify --only d1',
      },
    ])
  })
  it('shows nothing of the arguments of who held a port', async () => {
    const holders = [{ pid: 7, command: 'nginx --password swordfish', address: 'a' }]
    const failure = { tag: 'bind-taken', daemon: 'web', address: '127.0.0.1:80', holders } as const
    const found = await look([{ type: 'daemon.failed', daemon: 'web', failure }, END])
    expect(found).toMatchObject([{ id: 'last-run.bind-taken' }])
    expect(JSON.stringify(found)).not.toContain('swordfish')
  })
  it('was killed with its tool, or goes on', async () => {
    expect(await look([], { owner: 2 ** 22 + 1 })).toMatchObject([
      { id: 'last-run.killed', severity: 'error', remedy: 'just verify' },
    ])
    expect(await look([], { owner: process.pid })).toMatchObject([{ id: 'last-run.running', severity: 'ok' }])
  })
  it('was interrupted', async () =>
    expect(await look([{ type: 'interrupted', signal: 'SIGINT' }, END])).toMatchObject([
      { id: 'last-run.interrupted', severity: 'warning' },
    ]))
  it('is red though no event says why', async () =>
    expect(await look([smoke('FAIL'), END])).toMatchObject([{ id: 'last-run.red', severity: 'error' }]))
  it('left a journal that cannot be read', async () => {
    const root = makeFolder()
    const journal = `${JSON.stringify({ ...started(''), atMs: 0 })}\nnot json\n{}\n`
    record(root, [], { journal })
    const stack = stackOf('name = "s"', join(root, 'stack.toml'))
    expect(await lastRunCheck.run(contextOf({ stack }))).toMatchObject([
      { id: 'last-run.unreadable', severity: 'could-not-check' },
    ])
  })
  it('may be older than the stack file, and says so', async () => {
    const root = makeFolder()
    record(root, [died, END])
    const file = join(root, 'stack.toml')
    writeFileSync(file, '')
    const said = 'the stack file was changed after this run'
    expect((await lastRunCheck.run(contextOf({ root, file })))[0]?.evidence).toContain(said)
    utimesSync(file, new Date('2025-12-31'), new Date('2025-12-31'))
    expect((await lastRunCheck.run(contextOf({ root, file })))[0]?.evidence).not.toContain(said)
  })
  it('is explained also while the stack file is broken', async () => {
    const root = makeFolder()
    record(root, [died, END])
    expect(await lastRunCheck.run(contextOf({ root, file: join(root, 'stack.toml') }))).toMatchObject([
      { id: 'last-run.died' },
    ])
  })
})
