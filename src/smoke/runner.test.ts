import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listProcesses } from '../host/process-table.ts'
import type { Failure } from '../kernel/failure.ts'
import { renderFailure } from '../kernel/failure-text.ts'
import { createRig, FIXTURES, type Rig } from './fixtures/rig.ts'
import type { SmokeOutcome } from './types.ts'

let rig: Rig
beforeAll(async () => {
  rig = await createRig()
})
afterAll(() => rig.close())

/** Failures as a person reads them, without what differs from run to run. */
function readable(failures: readonly Failure[]): string {
  return failures
    .map((failure) => {
      const { headline, detail } = renderFailure(failure)
      return [headline, ...detail.map((line) => `  ${line}`)].join('\n')
    })
    .join('\n')
    .replaceAll(FIXTURES, '<fixtures>')
    .replace(/127\.0\.0\.1:\d+/g, '<shop>')
    .replace(/"n":\d+/g, '"n":<n>')
    .replace(/\(for [\d.]+ m?s\)/g, '(for <ms>)')
    .replace(/\b\d+ \((sleep|node)/g, '<pid> ($1')
    .replace(/\d+ attempts? in \d+ ms|\d+ ms, \d+ attempts?/g, '<attempts>')
}

const verdicts = (outcome: SmokeOutcome): string[] => [outcome.verdict, ...outcome.failures.map((f) => f.tag)]

describe('a smoke in which everything holds', () => {
  it('passes, counts its steps and expectations, and tells them as they happen', async () => {
    const from = rig.events.length
    const outcome = await rig.run('passes')
    expect(outcome).toMatchObject({ verdict: 'PASS', failures: [], steps: 5, expectations: 8 })
    const steps = rig.events.slice(from).map((event) => [event.type, 'step' in event ? event.step : ''])
    expect(steps.slice(0, 4)).toEqual([
      ['step.started', 'an order is stored under its name'],
      ['step.finished', 'an order is stored under its name'],
      ['step.started', 'a query sees it'],
      ['step.finished', 'a query sees it'],
    ])
    const claims = rig.events
      .slice(from)
      .flatMap((event) => (event.type === 'step.finished' ? [event.claims] : []))
    expect(claims).toEqual([undefined, undefined, ['fixture-holds'], undefined, undefined])
    const log = rig.logOf('passes')
    expect(log).toContain('shop POST /orders {"name":')
    expect(log).toContain('stored as o-1')
  })

  it('tells what was asked, what came, and what was expected of it', async () => {
    const from = rig.events.length
    await rig.run('passes')
    const finished = rig.events.slice(from).filter((event) => event.type === 'step.finished')
    const [stored, query, echo, sum, counter] = finished
    expect(stored?.requests).toMatchObject([
      {
        daemon: 'shop',
        method: 'POST',
        path: '/orders',
        status: 201,
        sent: expect.stringContaining('"sku":"a"'),
      },
    ])
    expect(stored?.checks?.map(({ what, ok, request }) => [what, ok, request])).toEqual([
      ['status', true, 0],
      ['json', true, 0],
    ])
    expect(query?.checks?.map(({ what, received }) => [what, received])).toEqual([
      ['rows', expect.stringContaining('1')],
      ['columns', expect.stringContaining('n')],
    ])
    expect(echo?.requests?.[0]).not.toHaveProperty('answer')
    expect(sum).toMatchObject({ checks: [{ what: 'one and one', ok: true, received: '2' }] })
    expect(counter?.checks?.at(-1)).toMatchObject({
      what: 'within 2s',
      expected: 'a number ≥ 3',
      // It has counted in the test before.
      received: expect.stringMatching(/^\d+$/),
    })
  })

  it('may run its steps side by side', async () => {
    expect(await rig.run('parallel')).toMatchObject({
      verdict: 'PASS',
      failures: [],
      steps: 3,
      expectations: 4,
    })
  })

  it('may send every kind of request', async () => {
    const outcome = await rig.run('requests')
    expect(readable(outcome.failures)).toBe('')
    expect(outcome).toMatchObject({ verdict: 'PASS', steps: 9 })
  })

  it('may be skipped, with a reason', async () => {
    const outcome = await rig.run('skips')
    expect(outcome).toMatchObject({ verdict: 'SKIP', failures: [], reason: 'no network here' })
  })
})

describe('a smoke that misbehaves', () => {
  it.each([
    'throws',
    'throws-outside',
    'throws-in-timer',
    'rejects',
    'rejects-late',
    'exits',
    'aborts',
    'hangs',
    'loops',
    'is-empty',
    'proves-nothing',
    'forgets-step',
    'forgets-request',
    'leaves-timer',
    'leaves-child',
    'undeclared',
    'claims-other',
    'duplicate-titles',
    'nested-steps',
    'expects-outside',
    'mismatch',
    'swallows',
    'waits-in-vain',
    'waits-for-nothing',
    'misspells',
    'overlong',
    'floods',
    'waits-hanging',
    'leaves-worker',
  ])('%s: fails with a message that names it, and the next one runs', async (id) => {
    const outcome = await rig.run(id)
    expect(outcome.verdict).toBe('FAIL')
    expect(readable(outcome.failures)).toMatchSnapshot()
    expect(verdicts(await rig.run('parallel'))).toEqual(['PASS'])
  })

  it('has every step that was started finished, whatever happened', async () => {
    for (const id of ['loops', 'exits', 'rejects', 'forgets-step']) {
      const from = rig.events.length
      await rig.run(id)
      const events = rig.events.slice(from)
      const started = events.flatMap((e) => (e.type === 'step.started' ? [e.step] : []))
      const finished = events.flatMap((e) => (e.type === 'step.finished' ? [e.step] : []))
      expect(finished.sort()).toEqual(started.sort())
      const last = events.at(-1)
      expect(last?.type === 'step.finished' && !last.ok && last.failure !== undefined).toBe(true)
    }
  })

  it('leaves no process of its own', async () => {
    await rig.run('leaves-child')
    const left = await rig.run('leaves-child')
    const pids = readPids(left)
    expect(pids).toHaveLength(2)
    const alive = new Set(listProcesses().map((p) => p.pid))
    expect(pids.filter((pid) => alive.has(pid))).toEqual([])
  })
})

function readPids(outcome: SmokeOutcome): number[] {
  const [failure] = outcome.failures
  const detail = failure?.tag === 'smoke-broken' ? failure.detail : ''
  return [...detail.matchAll(/(\d+) \(sleep/g)].map((found) => Number(found[1]))
}

describe('the run around a smoke', () => {
  it('ends it when it is aborted, and says so', async () => {
    const stop = new AbortController()
    const running = rig.run('hangs', { budgetMs: 60_000, signal: stop.signal })
    await waitForStep(rig, 'the shop never answers')
    stop.abort()
    expect(await running).toMatchObject({ verdict: 'FAIL', failures: [], reason: 'interrupted' })
  })

  it('does not begin one when it is aborted already', async () => {
    const from = rig.events.length
    const outcome = await rig.run('passes', { signal: AbortSignal.abort() })
    expect(outcome).toMatchObject({ verdict: 'FAIL', failures: [], reason: 'interrupted' })
    expect(rig.events.slice(from)).toEqual([])
  })

  it('starts again what a smoke has left stopped', async () => {
    rig.asked.length = 0
    const outcome = await rig.run('stops-daemon')
    expect(readable(outcome.failures)).toMatchSnapshot()
    expect(rig.asked).toEqual(['restart shop SIGKILL', 'stop till', 'start till'])
  })

  it('passes on why a daemon did not come back', async () => {
    const failRestart: Failure = { tag: 'died', daemon: 'shop', code: 3, signal: null, upMs: 5, log: [] }
    const other = await createRig({ failRestart })
    const outcome = await other.run('stops-daemon')
    await other.close()
    expect(outcome.failures.map((failure) => failure.tag)).toEqual(['step-failed', 'died'])
  })

  it('keeps secrets out of logs, events and failures', async () => {
    const other = await createRig({ secrets: ['o-1', 'lines'] })
    const failed = await other.run('mismatch')
    await other.run('passes')
    const all = JSON.stringify([failed, other.events]) + other.logOf('mismatch') + other.logOf('passes')
    await other.close()
    expect(all).toContain('[redacted]')
    expect(all).not.toMatch(/o-1|"lines/)
  })

  it('gives each smoke its own log, without the words of the one before', async () => {
    const other = await createRig()
    await other.run('passes')
    await other.run('parallel')
    const lines = other.logOf('parallel').trim().split('\n')
    const before = other.logOf('passes')
    await other.close()
    expect(lines).toHaveLength(2)
    expect(lines.every((line) => line.startsWith('shop GET /counter -> 200'))).toBe(true)
    expect(before).toContain('shop POST /orders')
  })
})

/** Waits for the event, not for a time. */
async function waitForStep(on: Rig, title: string): Promise<void> {
  while (!on.events.some((event) => event.type === 'step.started' && event.step === title)) {
    await new Promise(setImmediate)
  }
}
