import { describe, expect, it } from 'vitest'
import { Script } from '../ledger/test-events.ts'
import { compareRuns } from './compare.ts'
import { readDaemons } from './daemons.ts'
import { type RunRecord, recordOf } from './read-run.ts'
import { readUsage } from './usage.ts'

const MiB = 2 ** 20
function runOf(ms: Readonly<Record<string, number>>, o: { fail?: string; rss?: number } = {}): RunRecord {
  const script = new Script().start(Object.keys(ms)).boot('store')
  for (const [smoke, took] of Object.entries(ms))
    script.smoke(smoke, smoke === o.fail ? 'FAIL' : 'PASS', { ms: took })
  script.add({
    type: 'daemon.sampled',
    daemon: 'store',
    cpuPercent: 3,
    rssBytes: o.rss ?? 100 * MiB,
    processes: 1,
  })
  return recordOf('/run', script.stop().finish().events)
}
const compare = (now: RunRecord, before: RunRecord) =>
  compareRuns(now, readUsage(now, readDaemons(now)), before)

describe('two runs side by side', () => {
  it('mark what changed by more than noise does', () => {
    const before = runOf({ d1: 1_000, d2: 40, d3: 500, d4: 900, gone: 5 })
    const now = runOf({ d1: 1_200, d2: 130, d3: 800, d4: 900, came: 5 }, { fail: 'd4', rss: 180 * MiB })
    const { smokes, memory } = compare(now, before)
    expect(smokes.map(({ smoke, notable }) => [smoke, notable])).toEqual([
      ['d1', false],
      ['d2', false],
      ['d3', true],
      ['d4', true],
      ['came', true],
      ['gone', true],
    ])
    expect(smokes.at(-1)).toMatchObject({ before: { class: 'PASS' }, now: undefined })
    expect(memory).toEqual([{ daemon: 'store', before: 100 * MiB, now: 180 * MiB, notable: true }])
  })

  it('do not compare the times of smokes that came to no end', () => {
    const cutShort = (ms: number): RunRecord =>
      recordOf(
        '/run',
        new Script().start(['d1']).boot('store').smoke('d1', 'NOT RUN', { ms }).finish().events,
      )
    expect(compare(cutShort(10), cutShort(2_400)).smokes).toMatchObject([{ smoke: 'd1', notable: false }])
    expect(compare(runOf({ d1: 10 }), cutShort(10)).smokes).toMatchObject([{ smoke: 'd1', notable: true }])
  })

  it('tell how busy the machine was', () => {
    const [busy, idle] = [6.5, 0.2].map((load) => {
      const { events } = runOf({ d1: 10 })
      return recordOf('/run', [
        ...events,
        { type: 'machine.noted', cpu: '', cores: 2, load, stressed: false, atMs: 1 },
      ])
    })
    if (!busy || !idle) throw new Error('two runs')
    expect(compare(idle, busy).load).toEqual({ before: 6.5, now: 0.2 })
    expect(compare(idle, runOf({ d1: 10 })).load).toBeUndefined()
  })

  it('that are alike mark nothing', () => {
    const run = runOf({ d1: 1_000 })
    const { smokes, total, boot, memory } = compare(run, run)
    expect([...smokes, total, boot, ...memory].map((one) => one?.notable)).toEqual([
      false,
      false,
      false,
      false,
    ])
  })
})
