import { describe, expect, it } from 'vitest'
import { formatBytes, formatDuration, parseDuration, parseSize } from './units.ts'

describe('parseDuration', () => {
  it.each([
    ['250ms', 250],
    ['15s', 15_000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
    ['0s', 0],
    [' 5 s ', 5_000],
  ])('reads %s as %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms))

  it.each(['15', 's', '-1s', '1d', '1e3s', '', '1s 2s'])('refuses %j', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  )
})

describe('parseSize', () => {
  it.each([
    ['512MiB', 536_870_912],
    ['1.5GiB', 1_610_612_736],
    ['100MB', 100_000_000],
    ['64 KiB', 65_536],
    ['10B', 10],
  ])('reads %s as %i bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes))

  it.each(['512', 'MiB', '-1MiB', '1TiBs', '1Mib'])('refuses %j', (text) =>
    expect(parseSize(text)).toBeUndefined(),
  )
})

describe('formatting', () => {
  it('keeps durations short', () => {
    expect([4.4, 999, 1_000, 4_250, 59_999, 125_400].map(formatDuration)).toEqual([
      '4 ms',
      '999 ms',
      '1.0 s',
      '4.2 s',
      '59.9 s',
      '2 min 5 s',
    ])
  })
  it('keeps sizes short', () => {
    expect([0, 1023, 1024, 1.5 * 2 ** 30].map(formatBytes)).toEqual(['0 B', '1023 B', '1.0 KiB', '1.5 GiB'])
  })
})
