import { describe, expect, it } from 'vitest'
import type { RunRecord, SmokeRecord } from './record.ts'
import { renderSparkline } from './sparkline.ts'
import { type SmokeSummary, summarise } from './summary.ts'
import { runId, runRecord, smokeRecord } from './test-records.ts'

/** Runs of one smoke, newest first. */
function runsOf(
  ...ends: readonly (Partial<SmokeRecord> & { readonly in?: Partial<RunRecord> })[]
): RunRecord[] {
  return ends.map(({ in: run, ...end }, i) =>
    runRecord(1_000 - i, { smokes: [smokeRecord('d1', end)], ...run }),
  )
}
const summariseOne = (runs: readonly RunRecord[], inARow = false): SmokeSummary | undefined =>
  summarise(runs, { inARow }).smokes[0]

describe('a smoke', () => {
  it('is counted by what says something about it', () =>
    expect(
      summariseOne(
        runsOf({}, { class: 'FAIL' }, {}, { class: 'BLOCKED' }, { class: 'NOT RUN' }, { class: 'SKIP' }, {}),
      ),
    ).toMatchObject({ passed: 3, failed: 1, without: 3, passRate: 0.75 }))
  it('has no pass rate when nothing is known', () =>
    expect(summariseOne(runsOf({ class: 'BLOCKED' }))).not.toHaveProperty('passRate'))
  it('has the durations of the runs in which it kept its promise', () =>
    expect(
      summariseOne(
        runsOf(
          { ms: 100 },
          { ms: 300 },
          { ms: 9_000, class: 'FAIL' },
          { ms: 800, class: 'FAIL', slow: 'failed' },
          { ms: 70_000, in: { stressed: true } },
        ),
      ),
    ).toMatchObject({ durations: { medianMs: 300, worstMs: 800 }, slow: 1 }))
  it('has no durations when it never passed', () =>
    expect(summariseOne(runsOf({ class: 'FAIL' }))).not.toHaveProperty('durations'))
  it('has a trend, oldest first, of 20', () => {
    expect(
      summariseOne(
        runsOf(
          { ms: 3 },
          { class: 'FAIL' },
          { class: 'SKIP' },
          { ms: 1 },
          { ms: 8, class: 'FAIL', slow: 'failed' },
          { ms: 99, in: { stressed: true } },
        ),
      )?.trend,
    ).toEqual(['none', 8, 1, 'none', 'failed', 3])
    const many = runsOf(...Array.from({ length: 30 }, (_, i) => ({ ms: 30 - i })))
    expect(summariseOne(many)?.trend).toEqual(Array.from({ length: 20 }, (_, i) => i + 11))
  })
})

describe('flaky is', () => {
  const tree = 'b'.repeat(40)
  it('both on one tree, with the runs that failed', () =>
    expect(summariseOne(runsOf({}, { class: 'FAIL' }, {}))?.flaky).toEqual([
      { tree: 'a'.repeat(40), passed: 2, failed: [runId(999)] },
    ]))
  it('not a FAIL on one tree and a PASS on another', () =>
    expect(summariseOne(runsOf({}, { class: 'FAIL', in: { tree } }))?.flaky).toEqual([]))
  it('not BLOCKED, SKIP or NOT RUN', () =>
    expect(
      summariseOne(runsOf({}, { class: 'BLOCKED' }, { class: 'SKIP' }, { class: 'NOT RUN' }))?.flaky,
    ).toEqual([]))
  it('not a smoke that was only slow', () =>
    expect(summariseOne(runsOf({}, { class: 'FAIL', slow: 'failed' }))?.flaky).toEqual([]))
  it('nothing of which the tree is not known', () => {
    const unknown = runsOf({}, { class: 'FAIL' }).map(({ tree: _tree, dirty: _dirty, ...run }) => run)
    expect(summariseOne(unknown)?.flaky).toEqual([])
    expect(summariseOne(unknown, true)?.flaky).toEqual([{ passed: 1, failed: [runId(999)] }])
  })
  it('told for each tree', () =>
    expect(
      summariseOne(
        runsOf(
          {},
          { class: 'FAIL' },
          { in: { tree } },
          { class: 'FAIL', in: { tree } },
          { in: { tree: 'c' } },
        ),
      )?.flaky,
    ).toHaveLength(2))
})

describe('the runs together', () => {
  it('of none are nothing', () =>
    expect(summarise([])).toEqual({ runs: 0, passed: 0, unfinished: 0, smokes: [] }))
  it('count those that passed and those that were killed; durations are of whole, quiet, green ones', () =>
    expect(
      summarise([
        runRecord(6, { ms: 4_000 }),
        runRecord(5, { ms: 2_000 }),
        runRecord(4, { ms: 90_000, stressed: true }),
        runRecord(3, { ms: 1, whole: false }),
        runRecord(2, { ms: 1, exitCode: 70, finished: false }),
        runRecord(1, { ms: 1, exitCode: 1 }),
      ]),
    ).toMatchObject({ runs: 6, passed: 4, unfinished: 1, durations: { medianMs: 3_000, worstMs: 4_000 } }))
  it('have the smokes in the order of the newest run, what it lacks after them', () =>
    expect(
      summarise([
        runRecord(2, { smokes: [smokeRecord('z'), smokeRecord('a')] }),
        runRecord(1, { smokes: [smokeRecord('old'), smokeRecord('a')] }),
      ]).smokes.map(({ smoke }) => smoke),
    ).toEqual(['z', 'a', 'old']))
})

describe('a sparkline', () => {
  it.each([
    [[], ''],
    [[100, 200, 300, 400, 500, 600, 700, 800], '▁▂▃▄▅▆▇█'],
    [[5, 5, 5], '███'],
    [[0, 0], '▁▁'],
    [[0, 1_000], '▁█'],
    [[1_000, 'failed', 'none', 1], '█✗·▁'],
    [['failed', 'none'], '✗·'],
  ] as const)('of %j is %s', (points, line) => expect(renderSparkline(points)).toBe(line))
})
