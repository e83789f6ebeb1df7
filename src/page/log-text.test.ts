import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { LogFile } from '../host/log-file.ts'
import { TimeIndex, timesPathOf } from '../host/time-index.ts'
import { readLogs } from './log-text.ts'

let dir: string
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'log-text-')))
  mkdirSync(join(dir, 'daemons'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
})

const pathOf = (daemon: string): string => join(dir, 'daemons', `${daemon}.log`)
const textOf = (budget?: number): string[] =>
  (readLogs(dir, { zeroMs: 0, ...(budget === undefined ? {} : { budget }) })[0]?.lines ?? []).map(
    ({ text }) => text.replace(dir, '<dir>'),
  )

/** Writes lines at these times, as the tool does. */
function writeTimed(daemon: string, lines: readonly (readonly [ms: number, text: string])[]): void {
  let time = 0
  const index = new TimeIndex(pathOf(daemon), 0, () => time)
  for (const [ms, text] of lines) {
    time = ms
    index.note(Buffer.byteLength(text))
  }
  index.close()
  writeFileSync(pathOf(daemon), lines.map(([, text]) => text).join(''))
}

describe('lines', () => {
  it('have the time at which they came, on the clock of the run', () => {
    writeTimed('web', [
      [1_000, 'a\nb\n'],
      [1_500, 'c'],
      [1_600, 'd\n'],
      [1_700, 'e\n'],
    ])
    expect(readLogs(dir, { zeroMs: 900 })[0]?.lines).toEqual([
      { daemon: 'web', atMs: 100, text: 'a' },
      { daemon: 'web', atMs: 100, text: 'b' },
      { daemon: 'web', atMs: 600, text: 'cd' },
      { daemon: 'web', atMs: 800, text: 'e' },
    ])
  })

  it('have none where none was noted', () => {
    writeFileSync(pathOf('web'), 'a\n\nb')
    expect(readLogs(dir, { zeroMs: 900 })[0]?.lines).toEqual([
      { daemon: 'web', text: 'a' },
      { daemon: 'web', text: '' },
      { daemon: 'web', text: 'b' },
    ])
    expect(readLogs(dir, { zeroMs: undefined })[0]?.lines).toHaveLength(3)
  })

  it('are readable, whatever the bytes', () => {
    writeFileSync(
      pathOf('web'),
      Buffer.concat([Buffer.from('\u001b[31ma\u0000\r\n'), Buffer.from([0xff, 0xc0, 0x0a])]),
    )
    expect(textOf()).toEqual(['a⟨NUL⟩', '\ufffd\ufffd'])
  })

  it('are bounded', () => {
    writeFileSync(pathOf('web'), 'x'.repeat(100_000))
    expect(textOf()).toEqual([`${'x'.repeat(2_000)}… (95.7 KiB more in this line)`])
  })
})

describe('a log that is too long', () => {
  it('keeps beginning and end, cut between lines, and says what is left out', () => {
    const all = Array.from({ length: 10_000 }, (_, i) => `line ${String(i).padStart(5, '0')}`)
    writeFileSync(pathOf('web'), `${all.join('\n')}\n`)
    const [log] = readLogs(dir, { zeroMs: 0, budget: 1 })
    const texts = textOf(1)
    const note = texts.findIndex((text) => text.startsWith('…'))
    expect(texts.slice(0, note)).toEqual(all.slice(0, note))
    const end = texts.slice(note + 1)
    expect(end).toEqual(all.slice(-end.length))
    expect(end.length).toBeGreaterThan(note)
    expect(texts[note]).toMatch(
      /^… [\d.]+ KiB of this log are left out here; all of it: <dir>\/daemons\/web\.log …$/,
    )
    expect(log?.leftOut).toBe(11 * (all.length - (texts.length - 1)))
  })

  it('keeps what was written while something failed', () => {
    const line = (i: number): string => `line ${String(i).padStart(5, '0')} ${'x'.repeat(20)}\n`
    writeTimed(
      'web',
      Array.from({ length: 10_000 }, (_, i) => [i * 10, line(i)] as const),
    )
    const spans = [
      { from: 50_000, to: 50_100 },
      { from: 70_000, to: 70_020 },
    ]
    const lines = readLogs(dir, { zeroMs: 0, budget: 1, spans })[0]?.lines ?? []
    const numbers = lines.filter(({ note }) => !note).map(({ text }) => Number(text.slice(5, 10)))
    for (const i of [0, 5_000, 5_005, 5_010, 7_000, 7_002, 9_999]) expect(numbers).toContain(i)
    expect(numbers).not.toContain(6_000)
    expect(lines.filter(({ note }) => note)).toHaveLength(3)
    for (const { text, atMs, note } of lines) {
      if (!note) expect(Math.abs((atMs ?? 0) - Number(text.slice(5, 10)) * 10)).toBeLessThan(200)
    }
  })

  it('keeps of a long failure only the beginning', () => {
    writeTimed(
      'web',
      Array.from({ length: 10_000 }, (_, i) => [i * 10, `${String(i).padStart(20, '0')}\n`] as const),
    )
    const log = readLogs(dir, { zeroMs: 0, budget: 1, spans: [{ from: 20_000, to: 90_000 }] })[0]
    const numbers = (log?.lines ?? []).filter(({ note }) => !note).map(({ text }) => Number(text))
    expect(numbers).toContain(2_000)
    expect(numbers).not.toContain(8_000)
    expect((log?.bytes ?? 0) - (log?.leftOut ?? 0)).toBeLessThan(25 * 2 ** 10)
  })

  it('may be one of many lines', () => {
    writeFileSync(pathOf('web'), '\n'.repeat(300_000))
    const texts = textOf()
    expect(texts.length).toBeLessThan(6_100)
    expect(texts.join('')).toMatch(/lines of this log are left out/)
  })

  it('has the times of its tail, though the file was cut when it was written', async () => {
    const log = new LogFile(pathOf('web'), { headBytes: 100, tailBytes: 200 })
    let time = 0
    const index = new TimeIndex(pathOf('web'), 0, () => time)
    const offsets: number[] = []
    // The same as the log does, with times of our own.
    for (let i = 0; i < 100; i += 1) {
      const line = Buffer.from(`${String(i).padStart(9, '0')}\n`)
      time = i * 1_000
      if (i === 10 || (i > 10 && (i - 10) % 10 === 0)) index.segment(i * 10)
      index.note(line.length)
      log.write(line)
      offsets.push(i * 10)
    }
    await log.close()
    index.close()
    const lines = readLogs(dir, { zeroMs: 0 })[0]?.lines ?? []
    const timed = lines.filter(({ text }) => /^\d{9}$/.test(text))
    expect(timed.length).toBeGreaterThan(20)
    for (const { text, atMs } of timed) expect(atMs).toBe(Number(text) * 1_000)
  })

  it('of a run that was killed is read from its parts', async () => {
    const log = new LogFile(pathOf('web'), { headBytes: 50, tailBytes: 100, times: true })
    for (let i = 0; i < 40; i += 1) log.write(Buffer.from(`${String(i).padStart(9, '0')}\n`))
    // What a killed tool leaves: the head, and the segments of the tail beside it.
    const before = [`${pathOf('web')}.tail-1`, `${pathOf('web')}.tail-2`]
    const texts = textOf()
    for (const part of before) renameSync(part, `${part}.gone`)
    expect(textOf()).toHaveLength(5)
    expect(texts.at(-1)).toBe('000000039')
    expect(texts.slice(0, 5)).toEqual(Array.from({ length: 5 }, (_, i) => `00000000${i}`))
    expect(texts.join(' ')).toMatch(/… \d+ bytes left out …/)
    for (const part of before) renameSync(`${part}.gone`, part)
    await log.close()
  })
})

it('a run without logs has none', () => {
  rmSync(join(dir, 'daemons'), { recursive: true })
  expect(readLogs(dir, { zeroMs: 0 })).toEqual([])
  mkdirSync(join(dir, 'daemons'))
  writeFileSync(timesPathOf(pathOf('web')), 'open 0\n')
  expect(readLogs(dir, { zeroMs: 0 })).toEqual([])
})
