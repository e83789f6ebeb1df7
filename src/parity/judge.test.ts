/** From cases to the verdict: known gaps, counts, the line to quote, the exit code. */
import { describe, expect, it } from 'vitest'
import { compareCase } from './compare-case.ts'
import type { KnownGap } from './gap-types.ts'
import { judgeGaps } from './judge-gaps.ts'
import { answers, compareTexts, show, standardCase } from './rig.ts'
import { chooseExitCode, countParity, judgeParity, renderHeadline } from './summarize.ts'
import type { CaseReport, Trouble } from './types.ts'

const named = (name: string, report: CaseReport): CaseReport => ({ ...report, name })
const alike = named('alike', compareTexts('{"a": 1}', '{"a": 1}'))
const renamed = named('renamed', compareTexts('{"name": 1, "b": 2}', '{"fullName": 1, "b": 2}'))
const valued = named('valued', compareTexts('{"a": 1}', '{"a": 2}'))
const refused = named(
  'refused',
  compareCase(standardCase, answers({ status: 200 }), answers({ status: 404 }), show),
)
const typed = named(
  'typed',
  compareCase(
    standardCase,
    answers('{}'),
    answers({ contentType: 'text/plain', body: Buffer.from('{}') }),
    show,
  ),
)
const down = named(
  'down',
  compareCase(standardCase, { received: [], fault: 'no answer', asked: 1 }, answers('{}'), show),
)

const gap = (more: Partial<KnownGap>): KnownGap => ({
  id: 'rename',
  case: 'renamed',
  paths: ['$.name', '$.fullName'],
  reason: 'the old name lives on',
  date: '2026-11-20',
  ...more,
})

const judge = (cases: readonly CaseReport[], ...gaps: readonly KnownGap[]) => judgeWith([], cases, gaps)

function judgeWith(troubles: readonly Trouble[], cases: readonly CaseReport[], gaps: readonly KnownGap[]) {
  const judged = judgeGaps(cases, gaps)
  const counts = countParity(judged.cases, judged.gaps)
  return {
    ...judged,
    counts,
    verdict: judgeParity(counts, troubles),
    headline: renderHeadline(judged.cases, counts),
  }
}

describe('known gaps', () => {
  it('cover what they name, and are counted', () => {
    const { verdict, counts, gaps, cases } = judge([alike, renamed], gap({}))
    expect(verdict).toBe('known-gaps')
    expect(cases.map((one) => one.verdict)).toEqual(['match', 'known'])
    expect(counts.divergences).toEqual({ new: 0, known: 2 })
    expect(gaps).toMatchObject([{ state: 'open', openPaths: ['$.name', '$.fullName'], closedPaths: [] }])
  })
  it.each<[string, Partial<KnownGap>]>([
    ['another case', { case: 'alike' }],
    ['another path', { paths: ['$.name'] }],
    ['another aspect', { aspect: 'value' }],
    ['something else on the left', { left: 'string' }],
    ['something else on the right', { right: 'integer' }],
  ])('do not cover %s', (_what, more) => {
    const { verdict, cases } = judge([alike, renamed], gap(more))
    expect(verdict).toBe('diverges')
    expect(cases[1]?.verdict).toBe('diverges')
  })
  it('cover exactly what was seen when they say what that is', () => {
    const exact = gap({ paths: ['$.name'], aspect: 'shape', left: 'integer', right: '(absent)' })
    expect(judge([renamed], exact).counts.divergences).toEqual({ new: 1, known: 1 })
  })
  it('that have closed are told, wholly or in part', () => {
    const { gaps, verdict } = judge(
      [alike, renamed],
      gap({ id: 'gone', case: 'alike' }),
      gap({ paths: ['$.name', '$.fullName', '$.b'] }),
    )
    expect(verdict).toBe('known-gaps')
    expect(gaps).toMatchObject([
      { id: 'gone', state: 'closed', closedPaths: ['$.name', '$.fullName'] },
      { id: 'rename', state: 'partly-closed', closedPaths: ['$.b'] },
    ])
  })
  it('cannot close where nothing could be compared', () => {
    expect(judge([down], gap({ case: 'down' })).gaps).toMatchObject([{ state: 'unknown', closedPaths: [] }])
    expect(judge([alike], gap({})).gaps).toMatchObject([{ state: 'unknown' }])
  })
  it('cannot close where there was only noise, or nothing', () => {
    const ticking = { received: answers('{"at": 1, "rows": []}', '{"at": 2, "rows": []}').received, asked: 2 }
    const one = named('quiet', compareCase(standardCase, ticking, answers('{"at": 1, "rows": []}'), show))
    const at = (...paths: string[]) => judge([one], gap({ case: 'quiet', paths })).gaps[0]
    expect(at('$.at', '$.rows[*].id')).toMatchObject({ state: 'unknown', closedPaths: [] })
    expect(at('$.at', '$.atom')).toMatchObject({ state: 'partly-closed', closedPaths: ['$.atom'] })
  })
  it('cover statuses and media types by name', () => {
    const both = [
      gap({ id: 's', case: 'refused', paths: ['status'] }),
      gap({ id: 'm', case: 'typed', paths: ['media-type'] }),
    ]
    expect(judge([refused, typed], ...both)).toMatchObject({ verdict: 'known-gaps' })
  })
  it('never cover divergences that are not listed', () => {
    const { verdict, cases, gaps } = judge(
      [{ ...renamed, moreDivergences: 1 }],
      gap({ paths: ['$.name', '$.fullName', '$.x'] }),
    )
    expect(verdict).toBe('diverges')
    expect(cases[0]?.verdict).toBe('diverges')
    expect(gaps[0]).toMatchObject({ state: 'open', closedPaths: [] })
  })
})

describe('the line to quote', () => {
  it.each<[string, readonly CaseReport[]]>([
    ['2/2 status codes match · 2/2 body shapes match', [alike, alike]],
    ['2/2 status codes match · 1/2 body shapes diverge', [alike, renamed]],
    ['2/2 status codes match · 2/2 body shapes match · 1/2 body values diverge', [alike, valued]],
    ['1/2 status codes diverge · 2/2 body shapes match', [alike, refused]],
    ['1/1 status codes match · 1/1 media types diverge · 1/1 body shapes match', [typed]],
    ['1/2 status codes match · 1/2 body shapes match · 1/2 unknown', [alike, down]],
    ['0/1 status codes match · 0/1 body shapes match · 1/1 unknown', [down]],
  ])('%s', (line, cases) => expect(judge(cases).headline).toBe(line))
  it('counts every aspect of every case once', () => {
    const { counts } = judge([alike, renamed, valued, refused, typed, down])
    for (const aspect of [counts.status, counts.mediaType, counts.shape, counts.value]) {
      expect(aspect.match + aspect.diverges + aspect.unknown).toBe(6)
    }
    expect(counts.verdicts).toEqual({ match: 1, known: 0, diverges: 4, unknown: 1 })
  })
})

describe('the exit code', () => {
  const trouble = (kind: Trouble['kind']): Trouble => ({ kind, headline: '', detail: [] })
  const codeOf = (
    cases: readonly CaseReport[],
    troubles: readonly Trouble[] = [],
    interrupted?: 'SIGINT' | 'SIGTERM',
  ) =>
    chooseExitCode({
      verdict: judgeWith(troubles, cases, []).verdict,
      troubles,
      ...(interrupted && { interrupted }),
    })
  it('is that of the first of: fault, interrupted, not up, failed', () => {
    expect(codeOf([alike])).toBe(0)
    expect(codeOf([alike, renamed])).toBe(1)
    expect(codeOf([alike, down])).toBe(3)
    expect(codeOf([renamed, down])).toBe(3)
    expect(judgeWith([trouble('died')], [alike], []).verdict).toBe('unknown')
    expect(judgeWith([trouble('leak')], [alike], []).verdict).toBe('match')
    expect(codeOf([alike], [trouble('leak')])).toBe(1)
    expect(codeOf([alike], [trouble('died')])).toBe(3)
    expect(codeOf([down], [trouble('not-up')])).toBe(3)
    expect(codeOf([renamed, down], [], 'SIGINT')).toBe(130)
    expect(codeOf([renamed], [], 'SIGTERM')).toBe(143)
    expect(codeOf([alike], [trouble('fault')], 'SIGINT')).toBe(70)
  })
})
