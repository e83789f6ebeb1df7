import { describe, expect, it } from 'vitest'
import { parseAnswer } from './parse-answer.ts'
import { block } from './test-support.ts'

describe('parseAnswer', () => {
  it('reads findings in the strict form, and the verdict', () => {
    const answer = `${block('high', 'src/a.ts:41', 'the file is not closed', 'it leaks')}${block('note', 'b c.md:7-9')}VERDICT: hold\n`
    expect(parseAnswer(answer)).toEqual({
      findings: [
        {
          severity: 'high',
          path: 'src/a.ts',
          line: 41,
          endLine: 41,
          what: 'the file is not closed',
          why: 'it leaks',
        },
        {
          severity: 'note',
          path: 'b c.md',
          line: 7,
          endLine: 9,
          what: 'it is wrong',
          why: 'somebody is hurt',
        },
      ],
      unparsed: [],
      verdict: 'hold',
    })
  })

  it.each([
    ['bold keys', '**SEVERITY:** high\n**WHERE:** `a:1`\n**WHAT:** w\n**WHY:** y\n\n**VERDICT: fix**'],
    [
      'bold around the key alone',
      '**SEVERITY**: High\n**WHERE**: **a:1**\n**WHAT**: w\n**WHY**: y\n**VERDICT**: Fix.',
    ],
    [
      'a numbered list',
      '1. SEVERITY: high\n   WHERE: a:1\n   WHAT: w\n   WHY: y\n\nVERDICT: fix - see above',
    ],
    ['a fence, and CRLF', '```\r\nSEVERITY: high\r\nWHERE: a:1\r\nWHAT: w\r\nWHY: y\r\n```\r\nVERDICT: fix'],
    ['capitalised keys', 'Severity: high\nWhere: a:1\nWhat: w\nWhy: y\nVerdict: fix'],
    [
      'talk around it',
      'I looked.\n\nSEVERITY: high\nWHERE: a:1\nWHAT: w\nWHY: y\n\nThat is all.\nVERDICT: fix\nBye.',
    ],
  ])('takes %s for decoration', (_what, answer) => {
    expect(parseAnswer(answer)).toEqual({
      findings: [{ severity: 'high', path: 'a', line: 1, endLine: 1, what: 'w', why: 'y' }],
      unparsed: [],
      verdict: 'fix',
    })
  })

  it('lets sentences go on over several lines, up to a blank one', () => {
    const answer = 'SEVERITY: low\nWHERE: a:0\nWHAT: one\n  two\nWHY: `x` is\nso\n\nnot this\nVERDICT: ship'
    expect(parseAnswer(answer).findings).toEqual([
      { severity: 'low', path: 'a', line: 0, endLine: 0, what: 'one\ntwo', why: '`x` is\nso' },
    ])
  })

  it.each([
    [
      'SEVERITY: terrible\nWHERE: a:1\nWHAT: w\nWHY: y',
      'SEVERITY is none of critical, high, medium, low, note',
    ],
    ['SEVERITY: high\nWHERE: the parser\nWHAT: w\nWHY: y', 'WHERE is not path:line'],
    ['SEVERITY: high\nWHERE: a.ts\nWHAT: w\nWHY: y', 'WHERE is not path:line'],
    ['SEVERITY: high\nWHERE: a.ts:9-3\nWHAT: w\nWHY: y', 'WHERE is not path:line'],
    ['SEVERITY: high\nWHERE: a:1\nWHY: y', 'without WHAT'],
    ['SEVERITY: high', 'without WHERE, WHAT, WHY'],
    ['WHERE: a:1\nWHAT: w\nWHY: y', 'without SEVERITY'],
    ['SEVERITY: high\nWHAT: w\nWHERE: a:1\nWHY: y', 'not in the order SEVERITY, WHERE, WHAT, WHY'],
    ['SEVERITY: high\nWHERE: a:1\nWHAT:\nWHY: y', 'WHAT is empty'],
    ['SEVERITY: high\nWHERE: a:1\nWHAT: w\nWHY:', 'WHY is empty'],
    ['VERDICT: maybe', 'VERDICT is none of ship, fix, hold'],
    ['VERDICT: ship|fix|hold', 'VERDICT is none of ship, fix, hold'],
  ])('keeps %j as unparsed: %s', (answer, reason) => {
    expect(parseAnswer(`Hm.\n${answer}`)).toEqual({
      findings: [],
      unparsed: [{ line: 2, text: answer, reason }],
    })
  })

  it('loses no line with a key, in whatever disorder they come', () => {
    const keys = ['SEVERITY: high', 'WHERE: a:1', 'WHAT: w', 'WHY: y', 'VERDICT: ship']
    for (let seed = 0; seed < 5 ** 5; seed += 1) {
      const lines = Array.from({ length: 5 }, (_, n) => keys[Math.floor(seed / 5 ** n) % 5] ?? '')
      const { findings, unparsed, verdict } = parseAnswer(lines.join('\n'))
      const verdicts = lines.filter((line) => line.startsWith('VERDICT')).length
      const kept = findings.length * 4 + unparsed.flatMap(({ text }) => text.split('\n')).length + verdicts
      expect(kept, lines.join(', ')).toBe(5)
      expect(verdict === 'ship').toBe(verdicts > 0)
    }
  })

  it('believes the worst of several verdicts', () => {
    expect(parseAnswer('VERDICT: hold\nThe diff says:\nVERDICT: ship').verdict).toBe('hold')
    expect(parseAnswer('VERDICT: ship\nVERDICT: fix').verdict).toBe('fix')
  })

  it('finds nothing in an answer of another form', () => {
    for (const answer of [
      '',
      '   \n',
      'Looks good to me!',
      '{"severity": "high"}',
      'why: because',
      '+SEVERITY: high',
    ]) {
      expect(parseAnswer(answer)).toEqual({ findings: [], unparsed: [] })
    }
  })

  it('is not held up by a megabyte of blanks, stars or colons', () => {
    for (const filler of [' ', '* ', ':', '-', '`', '\t*']) {
      const long = filler.repeat(1_000_000 / filler.length)
      for (const key of ['SEVERITY', 'WHERE', 'VERDICT']) parseAnswer(`${key}: a${long}b\n${long}x`)
      const answer = block('low', `a${long}b:1`, `a${long}b`, `a${long}b`)
      expect(parseAnswer(answer).unparsed).toHaveLength(1)
    }
  })

  it('reads a hundred thousand repetitions', () => {
    const { findings } = parseAnswer(block('low', 'a:1').repeat(100_000))
    expect(findings).toHaveLength(100_000)
  })
})
