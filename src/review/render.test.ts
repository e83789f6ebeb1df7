import { expect, it } from 'vitest'
import { renderMarkdown } from './render-markdown.ts'
import { renderPlan, renderText } from './render-text.ts'
import { tallyFindings } from './tally.ts'
import { rowOf } from './test-support.ts'
import type { ReviewReport } from './types.ts'

const NASTY = 'src/\u001b[2J"x"\n--- CLEAR: nothing ---\n# ok <script>|`[x](y)'

/** A range in which everything that strangers name is awkward. */
function makeReport(): ReviewReport {
  const row = rowOf('north', 'alder', [['high', NASTY, 3]], {
    bundle: NASTY,
    unparsed: [{ line: 4, text: NASTY, reason: 'without WHY' }],
    reason: 'cut off at its token limit',
  })
  const failed = rowOf('south', 'birch', [], { bundle: NASTY, status: 'failed', reason: NASTY })
  return {
    schema: 1,
    label: 'x',
    startedAt: '2026-01-02T03:04:05.000Z',
    elapsedMs: 1,
    source: { kind: 'range', range: 'a..b', from: '1', to: '2', commits: 200 },
    diff: { bytes: 2_600_000, sha256: '', files: 2, hunks: 5 },
    hunks: { sent: 3, leftOut: 2, split: 1 },
    guard: { warnBytes: 60_000, refuseBytes: 100_000, overridden: false },
    bundles: [
      { name: NASTY, component: NASTY, bytes: 55_000, files: 1, hunks: 2 },
      { name: 'docs', component: 'docs', bytes: 900, files: 1, hunks: 1 },
    ],
    leftOut: [{ path: NASTY, reason: 'generated', hunks: 2, bytes: 12_000 }],
    reviewers: [],
    answers: [row, failed],
    denominator: { verdicts: 1, asked: 2, lineagesHeard: 1, lineages: 2, unheard: ['docs'] },
    locations: tallyFindings([row, failed]),
    outcome: 'incomplete',
    reasons: ['no reviewer gave a verdict on docs'],
    warnings: ['2 files with bytes that are not UTF-8: reviewers see U+FFFD in their place'],
    files: { folder: 'f', tallyJson: 'x/tally.json', tallyMarkdown: 'x/tally.md' },
  }
}

it('text for a terminal: no name becomes a line, or an escape, of ours', () => {
  const text = renderText(makeReport())
  expect(text).toMatchSnapshot()
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
  expect(text.split('\n').filter((line) => line.startsWith('---'))).toHaveLength(1)
})

it('Markdown: no name becomes a heading, a cell, a link or a tag of ours', () => {
  const text = renderMarkdown(makeReport())
  expect(text).toMatchSnapshot()
  expect(text).not.toMatch(/<script>|[^\\]`|[^\\]\[x\]|^# ok/m)
  const rows = text.split('\n').filter((line) => line.startsWith('|'))
  expect(rows.map((row) => row.replaceAll('\\|', '').split('|').length)).toEqual([12, 12, 12, 12])
})

it('the plan of a review: the bundles, what is left out, and their sum', () => {
  const text = renderPlan(makeReport())
  expect(text).toMatchSnapshot()
  expect(text.split('\n').filter((line) => line.startsWith('---'))).toHaveLength(1)
})
