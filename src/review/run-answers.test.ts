/** What is asked, and what becomes of each answer. */
import { describe, expect, it } from 'vitest'
import { configOf, DIFF, type Reply, refuse, reportOf, run, say, startEndpoint } from './test-endpoint.ts'
import { block } from './test-support.ts'

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
      'an answer without an end',
      (_question, response) => {
        response.writeHead(200)
        const part = Buffer.alloc(2 ** 20, 'x')
        const write = (): void => {
          while (!response.destroyed && response.write(part));
        }
        response.on('drain', write)
        write()
      },
      { status: 'failed', reason: 'the answer is larger than 32.0 MiB' },
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
    const asked: object[] = []
    const config = configOf('north-alder')
    const [first] = config.reviewers
    if (first === undefined) throw new Error('there is no reviewer')
    const reply: Reply = (question, response, request) => {
      seen.push(request.headers.authorization)
      asked.push(question)
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
    expect(asked).toMatchObject([{ model: 'hub/north-alder', max_tokens: 7, temperature: 0 }])
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
