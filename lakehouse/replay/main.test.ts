/** replay as a process, against servers that answer as the test says, and against the real chatd and validatord. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeTemporaryFolder, startDaemon } from '../kit/testing/daemon-process.ts'
import { sendJson, startServer } from '../kit/testing/http-server.ts'
import { runJobProcess } from '../kit/testing/job-process.ts'

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const MAIN = pathOf('./main.ts')
const ARTIFACT = { to: '+15550100123', body: 'Your shift in Oslo starts at 7.' }
const PASSAGE = {
  corpus: 'messages',
  id: 'm1',
  score: 0.9,
  metadata: { text: `The approved message: ${JSON.stringify(ARTIFACT)}` },
  provenance: { corpus: 'messages', id: 'm1', rank: 1, boost: 0 },
}
const TASK = {
  id: 't1',
  kind: 'sms',
  question: 'Which message tells about the shift in Oslo?',
  corpora: ['messages'],
  k: 3,
  context: { mentions: ['Oslo'] },
}

let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>
let log: string

beforeEach(async () => {
  folder = await makeTemporaryFolder()
  log = join(folder.path, 'log', 'runs.jsonl')
})
afterEach(() => folder[Symbol.asyncDispose]())

type Answer = (body: Record<string, unknown>) => { status: number; body: unknown }
const search: Answer = () => ({ status: 200, body: { query: '', k: 3, results: [PASSAGE], displaced: [] } })
/** Models answer with their own name, but for "good", which gives the artifact. */
const chat: Answer = ({ model }) => ({
  status: 200,
  body: {
    content: model === 'p/good' ? JSON.stringify(ARTIFACT) : String(model),
    model,
    finish_reason: 'stop',
  },
})
const validate: Answer = ({ artifact }) =>
  typeof artifact === 'object'
    ? { status: 200, body: { valid: true, warnings: ['w'] } }
    : { status: 422, body: { Kind: 'schema', Field: 'artifact', Reason: 'is no object' } }

/** All three daemons in one server; keeps what it was asked. */
async function startFakes(answers: Readonly<Record<string, Answer>> = {}) {
  const routes: Record<string, Answer> = {
    '/v1/matrix/search': search,
    '/v1/chat': chat,
    '/v1/validate': validate,
    ...answers,
  }
  const asked: { url: string; body: Record<string, unknown>; requestId: unknown }[] = []
  const server = await startServer((request: IncomingMessage, response: ServerResponse, text) => {
    const url = request.url ?? ''
    const body = JSON.parse(text) as Record<string, unknown>
    asked.push({ url, body, requestId: request.headers['x-request-id'] })
    const { status, body: answer } = routes[url]?.(body) ?? { status: 404, body: {} }
    sendJson(response, status, answer)
  })
  return { asked, url: server.url, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

async function replay(
  services: Readonly<Record<string, string>>,
  args: readonly string[],
  task: object = TASK,
) {
  const files = { task: join(folder.path, 'task.json'), config: join(folder.path, 'config.toml') }
  await writeFile(files.task, JSON.stringify(task))
  const urls = Object.entries(services).map(([name, url]) => `${name} = "${url}"`)
  await writeFile(files.config, `[services]\n${urls.join('\n')}\n[replay]\ntimeout = "20s"\n`)
  const result = await runJobProcess(MAIN, ['--task', files.task, '--log', log, ...args], {
    LAKEHOUSE_CONFIG: files.config,
  })
  return { ...result, answer: result.stdout === '' ? undefined : JSON.parse(result.stdout) }
}

const all = (url: string) => ({ matrixd: url, chatd: url, validatord: url })
const readRuns = async () => {
  const text = await readFile(log, 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe('a run', () => {
  it('retrieves, asks, escalates on an invalid answer, and records all of it', async () => {
    await using fakes = await startFakes()
    const { code, stderr, answer } = await replay(all(fakes.url), ['--models', 'p/bad, p/good,p/never'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(answer).toMatchObject({
      task: 't1',
      status: 'valid',
      model: 'p/good',
      attempts: 2,
      artifact: ARTIFACT,
    })
    expect(fakes.asked.map(({ url }) => url)).toEqual([
      '/v1/matrix/search',
      '/v1/chat',
      '/v1/validate',
      '/v1/chat',
      '/v1/validate',
    ])
    expect(new Set(fakes.asked.map(({ requestId }) => requestId))).toEqual(new Set([answer.run_id]))
    expect(fakes.asked[0]?.body).toEqual({ query: TASK.question, corpora: ['messages'], k: 3 })
    expect(fakes.asked[2]?.body).toEqual({ kind: 'sms', artifact: 'p/bad', context: TASK.context })

    const [run] = await readRuns()
    expect(run).toMatchObject({
      run_id: answer.run_id,
      at: expect.any(String),
      task: TASK,
      models: ['p/bad', 'p/good', 'p/never'],
      retrieval: { enabled: true, corpora: ['messages'], k: 3, results: [PASSAGE] },
      attempts: [
        {
          model: 'p/bad',
          status: 'invalid',
          artifact: 'p/bad',
          verdict: { valid: false, fault: { Field: 'artifact' } },
        },
        { model: 'p/good', status: 'valid', artifact: ARTIFACT, verdict: { valid: true, warnings: ['w'] } },
      ],
      final: { status: 'valid', model: 'p/good', artifact: ARTIFACT },
    })
    expect(run.prompt).toEqual(fakes.asked[1]?.body['messages'])
    expect(run.prompt).toEqual(fakes.asked[3]?.body['messages'])
    expect(run.prompt[0].content).toContain(`[1] messages/m1\n${PASSAGE.metadata.text}`)
    expect(run.prompt[1]).toEqual({ role: 'user', content: TASK.question })
  })

  it('--no-retrieval asks without context, and needs no matrixd', async () => {
    await using fakes = await startFakes()
    const { matrixd: _none, ...services } = all(fakes.url)
    const { code } = await replay(services, ['--no-retrieval'], { ...TASK, models: ['p/good'] })
    expect(code).toBe(0)
    const [run] = await readRuns()
    expect(run.retrieval).toEqual({ enabled: false })
    expect(JSON.stringify(run.prompt)).not.toContain('approved')
    expect(fakes.asked.map(({ url }) => url)).toEqual(['/v1/chat', '/v1/validate'])
  })

  it('is exhausted, exit 1, when no model gives a valid answer; one that fails is passed over', async () => {
    await using fakes = await startFakes({
      '/v1/chat': (body) =>
        body['model'] === 'p/down' ? { status: 504, body: { error: { code: 'x' } } } : chat(body),
    })
    const { code, answer } = await replay(all(fakes.url), ['--models', 'p/down,p/bad'])
    expect(code).toBe(1)
    expect(answer).toMatchObject({ status: 'exhausted', attempts: 2 })
    const [run] = await readRuns()
    expect(run.attempts).toMatchObject([
      { model: 'p/down', status: 'failed', error: { code: 'upstream_error', upstream: 'chatd' } },
      { model: 'p/bad', status: 'invalid' },
    ])
    expect(run.final).toEqual({ status: 'exhausted' })
  })

  it.each([
    ['matrixd finds no such corpus', '/v1/matrix/search', 404, 'matrixd', 0],
    ['validatord refuses the context', '/v1/validate', 400, 'validatord', 1],
    ['validatord gives no verdict', '/v1/validate', 200, 'validatord', 1],
  ])('fails, exit 1, when %s, and is recorded', async (_what, route, status, upstream, attempts) => {
    await using fakes = await startFakes({ [route]: () => ({ status, body: {} }) })
    const { code, stderr } = await replay(all(fakes.url), ['--models', 'p/bad,p/good'])
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`^replay: ${upstream} .*\n$`))
    const [run] = await readRuns()
    expect(run.final).toMatchObject({ status: 'failed', error: { upstream } })
    expect(run.attempts).toHaveLength(attempts)
  })

  it('appends: runs at the same time all arrive whole, behind a torn line that is set aside', async () => {
    await using fakes = await startFakes()
    await mkdir(join(folder.path, 'log'))
    await writeFile(log, '{"run_id":"old"}\n{"torn":')
    const first = await replay(all(fakes.url), ['--models', 'p/good'])
    expect(first.stderr).toContain('runs.jsonl.torn-1')
    const results = await Promise.all(
      Array.from({ length: 4 }, () => replay(all(fakes.url), ['--models', 'p/bad,p/good'])),
    )
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0])
    const ids = (await readRuns()).map(({ run_id }) => run_id)
    expect(ids.slice(0, 2)).toEqual(['old', first.answer.run_id])
    expect(ids.slice(2).sort()).toEqual(results.map(({ answer }) => answer.run_id).sort())
  })

  it('asks nobody when the log cannot be written', async () => {
    await using fakes = await startFakes()
    await mkdir(log, { recursive: true })
    const { code, stderr } = await replay(all(fakes.url), ['--models', 'p/good'])
    expect(code).toBe(1)
    expect(stderr).toContain('runs.jsonl')
    expect(fakes.asked).toHaveLength(0)
  })
})

describe('wrong usage is exit 2, and nobody is asked', () => {
  it.each([
    ['no models', [], TASK, 'no models'],
    ['an empty model', ['--models', 'a/b,'], TASK, '--models: an empty name'],
    ['an unknown flag', ['--model', 'a/b'], TASK, '--model'],
    ['a task of no kind', ['--models', 'a/b'], { id: 'x', question: 'y' }, 'kind'],
    ['an unknown field of the task', ['--models', 'a/b'], { ...TASK, retries: 1 }, 'retries'],
    ['no corpora', ['--models', 'a/b'], { ...TASK, corpora: [] }, 'corpora: names none'],
  ])('%s', async (_what, args, task, reason) => {
    await using fakes = await startFakes()
    const { code, stderr, stdout } = await replay(all(fakes.url), args, task)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(reason)
    expect(fakes.asked).toHaveLength(0)
  })

  it('a service without a URL', async () => {
    const { code, stderr } = await replay({}, ['--models', 'a/b'])
    expect(code).toBe(2)
    expect(stderr).toContain('services.matrixd: missing')
  })

  it('no task', async () => {
    const { code, stderr } = await runJobProcess(MAIN, ['--log', log])
    expect(code).toBe(2)
    expect(stderr).toContain('--task is missing')
  })
})

it('with the real chatd and validatord: echo is invalid, json is valid with the context and not without', async () => {
  const bind = 'bind = "127.0.0.1:0"\n'
  await using chatd = await startDaemon(pathOf('../chatd/main.ts'), `[chatd]\n${bind}`, folder.path)
  await using validatord = await startDaemon(
    pathOf('../validatord/main.ts'),
    `[validatord]\n${bind}`,
    folder.path,
  )
  await using fakes = await startFakes()
  const services = { matrixd: fakes.url, chatd: await chatd.url(), validatord: await validatord.url() }
  const models = ['--models', 'local/echo,local/json']
  const full = await replay(services, models)
  expect(full).toMatchObject({
    code: 0,
    answer: { status: 'valid', model: 'local/json', artifact: ARTIFACT },
  })
  const baseline = await replay(services, [...models, '--no-retrieval'])
  expect(baseline).toMatchObject({ code: 1, answer: { status: 'exhausted', attempts: 2 } })
  const [first] = await readRuns()
  expect(first.attempts[0].verdict).toMatchObject({ valid: false, fault: { Kind: 'schema' } })
})
