import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Failure } from '../kernel/failure.ts'
import { openJournal, readJournal, rebuildVerdict } from './journal.ts'
import { Script } from './test-events.ts'
import { verdictOf } from './verdict.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'))
  path = join(folder, 'journal.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

const script = (): Script =>
  new Script().start(['d1', 'd2']).boot('queryd').smoke('d1').smoke('d2').died('queryd', 'd2').stop().finish()
const neverLost = (failure: Failure): never => {
  throw new Error(`unexpected: ${JSON.stringify(failure)}`)
}

describe('a journal', () => {
  it('gives back the events and the verdict', () => {
    const journal = openJournal(path, { onLost: neverLost })
    for (const event of script().events) journal.write(event)
    journal.close()
    expect(readJournal(path)).toEqual({ events: script().events, torn: false })
    expect(rebuildVerdict(path)).toEqual(verdictOf(script().events))
  })

  it('has every event on the disk before write returns', () => {
    const journal = openJournal(path, { onLost: neverLost })
    for (const [i, event] of script().events.entries()) {
      journal.write(event)
      expect(readJournal(path).events).toEqual(script().events.slice(0, i + 1))
    }
    journal.close()
  })

  it('cut at any byte still tells what was whole, and never reads as green', () => {
    const journal = openJournal(path, { onLost: neverLost })
    const { events } = new Script().start(['d1']).end('d1', 'PASS').finish()
    for (const event of events) journal.write(event)
    journal.close()
    const whole = readFileSync(path)
    expect(rebuildVerdict(path).green).toBe(true)
    for (let size = 0; size < whole.length; size += 1) {
      writeFileSync(path, whole.subarray(0, size))
      const read = readJournal(path)
      expect(read.events).toEqual(events.slice(0, read.events.length))
      expect(read.torn).toBe(size > 0 && whole[size - 1] !== 10)
      expect(verdictOf(read.events).green).toBe(false)
    }
  })

  it.each([
    [
      '{"type":"stop.started","atMs":1}\nnot json\n{"type":"stop.started","atMs":1}\n',
      ':2: not a line of JSON',
    ],
    ['null\n', ':1: not an event'],
    ['{"type":"stop.started"}\n', ':1: not an event'],
  ])('says where it is damaged: %j', (text, message) => {
    writeFileSync(path, text)
    expect(() => readJournal(path)).toThrow(`${path}${message}`)
  })
})

describe('when the disk fails', () => {
  const events = () => script().events
  it('says so once, and never throws', () => {
    const losses: Failure[] = []
    let writes = 0
    const journal = openJournal(path, {
      onLost: (failure) => losses.push(failure),
      append: () => {
        writes += 1
        throw new Error('ENOSPC: no space left on device, write')
      },
    })
    for (const event of events()) journal.write(event)
    journal.close()
    expect(losses).toEqual([{ tag: 'evidence-lost', path, reason: 'ENOSPC: no space left on device, write' }])
    expect(writes).toBe(1)
  })
  it('takes no progress for a failure, too', () => {
    const losses: Failure[] = []
    const journal = openJournal(path, { onLost: (failure) => losses.push(failure), append: () => 0 })
    journal.write({ type: 'stop.started', atMs: 1 })
    expect(losses).toHaveLength(1)
    journal.close()
  })
  it('a file that cannot be opened is told the same way', () => {
    const losses: Failure[] = []
    const journal = openJournal(join(folder, 'missing', 'j'), { onLost: (failure) => losses.push(failure) })
    for (const event of events()) journal.write(event)
    journal.close()
    expect(losses).toMatchObject([{ tag: 'evidence-lost', reason: expect.stringContaining('ENOENT') }])
  })
  it('bytes that are taken in pieces are all written', () => {
    const pieces: Uint8Array[] = []
    const journal = openJournal(path, {
      onLost: neverLost,
      append: (_, bytes) => {
        pieces.push(bytes.slice(0, 7))
        return Math.min(7, bytes.length)
      },
    })
    for (const event of events()) journal.write(event)
    journal.close()
    const text = Buffer.concat(pieces).toString('utf8')
    expect(text).toBe(
      events()
        .map((event) => `${JSON.stringify(event)}\n`)
        .join(''),
    )
  })
})

it('holds no secret, and its names survive a secret that is spelled like one', () => {
  const journal = openJournal(path, { onLost: neverLost, secrets: ['hunter2!', 'd1', 'died', ''] })
  const { events } = new Script()
    .start(['d1'])
    .begin('d1')
    .died('queryd', 'd1', ['token=hunter2!', 'GET /?t=hunter2!'])
    .end('d1', 'FAIL', { title: 'd1 with hunter2!', logs: { queryd: ['{"key":"hunter2!"}'] } })
    .finish()
  for (const event of events) journal.write(event)
  journal.close()
  expect(readFileSync(path, 'utf8')).not.toContain('hunter2')
  const verdict = rebuildVerdict(path)
  expect(verdict.rows.map((row) => `${row.class} ${row.smoke}`)).toEqual(['FAIL d1'])
  expect(verdict.rows[0]?.title).toBe('[redacted] with [redacted]')
  expect(verdict.rows[0]?.failures[0]).toMatchObject({
    tag: 'died',
    log: ['token=[redacted]', 'GET /?t=[redacted]'],
  })
})
