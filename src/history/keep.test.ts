import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Event } from '../kernel/event.ts'
import { openJournal } from '../ledger/journal.ts'
import { Script } from '../ledger/test-events.ts'
import { verdictOf } from '../ledger/verdict.ts'
import { addToHistory, createSlowFinder, historyIn, readSamples } from './keep.ts'
import type { RunRecord } from './record.ts'
import { recordOf } from './record.ts'
import { withHistory } from './store.ts'
import { createLogs, runId, runRecord } from './test-records.ts'

const NOBODY = 4_194_303

function runsIn(logs: string): RunRecord[] {
  const runs = withHistory(historyIn(logs), { writable: false }, (store) => store.runs({ last: 99 }))
  if (!runs.ok) throw new Error(runs.error)
  return runs.value
}

/** A run directory with the journal of a run, made by the process `pid`. */
function writeRun(logs: string, run: string, script: Script, pid: number = NOBODY): void {
  const dir = join(logs, 'runs', run)
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'owner.json'), JSON.stringify({ pid, since: '' }))
  const journal = openJournal(join(dir, 'journal.jsonl'), { onLost: () => undefined })
  for (const event of script.events) journal.write(withRun(event, run))
  journal.close()
}

const withRun = (event: Event, run: string): Event =>
  event.type === 'run.started' ? { ...event, run } : event
const green = (): Script =>
  new Script().start(['d1', 'd2']).boot('storaged').smoke('d1').smoke('d2').stop().finish()
const killed = (): Script => new Script().start(['d1', 'd2']).boot('storaged').smoke('d1').begin('d2')

describe('a run adds', () => {
  it('itself', () => {
    const logs = createLogs()
    expect(addToHistory(logs, verdictOf(green().events))).toBeUndefined()
    expect(runsIn(logs)).toMatchObject([
      {
        stack: 'dev',
        green: true,
        finished: true,
        machine: '',
        smokes: [{ smoke: 'd1', class: 'PASS' }, {}],
      },
    ])
  })
  it('nothing when it never began', () => {
    const logs = createLogs()
    expect(addToHistory(logs, verdictOf([]))).toBeUndefined()
    expect(readdirSync(logs)).toEqual([])
  })
  it('those that were killed, as far as they came, once', () => {
    const logs = createLogs()
    writeRun(logs, runId(1), killed())
    const own = { ...verdictOf(green().events), run: runId(2) }
    addToHistory(logs, own)
    addToHistory(logs, { ...own, run: runId(3) })
    expect(
      runsIn(logs).map(({ run, finished, smokes }) => [run, finished, smokes.map((s) => s.class)]),
    ).toEqual([
      [runId(3), true, ['PASS', 'PASS']],
      [runId(2), true, ['PASS', 'PASS']],
      [runId(1), false, ['PASS', 'NOT RUN']],
    ])
    expect(runsIn(logs).at(-1)).toMatchObject({
      gateLine: '--- 1 PASS / 0 FAIL / 1 NOT RUN / UNFINISHED ---',
      exitCode: 70,
    })
  })
  it('none that added itself: it knew more than its journal', () => {
    const logs = createLogs()
    writeRun(logs, runId(1), killed())
    const known = runRecord(1, { gateLine: 'as it was' })
    withHistory(historyIn(logs), { writable: true }, (store) => store.add([known]))
    addToHistory(logs, { ...verdictOf(green().events), run: runId(2) })
    expect(runsIn(logs).at(-1)).toEqual(known)
  })
  it('none that still goes on, and none that it cannot read', () => {
    const logs = createLogs()
    writeRun(logs, runId(1), killed(), process.pid)
    writeRun(logs, runId(2), new Script())
    mkdirSync(join(logs, 'runs', runId(3)))
    mkdirSync(join(logs, 'runs', runId(4)))
    writeFileSync(join(logs, 'runs', runId(4), 'journal.jsonl'), 'no journal\nat all\n')
    addToHistory(logs, { ...verdictOf(green().events), run: runId(5) })
    expect(runsIn(logs).map(({ run }) => run)).toEqual([runId(5)])
  })
  it('or says why it did not', () => {
    const logs = createLogs()
    mkdirSync(historyIn(logs))
    expect(addToHistory(logs, verdictOf(green().events))).toBe(
      `this run is not in the history: ${historyIn(logs)}: it cannot be opened (unable to open database file)`,
    )
  })
})

describe('a record', () => {
  const machine = { type: 'machine.noted', cpu: 'CPU', cores: 2, load: 0.5, stressed: true } as const
  it('knows tree, machine and stress when they were noted', () => {
    const script = green().add(machine).add({ type: 'tree.noted', tree: 'f00d', dirty: false })
    expect(recordOf(verdictOf(script.events))).toMatchObject({
      tree: 'f00d',
      dirty: false,
      machine: 'linux x64 CPU',
      cores: 2,
      load: 0.5,
      stressed: true,
      bootMs: 420,
      expectations: 4,
    })
  })
  it('knows a part of the chain from the whole', () => {
    const part = new Script().start(['d1', 'd2'], ['d2']).smoke('d2').finish()
    expect(recordOf(verdictOf(part.events))?.whole).toBe(false)
    expect(recordOf(verdictOf(green().events))?.whole).toBe(true)
  })
  it('tells a smoke that failed for its slowness alone from one that failed for more', () => {
    const slowness = { ms: 9, limitMs: 5, medianMs: 2, madMs: 0, samples: 8 }
    const slow = { tag: 'slow', smoke: 'd1', slowness } as const
    const script = new Script().start(['d1', 'd2', 'd3'])
    script.smoke('d1', 'FAIL', { slow: slowness, failures: [slow] })
    script.smoke('d2', 'PASS', { slow: slowness })
    script.begin('d3').died('queryd', 'd3').end('d3', 'PASS', { slow: slowness })
    expect(recordOf(verdictOf(script.finish().events))?.smokes.map((s) => [s.class, s.slow])).toEqual([
      ['FAIL', 'failed'],
      ['PASS', 'shown'],
      ['FAIL', 'shown'],
    ])
  })
})

describe('slow smokes', () => {
  const like = { stack: 'dev', machine: 'linux-x64 CPU', cores: 2, attached: false, whole: true }
  it('are found by what earlier runs took', () => {
    const logs = createLogs()
    withHistory(historyIn(logs), { writable: true }, (store) =>
      store.add(Array.from({ length: 8 }, (_, i) => runRecord(i))),
    )
    const samples = readSamples(logs, like)
    if (!samples.ok) throw new Error(samples.error)
    const finder = createSlowFinder(samples.value)
    expect(finder.find('d1', { ms: 1_501, others: 0 })).toMatchObject({
      ...{ medianMs: 1_000, limitMs: 1_500, samples: 8 },
    })
    expect(finder.find('d1', { ms: 1_500, others: 0 })).toBeUndefined()
    expect(finder.unknown()).toEqual([])
    expect(finder.find('new', { ms: 1e9, others: 0 })).toBeUndefined()
    expect(finder.find('d2', { ms: 1e9, others: 0.9 })).toBeUndefined()
    expect(finder.unknown()).toEqual(['new', 'd2'])
  })
  it('are none without a history, which is not made for that', () => {
    const logs = createLogs()
    expect(readSamples(logs, like)).toEqual({ ok: true, value: new Map() })
    expect(readdirSync(logs)).toEqual([])
  })
  it('cannot be told when the history cannot be read', () => {
    const logs = createLogs()
    writeFileSync(historyIn(logs), 'x'.repeat(5_000))
    expect(readSamples(logs, like)).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^nobody can tell what is slow: .*history\.db is damaged/),
    })
  })
})
