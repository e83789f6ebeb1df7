import { describe, expect, it } from 'vitest'
import type { Failure } from '../kernel/failure.ts'
import { Script } from './test-events.ts'
import { createVerdict, verdictOf } from './verdict.ts'

const run = (): Script => new Script()
const classes = (script: Script): string[] =>
  verdictOf(script.events).rows.map((row) => `${row.class} ${row.smoke}`)
const lost: Failure = { tag: 'evidence-lost', path: 'journal.jsonl', reason: 'ENOSPC' }

describe('a green run', () => {
  const verdict = verdictOf(
    run().start(['d1', 'd2']).boot('storaged').smoke('d1').smoke('d2').stop().finish().events,
  )
  it('is green, complete and 0', () =>
    expect(verdict).toMatchObject({ green: true, complete: true, finished: true, exitCode: 0 }))
  it('tells what it was', () =>
    expect(verdict).toMatchObject({
      run: '20261120T100200Z-ab12cd',
      ms: 3_000,
      stack: { name: 'dev' },
      boot: { ok: true, ms: 420, failures: [] },
      counts: { PASS: 2, FAIL: 0, BLOCKED: 0, SKIP: 0, 'NOT RUN': 0 },
    }))
  it('rounds seconds down', () => expect(verdict.rows[0]).toMatchObject({ ms: 1_234, seconds: 1 }))
})

it('a run on a stack that was up already passes, and is not green', () => {
  const script = run()
    .start(['d1'])
    .add({ type: 'boot.started', daemons: ['storaged'], attachedTo: 77 })
  script.add({ type: 'boot.finished', ok: true, ms: 3 }).smoke('d1').stop().finish()
  expect(verdictOf(script.events)).toMatchObject({
    complete: true,
    exitCode: 0,
    green: false,
    attachedTo: 77,
  })
})

describe('the tree it was made from', () => {
  it('is told when it was noted, before the beginning or after', () => {
    const script = run()
      .add({ type: 'tree.noted', tree: 'f00d', dirty: true })
      .start(['d1'])
      .smoke('d1')
      .finish()
    expect(verdictOf(script.events)).toMatchObject({ tree: 'f00d', dirty: true, green: true })
  })
  it('is absent when nobody knows it', () =>
    expect(verdictOf(run().start(['d1']).smoke('d1').finish().events)).not.toHaveProperty('tree'))
})

it('what is said after the end makes no run longer', () => {
  const script = run().start(['d1']).smoke('d1').finish()
  script.add({ type: 'warning', message: 'late' }, 60_000)
  expect(verdictOf(script.events).ms).toBe(3_000)
})

describe('rows', () => {
  it('are in chain order, whatever the order of selection and of events', () =>
    expect(classes(run().start(['d1', 'd2', 'd3'], ['d3', 'd1']).smoke('d3').smoke('d1').finish())).toEqual([
      'PASS d1',
      'PASS d3',
    ]))
  it('exist for a smoke that never ended', () => {
    const script = run().start(['d1', 'd2']).smoke('d1').begin('d2').step('d2', 'one')
    expect(classes(script)).toEqual(['PASS d1', 'NOT RUN d2'])
    expect(verdictOf(script.events).rows[1]).toMatchObject({
      steps: 1,
      expectations: 2,
      title: 'd2 keeps its promise',
    })
  })
  it('of a smoke that was interrupted in a step lay no failure at its door', () => {
    const script = run().start(['d1']).begin('d1')
    script.add({
      type: 'step.finished',
      smoke: 'd1',
      step: 'one',
      index: 0,
      ok: false,
      ms: 5,
      expectations: 0,
    })
    const { rows } = verdictOf(script.end('d1', 'NOT RUN', { reason: 'interrupted' }).finish().events)
    expect(rows[0]).toMatchObject({ class: 'NOT RUN', reason: 'interrupted', failures: [] })
    expect(rows[0]?.stepList).toMatchObject([{ title: 'one', ok: false }])
  })
  it('of a failed smoke whose step did not say why name that step', () => {
    const script = run().start(['d1']).begin('d1')
    script.add({
      type: 'step.finished',
      smoke: 'd1',
      step: 'one',
      index: 0,
      ok: false,
      ms: 5,
      expectations: 0,
    })
    expect(verdictOf(script.end('d1', 'FAIL').finish().events).rows[0]?.failures).toMatchObject([
      { tag: 'step-failed', step: 'one' },
    ])
  })
  it('a PASS with a failure is a FAIL', () =>
    expect(
      classes(
        run()
          .start(['d1'])
          .smoke('d1', 'PASS', { failures: [lost] })
          .finish(),
      ),
    ).toEqual(['FAIL d1']))
  it('a PASS whose step failed is a FAIL, and the failure is told once', () => {
    const failure: Failure = { tag: 'step-failed', smoke: 'd1', step: 'one', mismatches: [] }
    const script = run().start(['d1']).begin('d1').step('d1', 'one', failure).end('d1', 'PASS').finish()
    expect(verdictOf(script.events).rows[0]).toMatchObject({ class: 'FAIL', failures: [failure] })
    const again = run()
      .start(['d1'])
      .begin('d1')
      .step('d1', 'one', failure)
      .end('d1', 'FAIL', { failures: [failure] })
    expect(verdictOf(again.events).rows[0]?.failures).toEqual([failure])
  })
})

describe('a run that is not whole is not green', () => {
  it.each([
    ['a part of the chain', run().start(['d1', 'd2'], ['d1']).smoke('d1').stop().finish(), 0],
    ['a skipped smoke', run().start(['d1']).smoke('d1', 'SKIP', { reason: 'no network' }).stop().finish(), 0],
    ['nothing selected', run().start(['d1'], []).stop().finish(), 4],
    ['no chain at all', run().start([]).stop().finish(), 4],
    ['killed before its end', run().start(['d1']).smoke('d1').stop(), 70],
    ['no beginning', run().smoke('d1').finish(), 70],
    ['no events', run(), 70],
    ['a smoke without an end', run().start(['d1', 'd2']).smoke('d1').finish(), 1],
  ])('%s', (_, script, exitCode) =>
    expect(verdictOf(script.events)).toMatchObject({ green: false, exitCode }),
  )
})

describe('a daemon that exits unasked', () => {
  const died = { tag: 'died', daemon: 'queryd' }
  it('turns the PASS of the smoke that ran into a FAIL, whether it is told before or after its end', () => {
    const before = run().start(['d1']).begin('d1').died('queryd', 'd1').end('d1', 'PASS').finish()
    const after = run().start(['d1']).smoke('d1').died('queryd', 'd1').finish()
    for (const script of [before, after]) {
      const verdict = verdictOf(script.events)
      expect(verdict.rows[0]).toMatchObject({ class: 'FAIL', failures: [died] })
      expect(verdict).toMatchObject({ exitCode: 1, green: false, deaths: [] })
    }
  })
  it('turns a SKIP into a FAIL too, and leaves a FAIL one', () => {
    expect(classes(run().start(['d1']).died('queryd', 'd1').smoke('d1', 'SKIP').finish())).toEqual([
      'FAIL d1',
    ])
    expect(classes(run().start(['d1']).died('queryd', 'd1').smoke('d1', 'BLOCKED').finish())).toEqual([
      'BLOCKED d1',
    ])
  })
  it('is told once when the engine tells it with the smoke, with another log', () => {
    const failure: Failure = { tag: 'died', daemon: 'queryd', code: 1, signal: null, upMs: 4_201, log: ['x'] }
    const script = run()
      .start(['d1'])
      .begin('d1')
      .died('queryd', 'd1')
      .end('d1', 'FAIL', { failures: [failure] })
    expect(verdictOf(script.events).rows[0]?.failures).toHaveLength(1)
  })
  it('is unattributed between smokes, and during a smoke that was not selected', () => {
    for (const during of [null, 'd9']) {
      const verdict = verdictOf(run().start(['d1']).smoke('d1').died('queryd', during).finish().events)
      expect(verdict).toMatchObject({ deaths: [died], exitCode: 1, green: false })
      expect(verdict.rows[0]?.class).toBe('PASS')
    }
  })
  it('is no failure when it was expected', () => {
    const script = run()
      .start(['d1'])
      .boot('queryd')
      .smoke('d1')
      .exited('queryd', { expected: true })
      .finish()
    expect(verdictOf(script.events)).toMatchObject({ green: true, deaths: [] })
  })
  it('tells how long it had run when the event does not', () => {
    const script = run()
      .start(['d1'])
      .spawn('queryd', 7)
      .smoke('d1')
      .exited('queryd', { signal: 'SIGSEGV', code: null })
    expect(verdictOf(script.finish().events).deaths).toMatchObject([{ signal: 'SIGSEGV', upMs: 81 }])
  })
  it('one incarnation is blamed once; the next one again', () => {
    const limit: Failure = {
      tag: 'limit-exceeded',
      daemon: 'queryd',
      limit: 'max_rss',
      allowedBytes: 1,
      seenBytes: 2,
    }
    const script = run().start(['d1']).spawn('queryd', 7).smoke('d1')
    script.add({ type: 'daemon.failed', daemon: 'queryd', failure: limit }).died('queryd', null)
    expect(verdictOf(script.events).deaths).toEqual([limit])
    script.spawn('queryd', 8, [], 2).died('queryd', null)
    expect(verdictOf(script.events).deaths).toHaveLength(2)
  })
  it('a broken limit counts against the smoke that runs', () => {
    const limit: Failure = {
      tag: 'limit-exceeded',
      daemon: 'queryd',
      limit: 'max_rss',
      allowedBytes: 1,
      seenBytes: 2,
    }
    const script = run()
      .start(['d1'])
      .begin('d1')
      .add({ type: 'daemon.failed', daemon: 'queryd', failure: limit })
    expect(classes(script.end('d1', 'PASS').finish())).toEqual(['FAIL d1'])
  })
})

describe('the boot', () => {
  const early: Failure = {
    tag: 'exited-before-ready',
    daemon: 'queryd',
    code: 1,
    signal: null,
    afterMs: 34,
    log: [],
  }
  const failed = (): Script =>
    run()
      .start(['d1'])
      .add({ type: 'boot.started', daemons: ['queryd'] })
      .spawn('queryd', 7)
  it('that failed is 3, and its cause is told once', () => {
    const script = failed()
      .died('queryd', null)
      .add({ type: 'daemon.failed', daemon: 'queryd', failure: early })
    script.add({ type: 'boot.finished', ok: false, ms: 40 }).smoke('d1', 'BLOCKED').stop().finish()
    expect(verdictOf(script.events)).toMatchObject({
      exitCode: 3,
      boot: { ok: false, failures: [early] },
      deaths: [],
    })
  })
  it('failed when a daemon died while the others came up, whatever its end says', () => {
    const script = failed()
      .died('queryd', null)
      .add({ type: 'boot.finished', ok: true, ms: 40 })
      .smoke('d1')
      .finish()
    expect(verdictOf(script.events)).toMatchObject({ exitCode: 3, green: false })
  })
  it('that never ended is not ok', () =>
    expect(verdictOf(failed().finish().events)).toMatchObject({ exitCode: 3, boot: { ok: false } }))
})

describe('the exit code', () => {
  const leaky = (): Script => run().start(['d1']).boot('queryd').smoke('d1').leak('PID 7 (sleep 60)').stop(1)
  it('1 for a leak', () =>
    expect(verdictOf(leaky().finish().events)).toMatchObject({ exitCode: 1, green: false }))
  it('70 when a leak was counted and not named', () =>
    expect(verdictOf(run().start(['d1']).smoke('d1').stop(1).finish().events)).toMatchObject({
      exitCode: 70,
      faults: [{ message: 'the stop counted 1 leaks but named 0' }],
    }))
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const)('%s gives %i, before leaks, and the first signal counts', (signal, exitCode) => {
    const script = leaky()
      .add({ type: 'interrupted', signal })
      .add({ type: 'interrupted', signal: 'SIGTERM' })
    expect(verdictOf(script.finish().events)).toMatchObject({ exitCode, interrupted: signal, green: false })
  })
  it('interrupted comes before a failed boot', () => {
    const script = run()
      .start(['d1'])
      .add({ type: 'boot.started', daemons: ['queryd'] })
    script
      .add({ type: 'interrupted', signal: 'SIGINT' })
      .add({ type: 'boot.finished', ok: false, ms: 4 })
      .finish()
    expect(verdictOf(script.events).exitCode).toBe(130)
  })
  it('lost evidence and faults come before all else', () => {
    const interrupted = (): Script => leaky().add({ type: 'interrupted', signal: 'SIGINT' })
    expect(
      verdictOf(interrupted().add({ type: 'evidence.lost', failure: lost }).finish().events).exitCode,
    ).toBe(70)
    const fault: Failure = { tag: 'tool-fault', message: 'bug' }
    expect(
      verdictOf(interrupted().add({ type: 'tool.fault', failure: fault }).finish().events).exitCode,
    ).toBe(70)
  })
  it('70 when the engine ends a smoke twice, or one that nobody selected', () => {
    expect(verdictOf(run().start(['d1']).smoke('d1').smoke('d1').finish().events).exitCode).toBe(70)
    expect(verdictOf(run().start(['d1']).smoke('d1').smoke('d2').finish().events).exitCode).toBe(70)
  })
})

it('can be asked at any time, and the answers do not change afterwards', () => {
  const fold = createVerdict()
  const script = run().start(['d1', 'd2']).smoke('d1').leak('x').smoke('d2').stop(1).finish()
  const answers = script.events.map((event) => {
    fold.add(event)
    const answer = fold.current()
    return { answer, copy: structuredClone(answer) }
  })
  for (const { answer, copy } of answers) expect(answer).toEqual(copy)
  expect(fold.current()).toEqual(verdictOf(script.events))
})
