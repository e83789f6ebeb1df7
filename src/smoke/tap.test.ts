import { describe, expect, it } from 'vitest'
import { TapReader, type TapSummary } from './tap.ts'

function read(...lines: string[]): TapSummary {
  const reader = new TapReader()
  for (const line of lines) reader.push(line)
  return reader.finish()
}

describe('TapReader', () => {
  it('reads points, numbered or not, with or without a dash', () => {
    const { points } = read('ok 1 - first', 'not ok 2 second', 'ok', 'ok - fourth', '1..4')
    expect(points.map((p) => [p.number, p.ok, p.title])).toEqual([
      [1, true, 'first'],
      [2, false, 'second'],
      [3, true, ''],
      [4, true, 'fourth'],
    ])
  })

  it.each([
    [['1..2', 'ok 1', 'ok 2'], []],
    [['ok 1', 'ok 2', '1..2'], []],
    [['TAP version 13', 'ok 1', '1..1'], []],
    [['TAP version 14', '1..1', '    1..2', '    ok 1', '    not ok 2', 'ok 1 - sums its subtest up'], []],
    [['1..1', 'not ok 1 - later # TODO not yet'], []],
    [['1..1', 'ok 1 - here # skip nobody home'], []],
    [['1..1', 'not ok 1 - a hash \\# TODO that is text'], ['not ok 1 - a hash # TODO that is text']],
    [['1..3', 'ok 1', 'ok 2'], ['planned 1..3, missing: 3']],
    [['1..1', 'ok 1', 'ok 2'], ['planned 1..1, beyond it: 2']],
    [
      ['1..2', 'ok 1', 'ok 1'],
      ['point 1 came twice', 'planned 1..2, missing: 2'],
    ],
    [['1..1', '1..1', 'ok 1'], ['a second plan: 1..1']],
    [['1..1', 'ok 1', 'Bail out! the disk is full'], ['bailed out: the disk is full']],
    [['TAP version 13', 'ok 1'], ['no plan (1..N) came']],
    [['TAP version 13', '1..99', 'Bail out!'], ['bailed out: no reason given']],
    [['1..100'], ['planned 1..100, missing: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 90 more']],
  ])('%j comes to %j', (lines, failed) => {
    expect(read(...lines)).toMatchObject({ isTap: true, failed })
  })

  it.each([['okay, starting'], ['not okay'], ['  ok 1 - indented'], ['1...3'], ['all is ok'], ['']])(
    '%j is no TAP',
    (line) => expect(read(line)).toEqual({ isTap: false, points: [], failed: [] }),
  )

  it('knows a plan that skips everything', () => {
    expect(read('1..0 # SKIP no server')).toMatchObject({ isTap: true, skippedAll: 'no server', failed: [] })
    expect(read('1..0')).not.toHaveProperty('skippedAll')
  })

  it('takes no more points than it can keep', () => {
    const summary = read(...Array.from({ length: 10_050 }, (_, i) => `ok ${i + 1}`))
    expect(summary.points).toHaveLength(10_000)
    expect(summary.failed).toEqual(['more than 10000 points came'])
  })

  it('is not taken in by a huge plan', () => {
    expect(read('1..999999999').failed[0]).toContain('missing')
  })
})
