import { describe, expect, it } from 'vitest'
import { OpenProcess, parseAuxv, parseFigures, parsePeakRss, readUnits } from './figures-linux.ts'

const stat = (name: string, state = 'S', threads = 11): string =>
  `42 (${name}) ${state} 7 40 39 0 -1 4194304 100 2 30 4 51 6 70 8 20 0 ${threads} 0 987654 1000 250 18446744073709551615`

describe('a line of /proc/<pid>/stat', () => {
  it('has figures behind any command name', () => {
    for (const name of ['node', 'a b', 'x) R 1 1 1 (y', '((', 'new\nline', '']) {
      expect(parseFigures(stat(name))).toEqual({
        startTime: '987654',
        ppid: 7,
        pgid: 40,
        sid: 39,
        ownTicks: 51 + 6,
        childTicks: 70 + 8,
        faults: 130,
        threads: 11,
        rssPages: 250,
      })
    }
  })
  it('of a zombie still counts its time, but no thread; one whose threads run on has them', () => {
    expect(parseFigures(stat('node', 'Z', 1))).toMatchObject({ ownTicks: 57, threads: 0 })
    expect(parseFigures(stat('node', 'Z', 3))).toMatchObject({ threads: 3 })
  })
  it('that is cut or foreign has none', () => {
    for (const text of ['', '42', '42 (node) S 7 40', ') S (']) expect(parseFigures(text)).toBeUndefined()
  })
})

describe('the peak', () => {
  it('is read in bytes', () =>
    expect(parsePeakRss('VmPeak:\t 9 kB\nVmHWM:\t    1976 kB\nVmRSS:\t 4 kB\n')).toBe(1_976 * 1_024))
  it('is not there for a kernel thread', () => expect(parsePeakRss('Name:\tkthreadd\n')).toBeUndefined())
})

describe('the units', () => {
  const vector = (...words: number[]): Buffer => {
    const bytes = Buffer.alloc(words.length * 8)
    for (const [i, word] of words.entries()) bytes.writeBigUInt64LE(BigInt(word), i * 8)
    return bytes
  }
  it('come from the auxiliary vector', () =>
    expect(parseAuxv(vector(33, 5, 6, 16_384, 17, 250, 0, 0), 'LE')).toEqual({
      pageBytes: 16_384,
      ticksPerSecond: 250,
    }))
  it('are the usual ones where it is cut or empty', () => {
    const usual = { pageBytes: 4_096, ticksPerSecond: 100 }
    expect(parseAuxv(Buffer.alloc(0), 'LE')).toEqual(usual)
    expect(parseAuxv(vector(6), 'LE')).toEqual(usual)
  })
  it.runIf(process.platform === 'linux')('of this machine are sensible', () => {
    const { pageBytes, ticksPerSecond } = readUnits()
    expect(Math.log2(pageBytes) % 1).toBe(0)
    expect(ticksPerSecond).toBeGreaterThanOrEqual(10)
  })
})

describe.runIf(process.platform === 'linux')('a process that is kept open', () => {
  it('tells a peak only when it may have risen', () => {
    const self = OpenProcess.open(process.pid)
    const figures = self?.read()
    if (!self || !figures) throw new Error('we are there')
    expect(self.readRisenPeak(figures)).toBeGreaterThan(2 ** 20)
    expect(self.readRisenPeak(figures)).toBeUndefined()
    expect(self.countFds()).toBeGreaterThan(2)
    self.close()
  })
  it('is not opened when it is not there', () => expect(OpenProcess.open(2 ** 30)).toBeUndefined())
})
