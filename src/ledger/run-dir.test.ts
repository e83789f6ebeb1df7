import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseLedgerJson } from './json.ts'
import { renderJunit } from './junit.ts'
import { openRunDirectory } from './run-dir.ts'
import { Script } from './test-events.ts'
import { renderLedger } from './text.ts'
import { verdictOf } from './verdict.ts'

let logs: string
beforeEach(() => {
  logs = join(mkdtempSync(join(tmpdir(), 'runs-')), 'logs')
})
afterEach(() => rmSync(join(logs, '..'), { recursive: true }))

const runs = (): string[] => readdirSync(join(logs, 'runs')).sort()
const whole = verdictOf(new Script().start(['d1']).smoke('d1').stop().finish().events)
const part = verdictOf(new Script().start(['d1', 'd2'], ['d1']).smoke('d1').stop().finish().events)
const interrupted = verdictOf(
  new Script().start(['d1']).add({ type: 'interrupted', signal: 'SIGINT' }).stop().finish().events,
)

describe('openRunDirectory', () => {
  it('makes a sortable directory with its folders, and points latest at it', () => {
    const first = openRunDirectory(logs)
    expect(first.id).toMatch(/^\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{6}$/)
    expect(readdirSync(first.path).sort()).toEqual(['daemons', 'owner.json', 'smokes'])
    expect(readlinkSync(join(logs, 'latest'))).toBe(join('runs', first.id))
    const second = openRunDirectory(logs)
    expect(realpathSync(join(logs, 'latest'))).toBe(realpathSync(second.path))
    expect(readdirSync(logs).sort()).toEqual(['latest', 'runs'])
  })
  it('is discarded whole', () => {
    const first = openRunDirectory(logs)
    openRunDirectory(logs).discard()
    expect(runs()).toEqual([first.id])
    expect(readlinkSync(join(logs, 'latest'))).toBe(join('runs', first.id))
    first.discard()
    expect(readdirSync(logs)).toEqual(['runs'])
  })
  it('throws what the system says when there is no place for it', () => {
    mkdirSync(join(logs, '..'), { recursive: true })
    writeFileSync(logs, 'a file')
    expect(() => openRunDirectory(logs)).toThrow(/ENOTDIR/)
  })
})

describe('pruning', () => {
  const old = (day: number, journal: string): string => {
    const id = `202601${String(day).padStart(2, '0')}T000000.000Z-abcdef`
    mkdirSync(join(logs, 'runs', id), { recursive: true })
    writeFileSync(join(logs, 'runs', id, 'owner.json'), '{"pid":7,"since":"2026"}')
    if (journal !== '') writeFileSync(join(logs, 'runs', id, 'journal.jsonl'), journal)
    return id
  }
  const end = '{"type":"run.finished","ms":1,"atMs":1}\n'

  it('keeps the newest, and what is not a run', () => {
    const ids = [1, 2, 3, 4, 5].map((day) => old(day, end))
    mkdirSync(join(logs, 'runs', 'my-notes'))
    const { id } = openRunDirectory(logs, { keep: 3, isAlive: () => true })
    expect(runs()).toEqual([...ids.slice(3), id, 'my-notes'])
  })
  it('spares what it is told to, beside the newest', () => {
    const ids = [1, 2, 3, 4, 5].map((day) => old(day, end))
    const { id } = openRunDirectory(logs, { keep: 2, spare: new Set(ids.slice(1, 2)) })
    expect(runs()).toEqual([ids[1], ids[4], id])
  })
  it('keeps thirty when nobody says otherwise', () => {
    for (let day = 1; day <= 31; day += 1) old(day, end)
    openRunDirectory(logs)
    expect(runs()).toHaveLength(30)
  })
  it('never takes one that still runs: owner alive, journal without an end', () => {
    const running = old(1, '{"type":"stop.started","atMs":1}\n')
    const starting = old(2, '')
    const ended = old(3, end)
    const { id } = openRunDirectory(logs, { keep: 1, isAlive: (owner) => owner.pid === 7 })
    expect(runs()).toEqual([running, starting, id])
    expect(ended).not.toBe(id)
  })
  it('takes one whose owner is gone', () => {
    old(1, '{"type":"stop.started","atMs":1}\n')
    const { id } = openRunDirectory(logs, { keep: 1, isAlive: () => false })
    expect(runs()).toEqual([id])
  })
  it('says what it could not look at, and goes on', () => {
    const damaged = old(1, end)
    writeFileSync(join(logs, 'runs', damaged, 'owner.json'), 'torn')
    old(2, end)
    const { id, warnings } = openRunDirectory(logs, { keep: 1 })
    expect(runs()).toEqual([damaged, id])
    expect(warnings).toEqual([expect.stringContaining(`${damaged} could not be removed`)])
  })
  it('knows the living from the dead', () => {
    const own = openRunDirectory(logs)
    for (let i = 0; i < 3; i += 1) openRunDirectory(logs, { keep: 1 })
    expect(existsSync(own.path)).toBe(true)
  })
})

it('several at once in one checkout never clash', async () => {
  const ended = '{"type":"run.finished","ms":1,"atMs":1}\n'
  for (let i = 0; i < 100; i += 1) {
    const path = join(logs, 'runs', `20260101T000000.${100 + i}Z-abcdef`)
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, 'journal.jsonl'), ended)
  }
  // Every one of them makes runs, moves `latest` and prunes the same old runs.
  const module = new URL('./run-dir.ts', import.meta.url).href
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    import(workerData.module).then(({ openRunDirectory }) => {
      const runs = Array.from({ length: 10 }, () => openRunDirectory(workerData.logs))
      parentPort.postMessage(runs.map(({ path, warnings }) => ({ path, warnings })))
    })`
  const workers = [1, 2, 3, 4].map(() => new Worker(code, { eval: true, workerData: { module, logs } }))
  const made = (await Promise.all(workers.map((worker) => once(worker, 'message')))).flat(2)
  await Promise.all(workers.map((worker) => worker.terminate()))
  expect(made).toHaveLength(40)
  expect(new Set(made.map((run) => run.path)).size).toBe(40)
  for (const run of made) {
    expect(existsSync(join(run.path, 'smokes'))).toBe(true)
    expect(run.warnings).toEqual([])
  }
  expect(made.map((run) => realpathSync(run.path))).toContain(realpathSync(join(logs, 'latest')))
  expect(readdirSync(logs).sort()).toEqual(['latest', 'runs'])
  expect(runs()).toHaveLength(40)
})

describe('the ledgers', () => {
  it('are written whole, the chain log for a whole chain', async () => {
    const directory = openRunDirectory(logs)
    expect(await directory.writeLedger(whole)).toBeUndefined()
    expect(readFileSync(join(directory.path, 'ledger.txt'), 'utf8')).toBe(renderLedger(whole))
    expect(parseLedgerJson(readFileSync(join(directory.path, 'ledger.json'), 'utf8')).green).toBe(true)
    expect(readFileSync(join(directory.path, 'junit.xml'), 'utf8')).toBe(renderJunit(whole))
    expect(readFileSync(join(logs, 'smoke_chain.log'), 'utf8')).toBe(renderLedger(whole))
    expect(readdirSync(logs).sort()).toEqual(['latest', 'runs', 'smoke_chain.log'])
  })
  it('of a part, or of an interrupted run, leave the chain log as it was', async () => {
    await openRunDirectory(logs).writeLedger(whole)
    await openRunDirectory(logs).writeLedger(part)
    await openRunDirectory(logs).writeLedger(interrupted)
    expect(readFileSync(join(logs, 'smoke_chain.log'), 'utf8')).toBe(renderLedger(whole))
  })
  it('that cannot all be written are told as lost, and none is left to claim more', async () => {
    const directory = openRunDirectory(logs)
    mkdirSync(join(logs, 'smoke_chain.log', 'in-the-way'), { recursive: true })
    expect(await directory.writeLedger(whole)).toMatchObject({
      tag: 'evidence-lost',
      path: join(logs, 'smoke_chain.log'),
      reason: expect.stringMatching(/EISDIR|ENOTEMPTY|EEXIST/),
    })
    expect(readdirSync(directory.path).sort()).toEqual(['daemons', 'owner.json', 'smokes'])
    expect(readdirSync(logs).sort()).toEqual(['latest', 'runs', 'smoke_chain.log'])
  })
})
