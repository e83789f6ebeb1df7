import { describe, expect, it } from 'vitest'
import {
  describeProcess,
  identify,
  isAlive,
  listFamily,
  listProcesses,
  type ProcessInfo,
  readMarker,
  selectFamily,
} from './process-table.ts'
import { findInEnvironment, lacksEnvironmentYet, parseStat, readEnvironment } from './process-table-linux.ts'
import { startPuppet, until } from './test-support.ts'

const stat = (name: string, state: string, threads = 1): string =>
  `42 (${name}) ${state} 7 40 39 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 ${threads} 0 987654 1000 50 18446744073709551615`

describe('parseStat', () => {
  it('reads the fields behind any command name', () => {
    const expected = { pid: 42, startTime: '987654', ppid: 7, pgid: 40, sid: 39, state: 'S' }
    for (const name of ['node', 'a b', 'x) R 1 1 1 (y', '((', 'new\nline', '']) {
      expect(parseStat(stat(name, 'S'))).toEqual(expected)
    }
  })
  it('takes a zombie for gone, but not one whose threads still run', () => {
    expect(parseStat(stat('node', 'Z'))).toBeUndefined()
    expect(parseStat(stat('node', 'X'))).toBeUndefined()
    expect(parseStat(stat('node', 'Z', 3))?.state).toBe('Z')
  })
  it('takes a cut or foreign text for no process', () => {
    for (const text of ['', '42', '42 (node', '42 (node) S 7', ') S ('])
      expect(parseStat(text)).toBeUndefined()
  })
})

describe('findInEnvironment', () => {
  const block = Buffer.from('XRUN=wrong\0PATH=/bin\0RUN=abc\0RUN=second\0EMPTY=\0')
  it('finds the whole name only, and its first entry', () => {
    expect(findInEnvironment(block, 'RUN')).toBe('abc')
    expect(findInEnvironment(block, 'UN')).toBeUndefined()
    expect(findInEnvironment(block, 'EMPTY')).toBe('')
  })
  it('reads an area that a process title has overwritten without end', () =>
    expect(findInEnvironment(Buffer.from('RUN=abc'), 'RUN')).toBe('abc'))
})

describe('a process in the middle of execve', () => {
  const area = (vsize: number, start: number, end: number): string =>
    `${stat('node', 'S').split(' ').slice(0, 22).join(' ')} ${vsize} 250 1 1 1 1 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 1 1 1 1 1 ${start} ${end} 0`
  const READY = area(4_096, 700, 900)

  it('is told from one without variables, from one that has ended, and from a thread of the kernel', () => {
    expect(lacksEnvironmentYet(area(4_096, 0, 0))).toBe(true)
    expect(lacksEnvironmentYet(area(4_096, 700, 0))).toBe(true)
    expect(lacksEnvironmentYet(READY)).toBe(true)
    expect(lacksEnvironmentYet(area(4_096, 700, 700))).toBe(false)
    expect(lacksEnvironmentYet(area(0, 0, 0))).toBe(false)
    for (const text of ['', '42 (node) Z 7']) expect(lacksEnvironmentYet(text)).toBe(false)
  })
  it('is read once it has its environment', () => {
    const blocks = [Buffer.alloc(0), Buffer.alloc(0), Buffer.from('RUN=abc\0')]
    const stats = [area(4_096, 0, 0), READY]
    const block = readEnvironment({ block: () => blocks.shift(), stat: () => stats.shift() })
    expect(block?.toString()).toBe('RUN=abc\0')
  })
  it('is not waited for when it has none, is gone, or is closed to us', () => {
    const read = (block: Buffer | undefined, line: string | undefined): number => {
      let looks = 0
      const given = readEnvironment({
        block: () => {
          looks += 1
          return block
        },
        stat: () => line,
      })
      expect(given).toBe(block)
      return looks
    }
    expect(read(Buffer.alloc(0), area(4_096, 700, 700))).toBe(1)
    expect(read(Buffer.alloc(0), undefined)).toBe(1)
    expect(read(undefined, READY)).toBe(1)
  })
  it('that stays there is not waited for without end', () =>
    expect(readEnvironment({ block: () => Buffer.alloc(0), stat: () => READY })).toHaveLength(0))
})

const row = (pid: number, ppid: number, sid: number, o: Partial<ProcessInfo> = {}): ProcessInfo => ({
  pid,
  ppid,
  pgid: sid,
  sid,
  startTime: String(pid),
  state: 'S',
  ...o,
})

describe('selectFamily', () => {
  const carry =
    (...pids: number[]) =>
    (): ReadonlySet<number> =>
      new Set(pids)
  const pids = (family: readonly ProcessInfo[]): number[] =>
    family.map(({ pid }) => pid).sort((a, b) => a - b)
  const table = [
    row(1, 0, 1),
    row(10, 1, 10), // the leader
    row(11, 10, 10), // its child
    row(12, 11, 12), // a grandchild that did setsid
    row(13, 1, 10), // orphaned, still in the session
    row(14, 1, 14), // orphaned, another session, carries the marker
    row(15, 14, 14), // child of that
    row(20, 1, 20), // foreign
    row(21, 20, 20),
  ]

  it('joins parent links, session and marker', () => {
    const marker = { name: 'RUN', value: 'x' }
    expect(pids(selectFamily(table, { pid: 10, marker }, carry(14)))).toEqual([10, 11, 12, 13, 14, 15])
    expect(pids(selectFamily(table, { pid: 10 }, carry()))).toEqual([10, 11, 12, 13])
  })
  it('finds the members of a session whose leader is gone', () => {
    const orphaned = table.filter(({ pid }) => pid !== 10 && pid !== 11)
    expect(pids(selectFamily(orphaned, { pid: 10, sid: 10, startTime: '10' }, carry()))).toEqual([13])
  })
  it('takes nothing from a process that has come to bear the number', () => {
    expect(selectFamily(table, { pid: 20, sid: 20, startTime: 'before' }, carry())).toEqual([])
  })
  it('asks for carriers only when a marker is given', () => {
    const fail = (): never => {
      throw new Error('asked')
    }
    expect(() => selectFamily(table, { pid: 10 }, fail)).not.toThrow()
  })
})

describe('on this machine', () => {
  it('knows itself', () => {
    const self = identify(process.pid)
    expect(self?.pid).toBe(process.pid)
    expect(self && isAlive(self)).toBe(true)
    expect(self && isAlive({ ...self, startTime: '1' })).toBe(false)
    expect(listProcesses().some(({ pid, ppid }) => pid === process.pid && ppid === process.ppid)).toBe(true)
    const described = describeProcess(process.pid)
    expect(described?.command).toContain('node')
    expect(
      Math.abs(Date.parse(described?.since ?? '') - (Date.now() - process.uptime() * 1_000)),
    ).toBeLessThan(60_000)
  })
  it('looks again unless an older look will do', async () => {
    listFamily({ pid: process.pid })
    const { child } = await startPuppet({ script: 'setInterval(() => {}, 1000)' })
    expect(listFamily({ pid: child.pid }, 600_000)).toEqual([])
    expect(listFamily({ pid: child.pid }).map(({ pid }) => pid)).toEqual([child.pid])
    expect(listFamily({ pid: child.pid }, 600_000).map(({ pid }) => pid)).toEqual([child.pid])
  })
  it('knows no process of a number beyond the limit', () => {
    expect(identify(2 ** 30)).toBeUndefined()
    expect(describeProcess(2 ** 30)).toBeUndefined()
    expect(readMarker(2 ** 30, 'PATH')).toBeUndefined()
  })
  it('takes a zombie for gone', async () => {
    // The shell becomes `sleep`, which never waits for the child that it was given.
    const puppet = await startPuppet({
      command: ['sh', '-c', 'sh -c "exit 0" & echo child $!; exec sleep 1000'],
    })
    const zombie = Number((await puppet.line(/^child (\d+)$/))[1])
    await until(() => identify(zombie) === undefined)
    expect(listFamily({ pid: puppet.child.pid }).map(({ pid }) => pid)).toEqual([puppet.child.pid])
  })
  it('finds a grandchild that left session, group and parent behind, by its marker', async () => {
    const script = `
      const { spawn } = require('node:child_process')
      const lost = spawn('sh', ['-c', 'setsid sh -c "echo lost $$; sleep 1000; true" &'], { stdio: 'inherit' })
      setInterval(() => {}, 1000)`
    const inner = script.replace('$$', '\\\\$\\\\$')
    const puppet = await startPuppet({ script: inner })
    const lost = Number((await puppet.line(/^lost (\d+)$/))[1])
    const { pid } = puppet.child
    await until(() => identify(lost) !== undefined && !listFamily({ pid }).some((one) => one.pid === lost))
    const { marker } = puppet
    expect(listFamily({ pid, marker }).map((one) => one.pid)).toContain(lost)
    const { startTime } = puppet.child.identity
    expect(listFamily({ pid, startTime, marker }).map((one) => one.pid)).toContain(lost)
    expect(listFamily({ marker: { ...puppet.marker, value: 'another' } })).toEqual([])
    expect(readMarker(lost, puppet.marker.name)).toBe(puppet.marker.value)
  })
})
