import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { openJournal } from '../ledger/journal.ts'
import { Script } from '../ledger/test-events.ts'
import { type Answer, askHistory, type Question } from './ask.ts'
import { historyIn } from './keep.ts'
import type { RunRecord } from './record.ts'
import { withHistory } from './store.ts'
import { createLogs, runId, runRecord, smokeRecord } from './test-records.ts'

function logsWith(...records: readonly RunRecord[]): string {
  const logs = createLogs()
  const added = withHistory(historyIn(logs), { writable: true }, (store) => store.add(records))
  if (!added.ok) throw new Error(added.error)
  return logs
}

const ask = (logs: string, question: Partial<Question> = {}): Answer | string => {
  const answer = askHistory(logs, { last: 30, ...question })
  return answer.ok ? answer.value : `${answer.error.fault}: ${answer.error.message.replaceAll(logs, 'logs')}`
}

describe('asked', () => {
  it('nothing, of nothing: says so, and makes no file', () => {
    const logs = createLogs()
    expect(ask(logs)).toMatchObject({ schema: 1, stacks: [], runs: [], warnings: [] })
    expect(readdirSync(logs)).toEqual([])
  })
  it('nothing: tells of the stack that ran last, the newest so many runs', () => {
    const logs = logsWith(runRecord(1), runRecord(2, { stack: 'minio' }), runRecord(3), runRecord(4))
    expect(ask(logs, { last: 2 })).toMatchObject({
      stack: 'dev',
      stacks: [{ stack: 'dev', runs: 3 }, { stack: 'minio' }],
      summary: { runs: 2 },
      runs: [{ run: runId(4) }, { run: runId(3) }],
    })
  })
  it.each(['minio', '/p/stacks/big.toml', 'big', 'stacks/big.toml'])(
    'for a stack, by its name or file: %s',
    (stack) => {
      const logs = logsWith(runRecord(1, { stack: 'minio', stackFile: '/p/stacks/big.toml' }), runRecord(2))
      expect(ask(logs, { stack })).toMatchObject({ stack: 'minio', runs: [{ run: runId(1) }] })
    },
  )
  it('for a smoke: tells of that one alone', () =>
    expect(
      ask(logsWith(runRecord(1), runRecord(2, { smokes: [smokeRecord('d1')] })), { smoke: 'd2' }),
    ).toMatchObject({
      smoke: 'd2',
      summary: { runs: 1, smokes: [{ smoke: 'd2', passed: 1 }] },
      runs: [{ run: runId(1), smokes: [{ smoke: 'd2' }] }],
    }))
  it('for what is not there: says what there is', () => {
    const logs = logsWith(runRecord(1))
    expect(ask(logs, { stack: 'def' })).toBe(
      'asked: no run of a stack "def" is in the history; did you mean "dev"? (known: dev)',
    )
    expect(ask(logs, { smoke: 'd3' })).toBe(
      'asked: no run of a smoke "d3" on dev is in the history; did you mean "d1"?',
    )
  })
})

it('a run that was killed is picked up', () => {
  const logs = createLogs()
  const dir = join(logs, 'runs', '20261120T000001.000Z-abcdef')
  mkdirSync(dir, { recursive: true })
  const journal = openJournal(join(dir, 'journal.jsonl'), { onLost: () => undefined })
  for (const event of new Script().start(['d1', 'd2']).boot('storaged').smoke('d1').events)
    journal.write(event)
  journal.close()
  expect(ask(logs)).toMatchObject({
    summary: { runs: 1, passed: 0, unfinished: 1, smokes: [{ smoke: 'd1', passed: 1 }, { without: 1 }] },
  })
})

describe('a store that', () => {
  it('another process keeps from being written is told from, with a warning', () => {
    const logs = logsWith(runRecord(1))
    const other = new DatabaseSync(historyIn(logs))
    // Readers may still come in.
    other.exec('BEGIN IMMEDIATE')
    mkdirSync(join(logs, 'runs', runId(9)), { recursive: true })
    const journal = openJournal(join(logs, 'runs', runId(9), 'journal.jsonl'), { onLost: () => undefined })
    for (const event of new Script().start(['d1']).events) journal.write(event)
    journal.close()
    expect(ask(logs)).toMatchObject({
      runs: [{ run: runId(1) }],
      warnings: [expect.stringMatching(/^runs that were killed may be missing: .* keeps it locked/)],
    })
    other.close()
  })
  it('is damaged gives no answer', () => {
    const logs = createLogs()
    writeFileSync(historyIn(logs), 'x'.repeat(9_000))
    expect(ask(logs)).toMatch(
      /^store: logs\/history.db is damaged \(file is not a database\); to begin a new one: mv/,
    )
  })
})
