import { expect, it } from 'vitest'
import type { Answer } from '../../history/ask.ts'
import type { RunRecord } from '../../history/record.ts'
import { summarise } from '../../history/summary.ts'
import { runRecord, smokeRecord } from '../../history/test-records.ts'
import { renderHistory } from './history.ts'
import { createPaint } from './paint.ts'

const STACKS = [
  { stack: 'dev', file: '/p/stacks/dev.toml', runs: 312 },
  { stack: 'mi\u001b[2Jnio', file: '/p/stacks/minio.toml', runs: 4 },
]

function show(runs: readonly RunRecord[], more: Partial<Answer> = {}): string {
  const answer = {
    schema: 1,
    stack: 'dev',
    stacks: STACKS,
    summary: summarise(runs),
    runs,
    warnings: [],
  } as const
  return renderHistory({ ...answer, ...more }, createPaint(false)).join('\n')
}

const fail = { class: 'FAIL', ms: 340 } as const
const MIXED = [
  runRecord(9, { at: '2026-11-20T18:30:00.000Z', dirty: true, load: 7.04, ms: 15_200 }),
  runRecord(8, {
    exitCode: 1,
    gateLine: '--- 1 PASS / 1 FAIL ---',
    smokes: [smokeRecord('d1'), smokeRecord('d2', fail)],
  }),
  runRecord(7, {
    stressed: true,
    smokes: [smokeRecord('d1', { ms: 90_000 }), smokeRecord('d2', { ms: 9_000 })],
  }),
  runRecord(6, {
    exitCode: 70,
    finished: false,
    gateLine: '--- 1 PASS / 0 FAIL / 1 NOT RUN / UNFINISHED ---',
    smokes: [smokeRecord('d1', { ms: 4_321, slow: 'shown' }), smokeRecord('d2', { class: 'NOT RUN', ms: 0 })],
  }),
  runRecord(5, {
    attached: true,
    smokes: [smokeRecord('d1', { ms: 250 }), smokeRecord('d2', { ms: 2_400 })],
  }),
]

it('of a stack', () =>
  expect(show(MIXED)).toMatchInlineSnapshot(`
  "dev: the last 5 of 312 runs, 3 passed · 1 not finished · whole and green: median 9.1 s, worst 15.2 s
  other stacks: minio (4)

  smoke  runs  passed  median  worst  trend
  d1        5    100%   1.0 s  4.3 s  ▁█·▂▂  slow 1×
  d2        4     75%   2.2 s  2.4 s  █··✗▇  FLAKY

  when (UTC)        tree       load    time  ledger                                            run
  2026-11-20 18:30  aaaaaaaa*   7.0  15.2 s  --- 2 PASS / 0 FAIL ---                           20261120T000009.000Z-abcdef
  2026-11-20 10:02  aaaaaaaa    0.5   3.0 s  --- 1 PASS / 1 FAIL ---                           20261120T000008.000Z-abcdef
  2026-11-20 10:02  aaaaaaaa    0.5   3.0 s  --- 2 PASS / 0 FAIL ---  (under stress)           20261120T000007.000Z-abcdef
  2026-11-20 10:02  aaaaaaaa    0.5   3.0 s  --- 1 PASS / 0 FAIL / 1 NOT RUN / UNFINISHED ---  20261120T000006.000Z-abcdef
  2026-11-20 10:02  aaaaaaaa    0.5   3.0 s  --- 2 PASS / 0 FAIL ---  (attached)               20261120T000005.000Z-abcdef

  FLAKY d2: 3 PASS and 1 FAIL on tree aaaaaaaa; failed in 20261120T000008.000Z-abcdef"
`))

it('of a stack with more runs than are listed', () => {
  const runs = (n: number) => Array.from({ length: n }, (_, i) => runRecord(n - i))
  expect(show(runs(10))).not.toContain('earlier')
  expect(show(runs(12)).split('\n').at(-1)).toBe('and 2 earlier runs')
})

it('of one smoke', () => {
  const runs = MIXED.map((run) => ({ ...run, smokes: run.smokes.filter(({ smoke }) => smoke === 'd2') }))
  expect(show(runs, { smoke: 'd2' })).toMatchInlineSnapshot(`
    "d2 on dev: 3 of 4 passed · median 2.2 s, worst 2.4 s · █··✗▇

    when (UTC)        tree       class      time  load  run
    2026-11-20 18:30  aaaaaaaa*  PASS      2.0 s   7.0  20261120T000009.000Z-abcdef
    2026-11-20 10:02  aaaaaaaa   FAIL     340 ms   0.5  20261120T000008.000Z-abcdef
    2026-11-20 10:02  aaaaaaaa   PASS      9.0 s   0.5  20261120T000007.000Z-abcdef  (under stress)
    2026-11-20 10:02  aaaaaaaa   NOT RUN       -   0.5  20261120T000006.000Z-abcdef
    2026-11-20 10:02  aaaaaaaa   PASS      2.4 s   0.5  20261120T000005.000Z-abcdef  (attached)

    FLAKY d2: 3 PASS and 1 FAIL on tree aaaaaaaa; failed in 20261120T000008.000Z-abcdef"
  `)
})

it('of a smoke that was slow', () => {
  const { tree: _tree, dirty: _dirty, load: _load, ...unknown } = runRecord(3)
  const slow = smokeRecord('d1', { ms: 9_000, slow: 'failed', class: 'FAIL' })
  expect(show([{ ...unknown, smokes: [slow] }], { smoke: 'd1' })).toMatchInlineSnapshot(`
    "d1 on dev: 0 of 1 passed · median 9.0 s, worst 9.0 s · █

    when (UTC)        tree  class   time  load  run
    2026-11-20 10:02  -     FAIL   9.0 s     -  20261120T000003.000Z-abcdef  slow"
  `)
})

it('of nothing', () => {
  const nothing: Answer = { schema: 1, stacks: [], summary: summarise([]), runs: [], warnings: [] }
  expect(renderHistory(nothing, createPaint(false))).toEqual(['no run is in the history yet'])
})

it('a rate is never rounded to all or nothing', () => {
  const many = [...Array.from({ length: 299 }, (_, i) => runRecord(i + 1)), runRecord(300)]
  const once = many.map((run, i) => ({ ...run, smokes: [smokeRecord('d1', i === 7 ? fail : {})] }))
  const never = many.map((run, i) => ({ ...run, smokes: [smokeRecord('d1', i === 7 ? {} : fail)] }))
  expect(show(once).split('\n')[4]).toMatch(/^d1 +300 +>99% /)
  expect(show(never).split('\n')[4]).toMatch(/^d1 +300 +<1% /)
})

it('names few of many failed runs', () => {
  const runs = Array.from({ length: 9 }, (_, i) =>
    runRecord(i, { smokes: [smokeRecord('d1', i > 0 ? fail : {})] }),
  )
  expect(show(runs).split('\n').at(-1)).toMatch(
    /^FLAKY d1: 1 PASS and 8 FAIL on tree aaaaaaaa; failed in (\S+, ){4}\S+ and 3 more$/,
  )
})
