import { appendFileSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { LogFile } from './log-file.ts'
import { makeFolder } from './test-support.ts'
import { readTimes, TimeIndex, timesPathOf } from './time-index.ts'

function openIndex(base = 0): { index: TimeIndex; log: string; at: (ms: number) => TimeIndex } {
  const log = join(makeFolder(), 'daemon.log')
  let time = 0
  const index = new TimeIndex(log, base, () => time)
  onTestFinished(() => index.close())
  const at = (ms: number): TimeIndex => {
    time = ms
    return index
  }
  return { index, log, at }
}

describe('the times of a log', () => {
  it('tell from which byte on what arrived when; what comes at once shares an entry', () => {
    const { log, at } = openIndex(7)
    at(1_000).note(10)
    at(1_002).note(10)
    at(1_004).note(10)
    at(1_005).note(10)
    at(2_000).note(5)
    expect(readTimes(log)).toEqual([
      {
        base: 7,
        segments: [],
        entries: [
          { offset: 0, ms: 1_000 },
          { offset: 30, ms: 1_005 },
          { offset: 40, ms: 2_000 },
        ],
      },
    ])
  })

  it('begin anew with each process', () => {
    const { log, at, index } = openIndex()
    at(1).note(3)
    index.close()
    const second = new TimeIndex(log, 3, () => 900)
    second.note(4)
    second.close()
    expect(readTimes(log).map(({ base, entries }) => [base, entries])).toEqual([
      [0, [{ offset: 0, ms: 1 }]],
      [3, [{ offset: 0, ms: 900 }]],
    ])
  })

  it('stay few, however long it goes on, and still reach from beginning to end', () => {
    const { log, at, index } = openIndex()
    const N = 40_000
    for (let i = 0; i < N; i += 1) at(i * 100).note(50)
    index.close()
    const [section] = readTimes(log)
    expect(section?.entries.length).toBeLessThanOrEqual(4_096)
    expect(section?.entries[0]).toEqual({ offset: 0, ms: 0 })
    expect(section?.entries.at(-1)?.offset).toBeGreaterThan(N * 50 * 0.9)
    expect(statSync(timesPathOf(log)).size).toBeLessThan(200_000)
    // Each is still true.
    for (const { offset, ms } of section?.entries ?? []) expect(offset / 50).toBe(ms / 100)
  })

  it('forget what is in the log no more, and keep the lines of former processes', () => {
    const { log, at, index } = openIndex()
    appendFileSync(timesPathOf(log), '')
    index.close()
    const next = new TimeIndex(log, 100, () => 5)
    for (let segment = 0; segment < 50; segment += 1) {
      next.segment(1_000 + segment * 200)
    }
    next.close()
    at(0)
    expect(readTimes(log)).toEqual([
      { base: 0, entries: [], segments: [] },
      { base: 100, entries: [], segments: [1_000, 1_000 + 48 * 200, 1_000 + 49 * 200] },
    ])
  })

  it('pass over lines that are torn or none', () => {
    const log = join(makeFolder(), 'x.log')
    expect(readTimes(log)).toEqual([])
    appendFileSync(timesPathOf(log), '5 6\nopen 0\n0 17\nnonsense\n1 x\n-1 4\n20 3')
    expect(readTimes(log)).toEqual([
      {
        base: 0,
        segments: [],
        entries: [
          { offset: 0, ms: 17 },
          { offset: 20, ms: 3 },
        ],
      },
    ])
  })

  it('are written by a log that is asked to, and lead to its bytes, also in its tail', async () => {
    const path = join(makeFolder(), 'daemons', 'd.log')
    const log = new LogFile(path, { headBytes: 100, tailBytes: 200, times: true })
    for (let i = 0; i < 200; i += 1) log.write(Buffer.from(`${String(i).padStart(9, '0')}\n`))
    await log.close()
    const [section] = readTimes(path)
    const [headEnd = 0, older = 0] = section?.segments ?? []
    expect(section?.segments).toHaveLength(3)
    const text = readFileSync(path, 'utf8')
    const note = `\n… ${older - headEnd} bytes left out …\n`
    expect(text.slice(headEnd, headEnd + note.length)).toBe(note)
    // The first line of the tail is the one whose number is its place in the stream.
    expect(text.slice(headEnd + note.length).slice(0, 10)).toBe(`${String(older / 10).padStart(9, '0')}\n`)
  })

  it('cost the log nothing when they cannot be written', async () => {
    const path = join(makeFolder(), 'd.log')
    const log = new LogFile(path, { times: true })
    const broken = new TimeIndex(join(path, 'no', 'folder'), 0)
    broken.note(5)
    broken.segment(1)
    broken.close()
    expect(log.write(Buffer.from('x'))).toBe(true)
    await log.close()
    expect(readFileSync(path, 'utf8')).toBe('x')
  })
})
