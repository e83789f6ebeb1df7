import { describe, expect, it } from 'vitest'
import type { Usage } from './usage.ts'
import { UseMeter } from './use-meter.ts'

const usage = (rssBytes: number, cpuMs: Record<number, number>): Usage => ({
  cpuPercent: 0,
  rssBytes,
  processes: Object.keys(cpuMs).length,
  cpuMs: new Map(Object.entries(cpuMs).map(([pid, ms]) => [Number(pid), ms])),
})

// No process of that number: as where there is no /proc, only what pidusage tells is known.
const nobody = { pid: 2 ** 30, startTime: '1' }

describe('where the system tells nothing by itself', () => {
  it('what is not known is absent, and never 0', () => {
    const meter = new UseMeter()
    meter.begin(nobody)
    expect(meter.read()).toBeUndefined()
    expect([meter.total, meter.stretch]).toEqual([{}, {}])
  })

  it('nothing is told of what was never begun, not even that it wrote nothing', () => {
    const meter = new UseMeter(() => 0)
    meter.mark()
    expect([meter.total, meter.stretch]).toEqual([{}, {}])
    meter.begin(nobody)
    expect([meter.total, meter.stretch]).toEqual([{ loggedBytes: 0 }, { loggedBytes: 0 }])
  })

  it('a total goes on over incarnations, and counts processes that have ended', () => {
    const meter = new UseMeter(() => 42)
    meter.begin(nobody)
    meter.note(usage(500, { 1: 100, 2: 50 }))
    meter.note(usage(300, { 1: 120 }))
    meter.end()
    meter.begin(nobody)
    meter.note(usage(400, { 3: 30 }))
    expect(meter.total).toEqual({ cpuSeconds: 0.2, peakRssBytes: 500, loggedBytes: 42 })
  })

  it('a stretch has figures only if something was told in it', () => {
    let logged = 10
    const meter = new UseMeter(() => logged)
    meter.begin(nobody)
    meter.note(usage(500, { 1: 100 }))
    meter.mark()
    logged = 15
    expect(meter.stretch).toEqual({ loggedBytes: 5 })
    meter.note(usage(300, { 1: 170 }))
    // What it held when the stretch began counts as well.
    expect(meter.stretch).toEqual({ cpuSeconds: 0.07, peakRssBytes: 500, loggedBytes: 5 })
    meter.mark()
    meter.note(usage(310, { 1: 170 }))
    expect(meter.stretch).toEqual({ cpuSeconds: 0, peakRssBytes: 310, loggedBytes: 0 })
  })

  it('after the end nothing is held any more', () => {
    const meter = new UseMeter()
    meter.begin(nobody)
    meter.note(usage(500, { 1: 100 }))
    expect(meter.last).toMatchObject({ rssBytes: 500 })
    meter.end()
    expect(meter.last).toBeUndefined()
  })
})
