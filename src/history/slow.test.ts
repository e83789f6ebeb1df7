import { describe, expect, it } from 'vitest'
import type { TimeTaken } from '../kernel/slowness.ts'
import { judgeSlowness, SLOW_RULE } from './slow.ts'
import { madOf, medianOf } from './stats.ts'

const times = (n: number, ms: number): number[] => Array.from({ length: n }, () => ms)
const withOthers = (others: number, all: readonly number[]): TimeTaken[] => all.map((ms) => ({ ms, others }))
/** On a machine that does nothing else. */
const judge = (ms: number, samples: readonly number[]): ReturnType<typeof judgeSlowness> =>
  judgeSlowness({ ms, others: 0 }, withOthers(0, samples))

describe('order statistics', () => {
  it.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 8, 100, 7], 9],
  ])('the median of %j is %d', (values, median) => expect(medianOf(values)).toBe(median))
  it('the median of nothing is no number', () => expect(medianOf([])).toBeNaN())
  it('the MAD is not moved by one strange value', () => {
    expect(madOf([10, 11, 12, 13, 14])).toBe(1)
    expect(madOf([10, 11, 12, 13, 9_999])).toBe(1)
  })
  it('leaves what it was given in its order', () => {
    const values = [3, 1, 2]
    medianOf(values)
    expect(values).toEqual([3, 1, 2])
  })
})

describe('the rule', () => {
  it('tells the figures', () =>
    expect(judge(3_001, times(20, 2_000))).toEqual({
      ms: 3_001,
      limitMs: 3_000,
      medianMs: 2_000,
      madMs: 0,
      samples: 20,
    }))
  it('is about more than the limit, not about the limit', () =>
    expect(judge(3_000, times(20, 2_000))).toBe('in time'))
  it('has no opinion on too few samples', () => {
    expect(judge(1e9, times(SLOW_RULE.minSamples - 1, 10))).toBe('unknown')
    expect(judge(1e9, times(SLOW_RULE.minSamples, 10))).toMatchObject({ medianMs: 10 })
    expect(judge(1e9, [])).toBe('unknown')
    expect(judge(501, [])).toBe('unknown')
  })
  it('never tells of milliseconds: 500 ms more is the least', () => {
    expect(judge(510, times(20, 10))).toBe('in time')
    expect(judge(511, times(20, 10))).toMatchObject({ limitMs: 510 })
  })
  it('grants half of the median, where that is more', () => {
    expect(judge(14_999, times(20, 10_000))).toBe('in time')
    expect(judge(15_001, times(20, 10_000))).toMatchObject({ limitMs: 15_000 })
  })
  it('grants more to a smoke that scatters', () => {
    const scattered = [1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000]
    // Median 4500, MAD 2000: 4500 + 4 × 1.4826 × 2000.
    expect(judge(16_360, scattered)).toBe('in time')
    expect(judge(16_361, scattered)).toMatchObject({ limitMs: expect.closeTo(16_360.8, 3) })
  })
  it('is not moved by strange runs as long as they are the fewer', () => {
    const samples = [...times(11, 2_000), ...times(9, 60_000)]
    expect(judge(3_100, samples)).toMatchObject({ medianMs: 2_000, madMs: 0 })
  })
  it('looks at the newest 20 only: what is slower for good is the new measure after half of them', () => {
    const before = times(100, 1_000)
    expect(judge(4_000, [...times(9, 4_000), ...before])).toMatchObject({ samples: 20 })
    expect(judge(4_000, [...times(11, 4_000), ...before])).toBe('in time')
  })
  it('holds for a smoke that took no time', () =>
    expect(judge(501, times(8, 0))).toMatchObject({ limitMs: 500 }))
  it('does not depend on the order of the samples in the window', () => {
    const samples = [900, 1_700, 1_100, 1_000, 1_050, 990, 1_010, 1_400]
    expect(judge(2_500, samples)).toEqual(judge(2_500, [...samples].reverse()))
  })
  it('the slower, the sooner: whoever is slow stays so when slower still', () => {
    const samples = [900, 1_700, 1_100, 1_000, 1_050, 990, 1_010, 1_400]
    const verdicts = Array.from({ length: 50 }, (_, i) => judge(i * 100, samples) !== 'in time')
    expect(verdicts).toEqual([...verdicts].sort())
    expect(new Set(verdicts).size).toBe(2)
  })
})

describe('others on the machine', () => {
  const slow = expect.objectContaining({ ms: 1e7 })
  // So long that the steps of the measurement do not count.
  const among = (now: number, then: number): ReturnType<typeof judgeSlowness> =>
    judgeSlowness({ ms: 1e7, others: now }, withOthers(then, times(20, 1e6)))
  it.each([
    ['none, as ever', 0, 0, slow],
    ['a little more than ever', 0.15, 0, slow],
    ['more than ever', 0.16, 0, 'unknown'],
    ['a little less than ever', 0.05, 0.2, slow],
    ['less than ever', 0.04, 0.2, 'unknown'],
    ['half, as ever', 0.5, 0.5, slow],
    ['half, and more before', 0.5, 0.65, slow],
    ['more than half, as ever', 0.51, 0.51, 'unknown'],
    ['all, as ever', 1, 1, 'unknown'],
  ])('%s', (_what, now, then, verdict) => expect(among(now, then)).toEqual(verdict))

  it('of short smokes nobody knows them well: CPU time is counted in steps', () => {
    const short = times(8, 20).map((ms, i) => ({ ms, others: i / 8 }))
    expect(judgeSlowness({ ms: 1_501, others: 0.05 }, short)).toMatchObject({ medianMs: 20, samples: 8 })
    expect(judgeSlowness({ ms: 1_501, others: 0.51 }, short)).toBe('unknown')
    const long = times(8, 1_000).map((ms, i) => ({ ms, others: i / 8 }))
    expect(judgeSlowness({ ms: 1_601, others: 0.05 }, long)).toBe('unknown')
  })
  it('nor of one that is short now', () => {
    const before = withOthers(0.22, times(8, 10))
    const steady = before.map(({ others }) => ({ ms: 1e6, others }))
    expect(judgeSlowness({ ms: 600, others: 0 }, steady)).toBe('in time')
    expect(judgeSlowness({ ms: 2_000, others: 0 }, steady)).toBe('unknown')
  })
  it('do not matter to what is too short to be slow', () =>
    expect(judgeSlowness({ ms: 500, others: 1 }, [])).toBe('in time'))

  it('only what compares is counted and measured', () => {
    const loud = withOthers(0.6, times(30, 60_000))
    const quiet = withOthers(0.05, times(8, 1_000))
    const mixed = [...loud.slice(0, 15), ...quiet, ...loud.slice(15)]
    expect(judgeSlowness({ ms: 1_501, others: 0.1 }, mixed)).toMatchObject({ medianMs: 1_000, samples: 8 })
    expect(judgeSlowness({ ms: 1_501, others: 0.1 }, mixed.slice(0, 22))).toBe('unknown')
  })
})
