import { execFileSync, spawn } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { RunRecord } from './record.ts'
import type { HistoryStore } from './store.ts'
import { runId, runRecord, smokeRecord } from './test-records.ts'
import { add, createPath, using } from './test-store.ts'

const all = (path: string): RunRecord[] => using(path, (store) => store.runs({ last: 1_000 }))
const ids = (path: string): string[] => all(path).map(({ run }) => run)

describe('what is added', () => {
  it('comes back as it was, newest first', () => {
    const path = createPath()
    const { tree: _tree, dirty: _dirty, cores: _cores, load: _load, bootMs: _boot, ...bare } = runRecord(2)
    const odd = runRecord(3, {
      dirty: true,
      stressed: true,
      attached: true,
      whole: false,
      finished: false,
      green: false,
      exitCode: 130,
      gateLine: '--- 0 PASS / 1 FAIL / INTERRUPTED ---',
      load: 7.25,
      smokes: [smokeRecord("d'1\u0000", { class: 'NOT RUN', ms: 0.125, slow: 'shown' })],
    })
    add(path, runRecord(1))
    add(path, bare, odd)
    expect(all(path)).toEqual([odd, bare, runRecord(1)])
  })
  it('stands in place of what was there of the same run', () => {
    const path = createPath()
    add(path, runRecord(1, { finished: false, smokes: [smokeRecord('d1')] }))
    add(path, runRecord(1))
    expect(all(path)).toEqual([runRecord(1)])
  })
  it('is found by stack and by smoke, the newest so many', () => {
    const path = createPath()
    add(path, runRecord(1), runRecord(2, { stack: 'minio' }), runRecord(3, { smokes: [smokeRecord('d2')] }))
    const find = (query: Parameters<HistoryStore['runs']>[0]): string[] =>
      using(path, (store) =>
        store.runs(query).map(({ run, smokes }) => `${run.slice(9, 15)} ${smokes.length}`),
      )
    expect(find({ stack: 'dev', last: 9 })).toEqual(['000003 1', '000001 2'])
    expect(find({ smoke: 'd1', last: 9 })).toEqual(['000002 1', '000001 1'])
    expect(find({ stack: 'dev', smoke: 'd2', last: 1 })).toEqual(['000003 1'])
    expect(find({ stack: "dev' OR 1=1 --", last: 9 })).toEqual([])
  })
  it('is known', () => {
    const path = createPath()
    add(path, runRecord(1))
    expect(using(path, (store) => store.knows([runId(1), runId(2)]))).toEqual(new Set([runId(1)]))
  })
  it('is listed by stack, that of the newest run first', () => {
    const path = createPath()
    add(path, runRecord(1, { stack: 'minio' }), runRecord(2), runRecord(3))
    expect(using(path, (store) => store.stacks())).toEqual([
      { stack: 'dev', file: '/p/stacks/dev.toml', runs: 2 },
      { stack: 'minio', file: '/p/stacks/dev.toml', runs: 1 },
    ])
  })
})

describe('bounds', () => {
  const addAll = (path: string, n: number, keep: { runs: number; smokes: number }): string[] =>
    using(
      path,
      (store) => {
        for (let i = 1; i <= n; i += 1) store.add([runRecord(i)])
        return store.runs({ last: 99 }).map(({ run }) => run)
      },
      { keep },
    )
  it('the oldest runs go, and their smokes', () => {
    const path = createPath()
    expect(addAll(path, 5, { runs: 3, smokes: 99 })).toEqual([runId(5), runId(4), runId(3)])
    const db = new DatabaseSync(path)
    expect(db.prepare('SELECT count(*) AS n FROM smokes').get()).toEqual({ n: 6 })
    db.close()
  })
  it('also when all together have too many smokes; the newest stays, however many it has', () => {
    expect(addAll(createPath(), 5, { runs: 99, smokes: 5 })).toEqual([runId(5), runId(4)])
    expect(addAll(createPath(), 5, { runs: 99, smokes: 1 })).toEqual([runId(5)])
  })
})

describe('samples', () => {
  const like = { stack: 'dev', machine: 'linux-x64 CPU', cores: 2, attached: false, whole: true }
  const samplesOf = (...records: readonly RunRecord[]) => {
    const path = createPath()
    add(path, ...records)
    return Object.fromEntries(using(path, (store) => store.samples(like)))
  }
  const took = (ms: number, more: object = {}) => ({ smokes: [smokeRecord('d1', { ms, ...more })] })

  it('are newest first, by smoke', () =>
    expect(samplesOf(runRecord(1, took(10, { others: 0.5 })), runRecord(2))).toEqual({
      d1: [
        { ms: 1_000, others: 0.125 },
        { ms: 10, others: 0.5 },
      ],
      d2: [{ ms: 2_000, others: 0.125 }],
    }))
  it('are of runs that compare, and of smokes that kept their promise', () => {
    const { others: _others, ...unknown } = smokeRecord('d1', { ms: 130 })
    const samples = samplesOf(
      runRecord(1, took(10)),
      runRecord(2, { ...took(20), stack: 'minio' }),
      runRecord(3, { ...took(30), machine: 'linux-x64 another' }),
      runRecord(4, { ...took(40), cores: 4 }),
      runRecord(5, { ...took(50), load: 20 }),
      runRecord(6, { ...took(60), attached: true }),
      runRecord(7, { ...took(70), whole: false }),
      runRecord(8, { ...took(80), stressed: true }),
      runRecord(9, took(90, { class: 'FAIL' })),
      runRecord(10, took(100, { class: 'BLOCKED' })),
      runRecord(11, took(110, { class: 'FAIL', slow: 'failed' })),
      runRecord(12, { ...took(120), finished: false, exitCode: 70 }),
      runRecord(13, { smokes: [unknown] }),
    )
    expect(samples['d1']?.map(({ ms }) => ms)).toEqual([120, 110, 50, 10])
  })
  it('are looked for in 100 runs', () =>
    expect(samplesOf(...Array.from({ length: 130 }, (_, i) => runRecord(i, took(i))))['d1']?.at(-1)?.ms).toBe(
      30,
    ))
})

it('several processes add at once, to a store that none has made yet', async () => {
  const path = createPath()
  const program = fileURLToPath(new URL('./fixtures/add-runs.ts', import.meta.url))
  const children = [0, 1, 2].map((part) =>
    spawn(process.execPath, [program, path, String(part * 10), '10'], { stdio: 'inherit' }),
  )
  const codes = await Promise.all(
    children.map((child) => new Promise((resolve) => child.once('close', resolve))),
  )
  expect(codes).toEqual([0, 0, 0])
  expect(ids(path)).toEqual(Array.from({ length: 30 }, (_, i) => runId(29 - i)))
})

it('leaves one file, and says nothing on the screen', () => {
  const path = createPath()
  const program = fileURLToPath(new URL('./fixtures/add-runs.ts', import.meta.url))
  const out = execFileSync(process.execPath, [program, path, '1', '1'], { encoding: 'utf8', stdio: 'pipe' })
  expect(out).toBe('')
  expect(readdirSync(join(path, '..'))).toEqual(['history.db'])
  expect(statSync(path).size).toBeLessThan(100_000)
})
