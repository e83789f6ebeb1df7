import { closeSync, openSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openFamilyMeter } from './family-meter.ts'
import { findNewcomers, type Links, Scout } from './family-scout.ts'
import { identify, identifyChild } from './process-table.ts'
import { startPuppet, until } from './test-support.ts'

describe('newcomers', () => {
  const table = new Map<number, Links>([
    [5, { ppid: 12, pgid: 12, sid: 12 }], // child of 12, its number below its parent's
    [10, { ppid: 1, pgid: 10, sid: 10 }], // the leader
    [11, { ppid: 10, pgid: 10, sid: 10 }],
    [12, { ppid: 11, pgid: 12, sid: 12 }], // a grandchild that did setsid
    [13, { ppid: 1, pgid: 10, sid: 10 }], // orphaned, still in the session
    [20, { ppid: 1, pgid: 20, sid: 20 }],
    [21, { ppid: 20, pgid: 20, sid: 20 }],
  ])
  it('are descendants and members of the group, parents first', () =>
    expect(findNewcomers(table, 10, new Map([[10, 0]]))).toEqual([11, 12, 13, 5]))
  it('are not those who are known', () =>
    expect(findNewcomers(table, 10, new Map([10, 11, 12, 13, 5].map((pid) => [pid, 0])))).toEqual([]))
  it('are found through a member whose parent has gone', () =>
    expect(findNewcomers(new Map([[30, { ppid: 12, pgid: 30, sid: 30 }]]), 10, new Map([[12, 0]]))).toEqual([
      30,
    ]))
})

describe.runIf(process.platform === 'linux')('a scout', () => {
  it('looks again only when somebody has been born', async () => {
    let last = '1'
    const scout = new Scout(() => last)
    const first = scout.lookSince(0)
    expect(first.born.get(process.pid)?.ppid).toBe(process.ppid)
    const { child } = await startPuppet({ script: 'setInterval(() => {}, 1000)' })
    expect(scout.lookSince(first.look).born.size).toBe(0)
    last = '2'
    const { born } = scout.lookSince(first.look)
    expect(born.get(child.pid)).toEqual({ ...born.get(child.pid), ppid: process.pid, sid: child.pid })
    expect(born.has(process.pid)).toBe(false)
  })
  it('is told of births by the system', async () => {
    const scout = new Scout()
    const { look } = scout.lookSince(0)
    const { child } = await startPuppet({ script: 'setInterval(() => {}, 1000)' })
    expect(scout.lookSince(look).born.has(child.pid)).toBe(true)
  })
})

const SPIN =
  'const spin = (ms) => { const end = process.cpuUsage().user / 1e3 + ms; while (process.cpuUsage().user / 1e3 < end); };'

describe.runIf(process.platform === 'linux')('on this machine', () => {
  it('counts CPU time as the process itself does', async () => {
    const script = `${SPIN} spin(120); const { user, system } = process.cpuUsage(); console.log('used', user + system); setInterval(() => {}, 1e3)`
    const puppet = await startPuppet({ script })
    const used = Number((await puppet.line(/^used (\d+)$/))[1]) / 1e6
    using meter = open(puppet.child.identity)
    const reading = meter.read()
    // The kernel tells whole ticks; a little is used after the process has told.
    expect(reading?.cpuSeconds).toBeGreaterThan(used - 0.021)
    expect(reading?.cpuSeconds).toBeLessThan(used + 0.5)
  })

  it('keeps the time of children that have ended, and sees those that live', async () => {
    const child = `${SPIN} spin(80); console.log('spun'); if (!process.argv[1]) setInterval(() => {}, 1e3)`
    const script = `
      const { spawn, spawnSync } = require('node:child_process')
      spawnSync(process.execPath, ['-e', ${JSON.stringify(child)}, 'end'])
      console.log('ended')
      spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' })
      setInterval(() => {}, 1e3)`
    const puppet = await startPuppet({ script })
    await puppet.line(/^ended$/)
    using meter = open(puppet.child.identity)
    expect(meter.read()?.cpuSeconds).toBeGreaterThanOrEqual(0.08)
    await puppet.line(/^spun$/)
    await until(() => (meter.read()?.cpuSeconds ?? 0) >= 0.16)
    expect(meter.pids).toHaveLength(2)
    expect(meter.read()?.threads).toBeGreaterThan(2)
  })

  it('catches a peak of one process of several that came and went between two readings', async () => {
    const script = `
      setTimeout(() => { let held = Buffer.alloc(200 * 2 ** 20, 1); held = null; globalThis.gc(); console.log('gone') }, 0)
      setInterval(() => {}, 1e3)`
    // The shell is the leader, and stays because of what it has to do afterwards.
    const command = ['sh', '-c', '"$0" --expose-gc -e "$1"; true', process.execPath, script]
    const puppet = await startPuppet({ command })
    using meter = open(puppet.child.identity)
    await puppet.line(/^gone$/)
    await until(() => (meter.read()?.rssBytes ?? 0) < 200 * 2 ** 20)
    expect(meter.pids).toHaveLength(2)
    using late = open(puppet.child.identity)
    expect(late.read()?.peakRssBytes).toBeGreaterThan(200 * 2 ** 20)
    // It is told once, to the reading after it.
    expect(late.read()?.peakRssBytes).toBeLessThan(200 * 2 ** 20)
  })

  it('is not opened for another process of the same number', () =>
    expect(openFamilyMeter({ pid: process.pid, startTime: '1' })).toBeUndefined())

  it('counts open files, up and down', () => {
    const self = identify(process.pid)
    if (!self) throw new Error('we are there')
    using meter = open(self)
    const before = meter.read()?.fds ?? 0
    const files = Array.from({ length: 50 }, () => openSync('/dev/null', 'r'))
    expect(meter.read()?.fds).toBeGreaterThanOrEqual(before + 50)
    for (const file of files) closeSync(file)
    expect(meter.read()?.fds).toBeLessThan(before + 50)
  })

  it('has no reading of a family that has ended, but its last time', async () => {
    const puppet = await startPuppet({
      script: `${SPIN} spin(50); console.log('spun'); setInterval(() => {}, 1e3)`,
    })
    await puppet.line(/^spun$/)
    using meter = open(puppet.child.identity)
    const last = meter.read()?.cpuSeconds ?? 0
    expect(last).toBeGreaterThanOrEqual(0.05)
    puppet.child.signalGroup('SIGKILL')
    await puppet.child.exited
    expect(meter.read()).toBeUndefined()
    expect(meter.readCpu()).toBe(last)
    expect(openFamilyMeter(puppet.child.identity)).toBeUndefined()
  })
})

describe.runIf(process.platform === 'linux')('a zombie', () => {
  it('has no reading: what it held is not known any more', async () => {
    // The shell becomes `sleep`, which never waits for the child that it was given.
    const puppet = await startPuppet({
      command: ['sh', '-c', 'sh -c "exit 0" & echo child $!; exec sleep 1000'],
    })
    const pid = Number((await puppet.line(/^child (\d+)$/))[1])
    await until(() => identify(pid) === undefined)
    const identity = identifyChild(pid)
    if (!identity) throw new Error('nobody has waited for it')
    using meter = open(identity)
    expect(meter.read()).toBeUndefined()
    expect(meter.pids).toEqual([pid])
  })
})

function open(identity: Parameters<typeof openFamilyMeter>[0]) {
  const meter = openFamilyMeter(identity)
  if (!meter) throw new Error('it is there')
  return Object.assign(meter, { [Symbol.dispose]: () => meter.close() })
}
