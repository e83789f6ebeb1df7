import { describe, expect, it } from 'vitest'
import { countHeard, decideOutcome } from './outcome.ts'
import { tallyFindings } from './tally.ts'
import { rowOf } from './test-support.ts'
import type { AnswerRow } from './types.ts'

const tally = (...rows: AnswerRow[]) =>
  tallyFindings(rows).map(({ path, line, severity, lineages, convergent, findings }) => ({
    place: `${path}:${line}`,
    severity,
    lineages,
    convergent,
    findings: findings.length,
  }))

describe('tallyFindings', () => {
  it('counts a reviewer that says it three times once: not convergent, and nothing is dropped', () => {
    expect(
      tally(
        rowOf('north', 'alder', [
          ['low', 'a', 7],
          ['high', 'a', 7],
          ['low', 'a', 7],
        ]),
      ),
    ).toEqual([{ place: 'a:7', severity: 'high', lineages: ['alder'], convergent: false, findings: 3 }])
  })

  it('takes two lineages at one place for convergent, and the higher severity', () => {
    expect(
      tally(rowOf('north', 'alder', [['low', 'a', 7]]), rowOf('south', 'birch', [['high', 'a', 7]])),
    ).toEqual([
      { place: 'a:7', severity: 'high', lineages: ['alder', 'birch'], convergent: true, findings: 2 },
    ])
  })

  it('takes two reviewers of one lineage for one', () => {
    expect(
      tally(rowOf('north', 'alder', [['low', 'a', 7]]), rowOf('south', 'alder', [['low', 'a', 7]])),
    ).toEqual([{ place: 'a:7', severity: 'low', lineages: ['alder'], convergent: false, findings: 2 }])
  })

  it('takes lines up to five after the first for the same place, and no more', () => {
    const north = rowOf('north', 'alder', [['low', 'a', 10]])
    const at = (line: number) =>
      tally(north, rowOf('south', 'birch', [['low', 'a', line]])).map(({ place }) => place)
    expect(at(15)).toEqual(['a:10'])
    expect(at(16)).toEqual(['a:10', 'a:16'])
    expect(at(5)).toEqual(['a:5'])
    // No chain: 10, 15 and 20 are two places, though each is near the next.
    const chain = rowOf('north', 'alder', [
      ['low', 'a', 10],
      ['low', 'a', 15],
      ['low', 'a', 20],
    ])
    expect(tally(chain).map(({ place, findings }) => [place, findings])).toEqual([
      ['a:10', 2],
      ['a:20', 1],
    ])
  })

  it('takes other files, and the file as a whole, for other places', () => {
    const rows = [
      rowOf('north', 'alder', [
        ['low', 'a', 1],
        ['low', 'a', 0],
        ['low', 'b', 1],
      ]),
      rowOf('south', 'birch', [['low', 'a', 0]]),
    ]
    expect(tally(...rows).map(({ place, convergent }) => [place, convergent])).toEqual([
      ['a:0', true],
      ['a:1', false],
      ['b:1', false],
    ])
  })

  it('is the same in whatever order the answers came', () => {
    const rows = [
      rowOf('north', 'alder', [
        ['low', 'a', 1],
        ['high', 'b', 4],
      ]),
      rowOf('south', 'birch', [
        ['critical', 'a', 3],
        ['note', 'c', 0],
      ]),
      rowOf('east', 'cedar', [['medium', 'b', 9]]),
    ]
    expect(tally(...rows.toReversed())).toEqual(tally(...rows))
    expect(tally(...rows).map(({ place }) => place)).toEqual(['a:1', 'b:4', 'c:0'])
  })

  it('keeps every finding of many', () => {
    const many = Array.from({ length: 200_000 }, (_, n) => ['low', 'a', n % 50] as const)
    expect(
      tallyFindings([rowOf('north', 'alder', many)]).reduce((sum, { findings }) => sum + findings.length, 0),
    ).toBe(200_000)
  })
})

const decide = (...rows: AnswerRow[]) => decideOutcome(rows, tallyFindings(rows), countHeard(rows))

describe('the outcome', () => {
  it.each<[string, string, AnswerRow[], string[]]>([
    ['nothing found', 'clear', [rowOf('north', 'alder', [])], []],
    ['a high finding of one lineage', 'clear', [rowOf('north', 'alder', [['high', 'a', 1]])], []],
    ['one lineage that would hold', 'clear', [rowOf('north', 'alder', [], { verdict: 'hold' })], []],
    [
      'a critical finding',
      'blocking',
      [rowOf('north', 'alder', [['critical', 'a', 1]])],
      ['a:1 is critical (alder)'],
    ],
    [
      'a high finding of two lineages',
      'blocking',
      [rowOf('north', 'alder', [['high', 'a', 1]]), rowOf('south', 'birch', [['low', 'a', 2]])],
      ['a:1 is high, and convergent (alder, birch)'],
    ],
    [
      'two lineages that would hold',
      'blocking',
      [rowOf('north', 'alder', [], { verdict: 'hold' }), rowOf('south', 'birch', [], { verdict: 'hold' })],
      ['2 lineages would hold all'],
    ],
    [
      'two lineages that would hold different bundles',
      'clear',
      [
        rowOf('north', 'alder', [], { verdict: 'hold' }),
        rowOf('south', 'birch', [], { verdict: 'hold', bundle: 'x' }),
      ],
      [],
    ],
    [
      'a bundle without a verdict',
      'incomplete',
      [rowOf('north', 'alder', []), rowOf('north', 'alder', [], { bundle: 'x', status: 'failed' })],
      ['no reviewer gave a verdict on x'],
    ],
    [
      'a critical finding of an answer without a verdict',
      'blocking',
      [rowOf('north', 'alder', [['critical', 'a', 0]], { status: 'no-verdict' })],
      ['a is critical (alder)', 'no reviewer gave a verdict on all'],
    ],
  ])('%s: %s', (_what, outcome, rows, reasons) => {
    expect(decide(...rows)).toEqual({ outcome, reasons })
  })

  it('counts everybody who was asked', () => {
    const rows = [
      rowOf('north', 'alder', []),
      rowOf('south', 'birch', [], { status: 'failed' }),
      rowOf('east', 'cedar', [], { status: 'empty' }),
      rowOf('west', 'birch', [['low', 'a', 1]], { status: 'no-verdict' }),
    ]
    expect(countHeard(rows)).toEqual({ verdicts: 1, asked: 4, lineagesHeard: 1, lineages: 3, unheard: [] })
  })
})
