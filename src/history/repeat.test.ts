import { describe, expect, it } from 'vitest'
import { endOf, type RepeatLimits, type RepeatState, reportRepeat, worstOf } from './repeat.ts'
import { runRecord, smokeRecord } from './test-records.ts'

const been = (runs: number, more: Partial<RepeatState> = {}): RepeatState => ({
  ...{ runs, exitCode: 0, begun: true, interrupted: false, elapsedMs: runs * 1_000 },
  ...more,
})
const red = { exitCode: 1 }

describe('runs in a row end', () => {
  const forTen: RepeatLimits = { runs: 10, untilRed: false }
  const untilRed: RepeatLimits = { untilRed: true }
  const forAMinute: RepeatLimits = { forMs: 60_000, untilRed: false }
  it.each([
    ['before their number is reached: not', forTen, been(9), undefined],
    ['with their number', forTen, been(10), 'runs'],
    ['at a red one, when nobody asked for that: not', forTen, been(3, red), undefined],
    ['at a red one', untilRed, been(3, red), 'red'],
    ['at a green one: not, however many', untilRed, been(100_000), undefined],
    ['at a red one before the number', { runs: 10, untilRed: true }, been(3, red), 'red'],
    ['with the number, all green', { runs: 10, untilRed: true }, been(10), 'runs'],
    ['with the number, the last one red', { runs: 10, untilRed: true }, been(10, red), 'red'],
    ['before the time is over: not', forAMinute, been(59), undefined],
    ['with the time', forAMinute, been(60), 'time'],
    ['with the number, before the time', { ...forAMinute, runs: 5 }, been(5), 'runs'],
    ['with the time, before the number', { ...forAMinute, runs: 500 }, been(61), 'time'],
    ['at an interruption, whatever else', forTen, been(1, { interrupted: true, ...red }), 'interrupted'],
    ['when one could not begin', forTen, been(1, { begun: false, exitCode: 3 }), 'not begun'],
  ])('%s', (_when, limits, state, end) => expect(endOf(limits, state)).toBe(end))
})

describe('the worst exit code', () => {
  it.each([
    [[], 0],
    [[0, 0], 0],
    [[0, 4], 4],
    [[4, 1, 0], 1],
    [[1, 3, 1], 3],
    [[3, 143], 143],
    [[143, 130], 130],
    [[130, 70, 1], 70],
    [[70, 2], 2],
    [[0, 99], 99],
    [[2, 99], 99],
  ])('of %j is %d', (codes, worst) => {
    expect(worstOf(codes)).toBe(worst)
    expect(worstOf([...codes].reverse())).toBe(worst)
  })
})

it('the report counts flakes on an unknown tree, and durations with busy cores', () => {
  const { tree: _tree, dirty: _dirty, ...unknown } = runRecord(1, { stressed: true })
  const failed = { ...unknown, run: 'second', exitCode: 1, smokes: [smokeRecord('d1', { class: 'FAIL' })] }
  const facts = { stack: 'dev', ended: 'time', ms: 9_000, stressed: true } as const
  expect(reportRepeat({ ...facts, exitCodes: [0, 1], runs: [unknown, failed] })).toMatchObject({
    schema: 1,
    exitCode: 1,
    runs: [{ run: unknown.run }, { run: 'second' }],
    summary: {
      passed: 1,
      durations: { medianMs: 3_000 },
      smokes: [
        {
          smoke: 'd1',
          durations: { medianMs: 1_000 },
          flaky: [{ passed: 1, failed: ['second'] }],
          trend: [1_000, 'failed'],
        },
        {},
      ],
    },
  })
})
