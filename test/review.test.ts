/**
 * Reviews by the real command line, through the real chatd in a stack that is up, by reviewers who are recorded answers
 * of an OpenAI-compatible server.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { parseDiff } from '../src/review/parse-diff.ts'
import type { ReviewReport } from '../src/review/types.ts'
import { git } from './support/git.ts'
import { type Operated, operate } from './support/operate.ts'
import { createProject, quote, runTool, startTool, until } from './support/rig.ts'
import { REPOSITORY } from './support/tool.ts'

const TOKEN = 'tok-of-the-endpoint-5544'

const DIFF = `diff --git a/src/store.ts b/src/store.ts
--- a/src/store.ts
+++ b/src/store.ts
@@ -40,3 +40,4 @@ export function put() {
   write(file)
+  return true
-  sync(file)
   close(file)
 }
`

const finding = (severity: string, where: string, what: string): string =>
  `SEVERITY: ${severity}\nWHERE: ${where}\nWHAT: ${what}\nWHY: what was acknowledged is lost in a crash\n\n`

/** What each model says; a number is a status, undefined is silence. */
const RECORDED: Readonly<Record<string, string | number | undefined>> = {
  good: `${finding('high', 'src/store.ts:41', 'it answers before it syncs')}${finding('note', 'src/gone.ts:3', 'unused')}VERDICT: hold`,
  same: `${finding('medium', 'src/store.ts:42', 'no sync')}VERDICT: fix`,
  repeating: `${finding('high', 'src/store.ts:41', 'no sync').repeat(3)}VERDICT: fix`,
  malformed: `Severity: awful\n\nWHERE: src/store.ts\nWHAT: something \u001b]0;title\u0007\u001b[31m\n\nVERDICT: ship\nthe token is ${TOKEN}`,
  empty: '',
  slow: undefined,
  refusing: 429,
  broken: 500,
  clean: 'VERDICT: ship',
}

interface Seen {
  readonly model: string
  readonly messages: readonly { readonly content: string }[]
}

/** The server behind chatd. */
async function startModels(): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const question = JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString()) as Seen
    seen.push(question)
    reply(response, RECORDED[question.model])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

function reply(response: ServerResponse, answer: string | number | undefined): void {
  if (answer === undefined) return
  if (typeof answer === 'number') {
    response.writeHead(answer, { 'content-type': 'application/json' }).end('{"error":"no"}')
    return
  }
  const body = {
    choices: [{ message: { content: answer }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 900, completion_tokens: 62 },
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const stackFor = (url: string): string => `name = "test"
[daemons.chatd]
command = ["node", ${quote(join(REPOSITORY, 'lakehouse/chatd/main.ts'))}]
bind = "127.0.0.1:0"
ready = { http = "/health" }
env = { LAKEHOUSE_CONFIG = "{config}" }
[config.auth]
token = ${quote(TOKEN)}
[config.chatd]
bind = "{bind.chatd}"
[config.chatd.providers.hub]
kind = "openai"
base_url = ${quote(url)}
[config.chatd.providers.late]
kind = "openai"
base_url = ${quote(url)}
timeout = "200ms"
`

/** `north alder hub/good` a row. */
const reviewersOf = (...rows: readonly string[]): string =>
  `chat = { daemon = "chatd", stack = "stack.toml" }\ntoken_env = "CHAT_TOKEN"\n${rows
    .map((row) => {
      const [name = '', lineage = '', model = ''] = row.split(' ')
      return `[[reviewers]]\nname = ${quote(name)}\nlineage = ${quote(lineage)}\nmodel = ${quote(model)}\n`
    })
    .join('')}`

async function bringUp(): Promise<{ stack: Operated; seen: Seen[] }> {
  const { url, seen } = await startModels()
  const stack = operate(stackFor(url))
  await stack.up()
  onTestFinished(async () => {
    await stack.run('down')
    await stack.expectNothingLeft()
  })
  return { stack, seen }
}

const review = (stack: Operated, ...args: readonly string[]) =>
  runTool(stack.project, ['review', ...args], { env: { CHAT_TOKEN: TOKEN } })

it('every kind of reviewer, at a daemon of the stack that is up', async () => {
  const { stack, seen } = await bringUp()
  const { project } = stack
  const before = readdirSync(project.tmp)
  project.write('change.diff', DIFF)

  project.write(
    'reviewers.toml',
    reviewersOf(
      'north alder hub/good',
      'south birch hub/same',
      'again birch hub/repeating',
      'garbled cedar hub/malformed',
      'silent cedar hub/empty',
      'slow cedar late/slow',
      'busy dogwood hub/refusing',
      'broken dogwood hub/broken',
      'nobody dogwood nowhere/x',
    ),
  )
  const done = await review(stack, 'change.diff', '--label', 'change')
  expect(done.code, done.stderr).toBe(1)
  expect(
    done.stdout.replaceAll(/\d+ ms|\d+\.\d s/g, '<time>').replaceAll(/ +(?=<time>)|(?<=<time>) +/g, ' '),
  ).toMatchSnapshot()
  expect(done.stdout + done.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)

  const day = join(project.root, 'reports/review', readdirSync(join(project.root, 'reports/review'))[0] ?? '')
  const files = readdirSync(day, { recursive: true }).map(String).sort()
  expect(files.filter((file) => !file.startsWith('verdicts/'))).toEqual([
    'change',
    'change/tally.json',
    'change/tally.md',
    'verdicts',
  ])
  expect(files.filter((file) => file.startsWith('verdicts/'))).toHaveLength(9)
  const kept = new Map(
    files.filter((file) => /\.\w+$/.test(file)).map((file) => [file, readFileSync(join(day, file), 'utf8')]),
  )
  expect(kept.get('verdicts/change_north.md')).toMatch(
    /\nverdict: hold\nlatency_ms: \d+\ninput_tokens: 900\noutput_tokens: 62\n/,
  )
  expect(kept.get('verdicts/change_north.md')?.endsWith(`---\n\n${RECORDED['good']}`)).toBe(true)
  // Keys and tokens are nowhere, though a reviewer has said one.
  expect([...kept.values(), done.stdout, done.stderr].join('\n')).not.toContain(TOKEN)
  expect(kept.get('verdicts/change_garbled.md')).toContain('the token is [redacted]')
  expect(readdirSync(project.tmp)).toEqual(before)
  expect(seen.every(({ messages }) => messages[1]?.content.includes(DIFF))).toBe(true)

  // One that says it three times is not convergent, and alone it does not block.
  project.write(
    'one.toml',
    reviewersOf('again birch hub/repeating', 'other birch hub/same', 'fine alder hub/clean'),
  )
  const one = await review(stack, 'change.diff', '--label', 'one', '--reviewers', 'one.toml', '--json')
  expect(one.code, one.stderr).toBe(0)
  const report = JSON.parse(one.stdout) as ReviewReport
  expect(
    report.locations.map(({ convergent, lineages, findings }) => [convergent, lineages, findings.length]),
  ).toEqual([[false, ['birch'], 4]])
  expect(report.outcome).toBe('clear')
})

it('a range in bundles by component, and 10 MB over standard input', async () => {
  const { stack, seen } = await bringUp()
  const { project } = stack
  const before = readdirSync(project.tmp)
  project.write('reviewers.toml', reviewersOf('fine alder hub/clean'))
  git(project, 'init', '-q', '-b', 'main')
  const commit = (message: string): string => {
    git(project, 'add', '-A')
    return git(project, '-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-q', '-m', message)
  }
  commit('first')
  const lines = (length: number): string =>
    Array.from({ length }, (_, n) => `line ${n} ${'.'.repeat(60)}\n`).join('')
  project.write('src/with blank ä.ts', lines(2_000))
  project.write('docs/x.md', 'hello\n')
  project.write('docs/x.png', new Uint8Array([0, 1, 2, 3]))
  project.write('package-lock.json', lines(100))
  commit('second')

  const dry = await runTool(project, ['review', '--range', 'HEAD~1..HEAD', '--dry-run'])
  expect({ code: dry.code, stderr: dry.stderr }).toEqual({ code: 0, stderr: '' })
  expect(dry.stdout).toMatch(
    /\n--- 3 hunks: 2 in 5 bundles \(1 in pieces\), 1 left out; put together they are the diff, byte for byte ---\n$/,
  )
  expect(seen).toEqual([])

  const done = await review(stack, '--range', 'HEAD~1..HEAD', '--json')
  expect(done.code, done.stderr).toBe(0)
  const report = JSON.parse(done.stdout) as ReviewReport
  expect(report).toMatchObject({
    label: 'HEAD-1..HEAD',
    source: { kind: 'range', commits: 1 },
    diff: { files: 4, hunks: 3 },
    denominator: { verdicts: 5, asked: 5 },
  })
  expect(report.bundles.map(({ name }) => name)).toEqual(['docs', 'top', 'src-1', 'src-2', 'src-3'])
  expect(report.leftOut).toMatchObject([
    { path: 'docs/x.png', reason: 'binary' },
    { path: 'package-lock.json', reason: 'generated', hunks: 1 },
  ])
  expect(report.answers.map(({ file }) => file)).toEqual(
    ['docs', 'top', 'src-1', 'src-2', 'src-3'].map((bundle) => `verdicts/HEAD-1..HEAD_${bundle}_fine.md`),
  )
  // What the reviewers got, taken out of their questions: every line of the file once, none message over 60 KB.
  const diffs = seen.map(
    ({ messages }) => /^BEGIN \w+\n([\s\S]*)^END \w+$/m.exec(messages[1]?.content ?? '')?.[1] ?? '',
  )
  const added = diffs
    .flatMap((text) => parseDiff(Buffer.from(text).toString('latin1')).files)
    .filter(({ path }) => path === 'src/with blank ä.ts')
    .flatMap(({ hunks }) => hunks.flatMap(({ body }) => body.match(/^\+.*\n/gm) ?? []))
  expect(added.sort()).toEqual([...lines(2_000).matchAll(/.*\n/g)].map(([line]) => `+${line}`).sort())
  for (const question of seen) {
    const bytes = question.messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0)
    expect(bytes).toBeLessThan(60_000)
  }

  const large = project.write('large.diff', DIFF.replace('+  return true', `+${'x'.repeat(10_000_000)}`))
  const through = (command: readonly string[]) => ['/bin/sh', '-c', `exec "$@" < ${large}`, 'sh', ...command]
  const send = (...args: readonly string[]) =>
    runTool(project, ['review', '-', '--label', 'large', ...args], { env: { CHAT_TOKEN: TOKEN }, through })
  const refused = await send()
  expect(refused.code).toBe(2)
  expect(refused.stderr).toMatch(/^error: the diff is 10\.0 MB large; over 100 KB reviewers give up\./)
  const sent = await send('--allow-large', '--json')
  expect(sent.code, sent.stderr).toBe(0)
  expect((JSON.parse(sent.stdout) as ReviewReport).guard.overridden).toBe(true)
  expect(seen.at(-1)?.messages[1]?.content.length).toBeGreaterThan(10_000_000)
  expect(readdirSync(project.tmp)).toEqual(before)
})

it('ends with 130 when it is interrupted, and leaves nothing half', async () => {
  const { url, seen } = await startModels()
  const project = createProject()
  project.write('reviewers.toml', '[[reviewers]]\nname = "slow"\nlineage = "alder"\nmodel = "hub/slow"\n')
  project.write('x.diff', DIFF)
  const tool = startTool(project, ['review', 'x.diff', '--label', 'x', '--chat', `${url}/v1/chat`])
  await until('the question', () => seen.length === 1)
  tool.child.kill('SIGINT')
  const done = await tool.finished
  expect(done.code, done.stderr).toBe(130)
  expect(done.stderr).toMatch(/^error: interrupted before anybody answered; nothing is kept$/m)
  const day = readdirSync(join(project.root, 'reports/review'))[0] ?? ''
  const left = readdirSync(join(project.root, 'reports/review', day), { recursive: true })
  expect(left).toEqual(['verdicts'])
})

it('says what is missing, and with which exit code', async () => {
  const project = createProject()
  const run = (...args: readonly string[]) => runTool(project, ['review', ...args])
  const expectRefusal = async (args: readonly string[], code: number, said: RegExp): Promise<void> => {
    const done = await run(...args)
    expect({ code: done.code, stdout: done.stdout }, done.stderr).toEqual({ code, stdout: '' })
    expect(done.stderr).toMatch(said)
  }
  await expectRefusal([], 2, /^error: name either a file that holds a diff/)
  await expectRefusal(
    ['x.diff', '--label', 'x'],
    4,
    /^error: no reviewer is configured: there is no reviewers.toml here/,
  )
  project.write('reviewers.toml', '# [[reviewers]]\n')
  await expectRefusal(['x.diff', '--label', 'x'], 4, /^error: no reviewer is configured in reviewers.toml/)
  project.write('reviewers.toml', reviewersOf('north alder hub/good'))
  await expectRefusal(['x.diff'], 2, /^error: a diff needs a name: --label LABEL/)
  await expectRefusal(['x.diff', '--label', '../x'], 2, /^error: "\.\.\/x" is no label/)
  await expectRefusal(
    ['x.diff', '--label', 'x'],
    3,
    /^error: the chat endpoint is chatd of stack.toml, which is not up; boot it/,
  )
  const chat = ['--chat', 'http://127.0.0.1:1/v1/chat']
  await expectRefusal(['x.diff', '--label', 'x', ...chat], 2, /CHAT_TOKEN is not set/)
  project.write('reviewers.toml', '[[reviewers]]\nname = "north"\nlineage = "alder"\nmodel = "hub/good"\n')
  await expectRefusal(['x.diff', '--label', 'x', ...chat], 2, /^error: the diff cannot be read: ENOENT/)
  project.write('x.diff', '')
  await expectRefusal(['x.diff', '--label', 'x', ...chat], 4, /^error: x.diff holds no change/)
  await expectRefusal(['--range', 'a..b', '--allow-large'], 2, /cannot be used with option/)
  expect(existsSync(join(project.root, 'reports'))).toBe(false)
})
