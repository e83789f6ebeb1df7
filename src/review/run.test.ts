/** What a review keeps, what it refuses, and what it remarks on. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { renderMarkdown } from './render-markdown.ts'
import { renderText } from './render-text.ts'
import { runReview } from './run.ts'
import { configOf, DIFF, makeFolder, refuse, reportOf, run, say, startEndpoint } from './test-endpoint.ts'
import { block } from './test-support.ts'
import type { ReviewReport } from './types.ts'

describe('what is kept', () => {
  const answer = `Some talk.\n\n${block('high', 'src/a.ts:2', '<b>bold</b> | \u001b[2J pipe')}${block('low', 'nowhere.ts:9').repeat(3)}SEVERITY: bad\n\nVERDICT: fix`

  it('each answer word for word under a header, and the tally', async () => {
    const made = await run({
      'north-alder': say(answer),
      'south-birch': say(`${block('medium', 'b/src/a.ts:3', 'the same')}VERDICT: hold`),
      'east-birch': refuse(500, { message: 'no' }),
    })
    const report = reportOf(made)
    expect(readdirSync(join(made.folder, 'verdicts')).sort()).toEqual([
      'x_east-birch.md',
      'x_north-alder.md',
      'x_south-birch.md',
    ])
    expect(made.read('verdicts/x_north-alder.md').replace(/latency_ms: \d+/, 'latency_ms: 1')).toBe(`---
label: "x"
bundle: "x"
diff_bytes: ${DIFF.length}
diff_sha256: ${createHash('sha256').update(DIFF).digest('hex')}
reviewer: north-alder
lineage: alder
model: "hub/north-alder"
status: answered
verdict: fix
latency_ms: 1
input_tokens: 120
output_tokens: 30
finish_reason: "stop"
findings: 4
unparsed: 1
redacted: 0
---

${answer}`)
    expect(made.read('verdicts/x_east-birch.md')).toMatch(
      /status: failed\nreason: "status 500: no"\n[\s\S]*---\n\n$/,
    )
    expect(JSON.parse(made.read('x/tally.json'))).toEqual(report)
    expect(report.denominator).toEqual({ verdicts: 2, asked: 3, lineagesHeard: 2, lineages: 2, unheard: [] })
    expect(
      report.locations.map(({ path, severity, convergent, anchor }) => ({
        path,
        severity,
        convergent,
        anchor,
      })),
    ).toEqual([
      { path: 'src/a.ts', severity: 'high', convergent: true, anchor: 'line' },
      { path: 'nowhere.ts', severity: 'low', convergent: false, anchor: 'nowhere' },
    ])
    expect(report.outcome).toBe('blocking')
    const steady: ReviewReport = {
      ...report,
      startedAt: '2026-01-02T03:04:05.000Z',
      answers: report.answers.map((row) => ({ ...row, latencyMs: 1_234 })),
    }
    expect(renderText(steady)).toMatchSnapshot('text')
    expect(renderMarkdown(steady)).toMatchSnapshot('Markdown')
  })

  it('nothing beside it, and no earlier review is written over', async () => {
    const output = makeFolder()
    const first = await run({ 'north-alder': say('VERDICT: ship') }, { output })
    const second = await run({ 'north-alder': say('VERDICT: fix') }, { output })
    const day = join(output, readdirSync(output)[0] ?? '')
    expect(readdirSync(day, { recursive: true }).map(String).sort()).toEqual([
      'verdicts',
      'verdicts/x-2_north-alder.md',
      'verdicts/x_north-alder.md',
      'x',
      'x-2',
      'x-2/tally.json',
      'x-2/tally.md',
      'x/tally.json',
      'x/tally.md',
    ])
    expect(reportOf(first).label).toBe('x')
    expect(reportOf(second).warnings).toContain('there is a review "x" of this day; this one is "x-2"')
  })

  it('says when it cannot be kept, before anybody is asked', async () => {
    const output = join(makeFolder(), 'file')
    writeFileSync(output, '')
    const { url, questions } = await startEndpoint({ 'north-alder': say('VERDICT: ship') })
    const done = await runReview({
      input: { kind: 'diff', file: 'x.diff', bytes: Buffer.from(DIFF) },
      label: 'x',
      config: configOf('north-alder'),
      endpoint: { url },
      output,
      env: {},
      signal: new AbortController().signal,
    })
    expect(done).toMatchObject({ ok: false, error: { kind: 'unwritable' } })
    expect(questions).toEqual([])
  })

  it('keeps what was answered when it is interrupted', async () => {
    const interrupt = new AbortController()
    const made = await run(
      { 'north-alder': say('VERDICT: ship'), 'south-birch': () => interrupt.abort() },
      { signal: interrupt.signal, parallel: 1 },
    )
    expect(made.done).toMatchObject({ ok: false, error: { kind: 'interrupted' } })
    expect(made.read('verdicts/x_north-alder.md')).toMatch(/VERDICT: ship$/)
    expect(readdirSync(made.folder)).toEqual(['verdicts'])
    expect(readdirSync(join(made.folder, 'verdicts'))).toEqual(['x_north-alder.md'])
  })

  it('leaves nothing of a label when it is interrupted before the first answer', async () => {
    const interrupt = new AbortController()
    const made = await run({ 'north-alder': () => interrupt.abort() }, { signal: interrupt.signal })
    expect(made.done).toMatchObject({
      ok: false,
      error: { kind: 'interrupted', message: expect.stringContaining('before anybody answered') },
    })
    expect(readdirSync(made.folder, { recursive: true })).toEqual(['verdicts'])
  })

  it('writes over no answer of an interrupted review with the same label', async () => {
    const output = makeFolder()
    const interrupt = new AbortController()
    const made = await run(
      { 'north-alder': say('VERDICT: ship'), 'south-birch': () => interrupt.abort() },
      { signal: interrupt.signal, parallel: 1, output },
    )
    expect(made.done.ok).toBe(false)
    const next = await run({ 'north-alder': say('VERDICT: hold') }, { output })
    expect(reportOf(next).label).toBe('x-2')
    expect(
      readFileSync(join(output, readdirSync(output)[0] ?? '', 'verdicts/x_north-alder.md'), 'utf8'),
    ).toMatch(/VERDICT: ship$/)
    expect(readdirSync(reportOf(next).files.folder).sort()).toEqual(['verdicts', 'x-2'])
  })
})

describe('the size guard', () => {
  const sized = (bytes: number): string => {
    const head = 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+'
    return `${head}${'a'.repeat(bytes - head.length - 1)}\n`
  }
  const review = (bytes: number, allowLarge = false) =>
    run({ 'north-alder': say('VERDICT: ship') }, { diff: sized(bytes), allowLarge })

  it('says nothing up to 60 KB, warns up to 100 KB, and refuses more', async () => {
    expect(reportOf(await review(60_000)).warnings.filter((text) => text.includes('KB'))).toEqual([])
    expect(reportOf(await review(60_001)).warnings).toContain(
      'the diff is 60.0 KB large; over 60 KB reviewers say little',
    )
    expect((await review(100_000)).done.ok).toBe(true)
    const { done, questions } = await review(100_001)
    expect(done).toMatchObject({
      ok: false,
      error: { kind: 'too-large', message: expect.stringContaining('--allow-large') },
    })
    expect(questions).toEqual([])
  })

  it('lets 10 MB through when it is told to, whole, and says so', async () => {
    const made = await review(10_000_000, true)
    const report = reportOf(made)
    expect(report.guard.overridden).toBe(true)
    expect(report.warnings).toContain(
      'the diff is 10.0 MB large, over 100 KB, and was sent because of --allow-large',
    )
    expect(made.questions[0]?.messages[1]?.content.includes(sized(10_000_000))).toBe(true)
  })
})

describe('what keeps a review from being', () => {
  it.each([
    ['nobody to ask', { config: configOf() }, 'no-reviewers', 'no reviewer is configured'],
    ['an empty diff', { diff: '\n' }, 'nothing-to-review', 'x.diff holds no change'],
    [
      'a coloured diff',
      { diff: '\u001b[1mdiff --git a/x b/x\u001b[m\n' },
      'usage',
      'x.diff is no diff: no file begins in it; it is coloured: use git diff --no-color',
    ],
    ['no diff', { diff: 'hello\n' }, 'usage', 'x.diff is no diff: no file begins in it'],
  ])('%s', async (_what, o, kind, message) => {
    const { done, questions } = await run({ 'north-alder': say('VERDICT: ship') }, o)
    expect(done).toEqual({ ok: false, error: { kind, message } })
    expect(questions).toEqual([])
  })

  it('remarks on bytes that are no UTF-8, and on what looks like a key', async () => {
    const diff = `${DIFF}diff --git a/k b/k\n--- a/k\n+++ b/k\n@@ -1 +1 @@\n-\u00ff\n+AKIAABCDEFGHIJKLMNOP\n`
    const { warnings } = reportOf(await run({ 'north-alder': say('VERDICT: ship') }, { diff }))
    expect(warnings).toEqual([
      '1 file with bytes that are not UTF-8: reviewers see U+FFFD in their place',
      'the diff holds 1 stretch that looks like a key; it is sent as it stands',
      'all reviewers are of one lineage (alder): nothing can be convergent',
    ])
  })
})
