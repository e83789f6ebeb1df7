/** A whole review against an endpoint of the test, which answers as the model is named: well, badly, or never. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ReviewConfig } from './config.ts'
import { renderMarkdown } from './render-markdown.ts'
import { renderText } from './render-text.ts'
import { type ReviewOptions, runReview } from './run.ts'
import { block } from './test-support.ts'
import type { ReviewReport } from './types.ts'

interface Question {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly max_tokens?: number
  readonly temperature?: number
}

type Reply = (question: Question, response: ServerResponse, request: IncomingMessage) => void

const say =
  (content: string, more: object = {}): Reply =>
  (_question, response) =>
    void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ content, input_tokens: 120, output_tokens: 30, finish_reason: 'stop', ...more }))

const refuse =
  (status: number, error: unknown): Reply =>
  (_question, response) =>
    void response.writeHead(status).end(JSON.stringify({ error }))

async function startEndpoint(replies: Readonly<Record<string, Reply>>) {
  const questions: Question[] = []
  const server = createServer(async (request, response) => {
    const question = JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString()) as Question
    questions.push(question)
    replies[question.model.replace('hub/', '')]?.(question, response, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat`, questions }
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'review-run-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

const DIFF = `diff --git a/src/a.ts b/src/a.ts
--- a/src/a.ts
+++ b/src/a.ts
@@ -1,2 +1,3 @@
 one
+two
 three
`

/** Each reviewer is named after its model; what stands after the dash is its lineage. */
function configOf(...names: readonly string[]): ReviewConfig {
  return {
    reviewers: names.map((name) => ({
      name,
      lineage: name.split('-')[1] ?? name,
      model: `hub/${name}`,
      timeoutMs: 20_000,
    })),
    components: { prefixes: new Map(), depth: 1 },
    generated: [],
  }
}

async function run(
  replies: Readonly<Record<string, Reply>>,
  o: Partial<ReviewOptions> & { diff?: string } = {},
) {
  const { url, questions } = await startEndpoint(replies)
  const output = makeFolder()
  const done = await runReview({
    input: { kind: 'diff', file: 'x.diff', bytes: Buffer.from(o.diff ?? DIFF, 'latin1') },
    label: 'x',
    config: configOf(...Object.keys(replies)),
    endpoint: { url },
    output,
    env: {},
    signal: new AbortController().signal,
    ...o,
  })
  const folder = join(output, readdirSync(output)[0] ?? '')
  return { done, questions, folder, read: (file: string) => readFileSync(join(folder, file), 'utf8') }
}

const reportOf = ({ done }: Awaited<ReturnType<typeof run>>): ReviewReport => {
  if (!done.ok) throw new Error(done.error.message)
  return done.value
}

describe('what becomes of each answer', () => {
  it.each<[string, Reply, object]>([
    [
      'a verdict',
      say('VERDICT: ship'),
      { status: 'answered', verdict: 'ship', inputTokens: 120, outputTokens: 30 },
    ],
    [
      'an answer without a verdict',
      say(block('low', 'src/a.ts:2')),
      { status: 'no-verdict', reason: 'gave no verdict', findings: [{ path: 'src/a.ts', anchor: 'line' }] },
    ],
    [
      'one that was cut off',
      say('SEVERITY: high', { finish_reason: 'length' }),
      {
        status: 'no-verdict',
        reason: 'gave no verdict; cut off at its token limit',
        unparsed: [{ reason: 'without WHERE, WHAT, WHY' }],
      },
    ],
    ['nothing', say(' \n'), { status: 'empty', reason: 'answered nothing' }],
    [
      'no tokens told',
      say('VERDICT: fix', { input_tokens: -1, output_tokens: null }),
      { status: 'answered', verdict: 'fix' },
    ],
    [
      'a refusal',
      refuse(503, { code: 'upstream_busy', message: 'hub answered 429' }),
      { status: 'failed', reason: 'status 503: upstream_busy: hub answered 429' },
    ],
    ['a refusal of another form', refuse(500, 'no'), { status: 'failed', reason: 'status 500' }],
    [
      'a refusal of the body',
      refuse(413, { code: 'too_large', message: 'the body is too large' }),
      { status: 'failed', reason: 'status 413: too_large: the body is too large' },
    ],
    [
      'something that is no chat answer',
      (_question, response) => void response.end('<html>\u001b[2Jhello'),
      { status: 'failed', reason: 'status 200, but no chat answer: <html>hello' },
    ],
    [
      'an answer that breaks off',
      (_question, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"con')
        setImmediate(() => response.destroy())
      },
      { status: 'failed', reason: expect.stringContaining('5 B of the body so far') },
    ],
  ])('%s', async (_what, reply, row) => {
    const report = reportOf(await run({ 'north-alder': reply }))
    expect(report.answers).toHaveLength(1)
    expect(report.answers[0]).toMatchObject(row)
  })

  it('a reviewer that does not answer in time, and nobody there', async () => {
    const silent = configOf('north-alder')
    const config = { ...silent, reviewers: silent.reviewers.map((each) => ({ ...each, timeoutMs: 50 })) }
    const late = reportOf(await run({ 'north-alder': () => undefined }, { config }))
    expect(late.answers[0]).toMatchObject({ status: 'failed', reason: 'no answer within 50 ms' })
    const gone = reportOf(
      await run({ 'north-alder': say('') }, { endpoint: { url: 'http://127.0.0.1:1/v1/chat' } }),
    )
    expect(gone.answers[0]).toMatchObject({ reason: 'connection refused: nothing listens there' })
    expect(gone.outcome).toBe('incomplete')
  })
})

describe('what is asked', () => {
  it('is the form, and the diff between marks of the same random word', async () => {
    const made = await run({ 'north-alder': say('VERDICT: ship') })
    const [question] = made.questions
    expect(question?.messages.map(({ role }) => role)).toEqual(['system', 'user'])
    const user = question?.messages[1]?.content ?? ''
    const [, word] = /^BEGIN ([0-9a-f]{24})$/m.exec(user) ?? []
    expect(user).toContain(`BEGIN ${word}\n${DIFF}END ${word}\n`)
    expect(question).not.toHaveProperty('max_tokens')
  })

  it('carries what is configured, and the token', async () => {
    const seen: unknown[] = []
    const config = configOf('north-alder')
    const [first] = config.reviewers
    if (first === undefined) throw new Error('there is no reviewer')
    const reply: Reply = (question, response, request) => {
      seen.push(request.headers.authorization)
      say(`token-of-the-endpoint\nVERDICT: ship`)(question, response, request)
    }
    const { questions, read } = await run(
      { 'north-alder': reply },
      {
        config: { ...config, reviewers: [{ ...first, maxTokens: 7, temperature: 0 }] },
        endpoint: {
          url: (await startEndpoint({ 'north-alder': reply })).url,
          token: 'token-of-the-endpoint',
        },
      },
    )
    expect(questions).toEqual([])
    expect(seen).toEqual(['Bearer token-of-the-endpoint'])
    const kept = read('verdicts/x_north-alder.md') + read('x/tally.json') + read('x/tally.md')
    expect(kept).not.toContain('token-of-the-endpoint')
    expect(kept).toContain('redacted: 1')
  })

  it('never more at a time than is allowed, and all of it', async () => {
    let [under, most] = [0, 0]
    const reply: Reply = (question, response, request) => {
      under += 1
      most = Math.max(most, under)
      // Answered once as many wait as may.
      const answer = (): void => {
        under -= 1
        say('VERDICT: ship')(question, response, request)
      }
      waiting.push(answer)
      if (waiting.length === 3) for (const each of waiting.splice(0)) each()
    }
    const waiting: (() => void)[] = []
    const names = Array.from({ length: 9 }, (_, n) => `r${n}-alder`)
    const made = await run(Object.fromEntries(names.map((name) => [name, reply])), { parallel: 3 })
    expect(reportOf(made).answers.map(({ reviewer }) => reviewer)).toEqual(names)
    expect(most).toBe(3)
  })
})

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
    expect(readdirSync(join(made.folder, 'verdicts'))).toEqual(['x_north-alder.md'])
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
