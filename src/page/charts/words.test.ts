import { describe, expect, it } from 'vitest'
import { formatTick, marginFor, shortName, ticksUpTo } from './words.ts'

describe('ticks', () => {
  it.each([
    [0, 7, [0]],
    [1_800, 7, [0, 500, 1_000, 1_500]],
    [14_900, 8, [0, 2_000, 4_000, 6_000, 8_000, 10_000, 12_000, 14_000]],
    [90, 5, [0, 20, 40, 60, 80]],
  ])('up to %i ms are round', (endMs, count, ticks) => {
    expect(ticksUpTo(endMs, count)).toEqual(ticks)
  })

  it('are few for any length', () => {
    for (const endMs of [1, 7, 333, 12_345, 86_400_000])
      expect(ticksUpTo(endMs, 8).length).toBeLessThanOrEqual(10)
  })

  it.each([
    [0, '0'],
    [20, '20 ms'],
    [1_500, '1.5 s'],
    [119_000, '119 s'],
    [150_000, '2.5 min'],
  ])('%i ms reads %s', (ms, text) => {
    expect(formatTick(ms)).toBe(text)
  })
})

it('names fit their margin', () => {
  expect(shortName('a'.repeat(100))).toHaveLength(22)
  expect(marginFor(['a'.repeat(100)])).toBeLessThan(180)
  expect(marginFor([])).toBeGreaterThan(0)
})
