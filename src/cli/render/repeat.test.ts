import { describe, expect, it } from 'vitest'
import { type RepeatFacts, reportRepeat } from '../../history/repeat.ts'
import { runRecord, smokeRecord } from '../../history/test-records.ts'
import { verdictOf } from '../../ledger/verdict.ts'
import { createBriefReporter } from './brief.ts'
import { createPaint } from './paint.ts'
import { renderRepeat } from './repeat.ts'
import { createSink } from './sink.ts'
import { Paper, SCENARIOS } from './test-scenarios.ts'

const paint = createPaint(false)
const failed = (n: number) =>
  runRecord(n, {
    exitCode: 1,
    gateLine: '--- 1 PASS / 1 FAIL ---',
    smokes: [smokeRecord('d1'), smokeRecord('d2', { class: 'FAIL' })],
  })

function show(more: Partial<RepeatFacts> = {}): string {
  const runs = more.runs ?? [runRecord(1), failed(2), runRecord(3, { ms: 4_100 })]
  const exitCodes = runs.map(({ exitCode }) => exitCode)
  const facts = {
    stack: 'dev',
    ended: 'runs',
    ms: 12_300,
    stressed: false,
    runs,
    exitCodes,
    ...more,
  } as const
  return renderRepeat(reportRepeat(facts), paint).join('\n')
}

describe('the summary of runs', () => {
  it('of which one failed', () =>
    expect(show()).toMatchInlineSnapshot(`
    "
    3 runs of dev in 12.3 s · whole and green: median 3.5 s, worst 4.1 s

    smoke  runs  passed  median  worst  trend
    d1        3    100%   1.0 s  1.0 s  ███
    d2        3     67%   2.0 s  2.0 s  █✗█    FLAKY

    red 20261120T000002.000Z-abcdef  exit 1  --- 1 PASS / 1 FAIL ---

    FLAKY d2: 2 PASS and 1 FAIL on tree aaaaaaaa; failed in 20261120T000002.000Z-abcdef

    --- 2 of 3 runs passed ---"
  `))
  it('all green, under stress', () =>
    expect(
      show({ runs: [runRecord(1), runRecord(2)], stressed: true, ended: 'time' }),
    ).toMatchInlineSnapshot(`
      "
      2 runs of dev in 12.3 s · cores kept busy · whole and green: median 3.0 s, worst 3.0 s

      smoke  runs  passed  median  worst  trend
      d1        2    100%   1.0 s  1.0 s  ██
      d2        2    100%   2.0 s  2.0 s  ██

      --- 2 of 2 runs passed ---"
    `))
  it('until the first red one', () =>
    expect(show({ runs: [runRecord(1), failed(2)], ended: 'red' })).toMatchInlineSnapshot(`
      "
      2 runs of dev in 12.3 s · ended by the first red run · whole and green: median 3.0 s, worst 3.0 s

      smoke  runs  passed  median  worst  trend
      d1        2    100%   1.0 s  1.0 s  ██
      d2        2     50%   2.0 s  2.0 s  █✗     FLAKY

      red 20261120T000002.000Z-abcdef  exit 1  --- 1 PASS / 1 FAIL ---

      FLAKY d2: 1 PASS and 1 FAIL on tree aaaaaaaa; failed in 20261120T000002.000Z-abcdef

      --- 1 of 2 runs passed ---"
    `))
  it('interrupted within the first', () => {
    const smokes = [smokeRecord('d1', { class: 'NOT RUN', ms: 0 })]
    const run = runRecord(1, {
      exitCode: 130,
      gateLine: '--- 0 PASS / 0 FAIL / 1 NOT RUN / INTERRUPTED ---',
      smokes,
    })
    expect(show({ runs: [run], ended: 'interrupted' })).toMatchInlineSnapshot(`
      "
      1 run of dev in 12.3 s · interrupted

      smoke  runs  passed  median  worst  trend
      d1        0       -       -      -  ·

      red 20261120T000001.000Z-abcdef  exit 130  --- 0 PASS / 0 FAIL / 1 NOT RUN / INTERRUPTED ---

      --- 0 of 1 run passed ---"
    `)
  })
  it('of which the first could not begin', () =>
    expect(show({ runs: [], exitCodes: [3], ended: 'not begun' })).toMatchInlineSnapshot(`
      "
      0 runs of dev in 12.3 s · ended by a run that could not begin

      --- 0 of 0 runs passed ---"
    `))
  it('names only some of very many', () => {
    const runs = Array.from({ length: 25 }, (_, i) => failed(i))
    expect(show({ runs }).match(/^red /gm)).toHaveLength(20)
    expect(show({ runs })).toContain('\nand 5 more\n')
  })
})

describe('each of many runs is told', () => {
  const tell = async (scenario: keyof typeof SCENARIOS, live = false): Promise<string> => {
    const paper = new Paper()
    const reporter = createBriefReporter(createSink(paper), { n: 7, paint, live })
    const { events } = SCENARIOS[scenario]()
    for (const event of events) reporter.event(event)
    await reporter.finish(verdictOf(events))
    return paper.text
  }
  it('in a line when it is green', async () =>
    expect(await tell('green')).toBe('run 7  --- 3 PASS / 0 FAIL ---  3.0 s  20261120T100200Z-ab12cd\n'))
  it('on a terminal also how far it is, on one line that is gone in the end', async () =>
    expect((await tell('green', true)).split('\r\u001b[K')).toEqual([
      '',
      'run 7  booting',
      'run 7  0 of 3: d1',
      'run 7  1 of 3: d2',
      'run 7  2 of 3: d3',
      'run 7  --- 3 PASS / 0 FAIL ---  3.0 s  20261120T100200Z-ab12cd\n',
    ]))
  it('with its warnings', async () =>
    expect(await tell('a part, with a skip and a warning')).toMatch(
      /^warning: clock stepped back by 3 s\nrun 7 /,
    ))
  it('with all that is wrong when it is not', async () => {
    const text = await tell('failed step')
    expect(text).toContain('\nFAIL d2  a re-ingested file is stored once\n')
    expect(text).toMatch(
      /\n--- 2 PASS \/ 1 FAIL ---\nrun 7 {2}--- 2 PASS \/ 1 FAIL --- {2}3\.0 s {2}\S+\n\n$/,
    )
  })
  it('also that it is being stopped', async () =>
    expect(await tell('interrupted')).toMatch(
      /^interrupted by SIGINT: stopping in order; once more to kill\n/,
    ))
})
