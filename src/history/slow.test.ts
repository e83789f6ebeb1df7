import { describe, expect, it } from 'vitest'
import { isLikeLoad, judgeSlowness, SLOW_RULE } from './slow.ts'
import { madOf, medianOf } from './stats.ts'

const times = (n: number, ms: number): number[] => Array.from({ length: n }, () => ms)

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
    expect(judgeSlowness(3_001, times(20, 2_000))).toEqual({
      ms: 3_001,
      limitMs: 3_000,
      medianMs: 2_000,
      madMs: 0,
      samples: 20,
    }))
  it('is about more than the limit, not about the limit', () =>
    expect(judgeSlowness(3_000, times(20, 2_000))).toBeUndefined())
  it('has no opinion on too few samples', () => {
    expect(judgeSlowness(1e9, times(SLOW_RULE.minSamples - 1, 10))).toBeUndefined()
    expect(judgeSlowness(1e9, times(SLOW_RULE.minSamples, 10))).toBeDefined()
    expect(judgeSlowness(1e9, [])).toBeUndefined()
  })
  it('never tells of milliseconds: 500 ms more is the least', () => {
    expect(judgeSlowness(510, times(20, 10))).toBeUndefined()
    expect(judgeSlowness(511, times(20, 10))).toMatchObject({ limitMs: 510 })
  })
  it('grants half of the median, where that is more', () => {
    expect(judgeSlowness(14_999, times(20, 10_000))).toBeUndefined()
    expect(judgeSlowness(15_001, times(20, 10_000))).toMatchObject({ limitMs: 15_000 })
  })
  it('grants more to a smoke that scatters', () => {
    const scattered = [1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000]
    // Median 4500, MAD 2000: 4500 + 4 × 1.4826 × 2000.
    expect(judgeSlowness(16_360, scattered)).toBeUndefined()
    expect(judgeSlowness(16_361, scattered)).toMatchObject({ limitMs: expect.closeTo(16_360.8, 3) })
  })
  it('is not moved by strange runs as long as they are the fewer', () => {
    const samples = [...times(11, 2_000), ...times(9, 60_000)]
    expect(judgeSlowness(3_100, samples)).toMatchObject({ medianMs: 2_000, madMs: 0 })
  })
  it('looks at the newest 20 only: what is slower for good is the new measure after half of them', () => {
    const before = times(100, 1_000)
    expect(judgeSlowness(4_000, [...times(9, 4_000), ...before])).toBeDefined()
    expect(judgeSlowness(4_000, [...times(11, 4_000), ...before])).toBeUndefined()
  })
  it('holds for a smoke that took no time', () =>
    expect(judgeSlowness(501, times(8, 0))).toMatchObject({ limitMs: 500 }))
  it('does not depend on the order of the samples in the window', () => {
    const samples = [900, 1_700, 1_100, 1_000, 1_050, 990, 1_010, 1_400]
    expect(judgeSlowness(2_500, samples)).toEqual(judgeSlowness(2_500, [...samples].reverse()))
  })
  it('the slower, the sooner: whoever is slow stays so when slower still', () => {
    const samples = [900, 1_700, 1_100, 1_000, 1_050, 990, 1_010, 1_400]
    const verdicts = Array.from({ length: 50 }, (_, i) => judgeSlowness(i * 100, samples) !== undefined)
    expect(verdicts).toEqual([...verdicts].sort())
    expect(new Set(verdicts).size).toBe(2)
  })
})

describe('like loads', () => {
  const on = (cores: number, load: number): { cores: number; load: number } => ({ cores, load })
  it.each([
    ['both idle', on(2, 0), on(2, 2), true],
    ['idle and busy', on(2, 0.2), on(2, 8), false],
    ['busy both', on(2, 8), on(2, 12), true],
    ['busy and twice as busy', on(2, 8), on(2, 16.1), false],
    ['at the factor', on(2, 2), on(2, 3), true],
    ['above it', on(2, 2), on(2, 3.1), false],
    ['no cores told', on(0, 0), on(0, 0), true],
  ])('%s', (_what, a, b, like) => {
    expect(isLikeLoad(a, b)).toBe(like)
    expect(isLikeLoad(b, a)).toBe(like)
  })
})
