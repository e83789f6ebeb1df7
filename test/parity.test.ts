/** `smokechain parity`: two implementations, asked the same; the real CLI, real servers, real daemons. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { ParityReport } from '../src/parity/types.ts'
import {
  createProject,
  daemon,
  expectNothingLeft,
  type Finished,
  listening,
  type Project,
  processesOf,
  runTool,
  stackOf,
  startTool,
  until,
} from './support/rig.ts'
import { REPOSITORY } from './support/tool.ts'

/** Answers every request with this JSON, after `before`. Ended with the test. */
async function serve(
  body: unknown,
  before: (url: string) => Promise<unknown> = async () => undefined,
): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', async () => {
      await before(request.url ?? '')
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

const CASES = `name = "shop"
known_gaps = "gaps.toml"
[[cases]]
name = "order"
path = "/v1/orders/1"
`

function project(): Project {
  const made = createProject()
  made.write('shop.toml', CASES)
  made.write('gaps.toml', '# none\n')
  return made
}

const parity = (made: Project, ...args: readonly string[]): Promise<Finished> =>
  runTool(made, ['parity', ...args])

it('finds what differs at its path, and passes once it is a known gap', async () => {
  const made = project()
  const sides = [
    '--left',
    await serve({ id: 1, name: 'Ada' }),
    '--right',
    await serve({ id: '1', name: 'Ada' }),
  ]
  const run = await parity(made, 'shop.toml', ...sides)
  expect(run.stderr).toBe('')
  expect(run.stdout).toContain('shape at $.id: left integer, right string')
  expect(run.stdout).toMatch(/\n1\/1 status codes match · 1\/1 body shapes diverge\n$/)
  expect(run.code).toBe(1)

  made.write(
    'gaps.toml',
    '[[gaps]]\nid = "id-text"\nsuite = "shop"\ncase = "order"\npaths = ["$.id"]\nreason = "the old client sends text"\ndate = "2026-11-20"\n',
  )
  const known = await parity(made, 'shop.toml', ...sides)
  expect(known.stdout).toContain('known gap id-text: $.id')
  expect(known.code).toBe(0)

  const closed = await parity(made, 'shop.toml', '--left', sides[1] ?? '', '--right', sides[1] ?? '')
  expect(closed.stdout).toContain('id-text has closed: take its row out of the file')
  expect(closed.code).toBe(0)
  expect(existsSync(join(made.root, 'logs'))).toBe(false)
})

it('writes its reports to files, and keeps standard output for one', async () => {
  const made = project()
  const url = await serve({ id: 1 })
  const both = ['shop.toml', '--left', url, '--right', url]
  const run = await parity(
    made,
    ...both,
    '--json',
    '--reporter',
    'markdown=out/parity.md',
    '--reporter',
    'text=out/parity.txt',
  )
  expect(run.code).toBe(0)
  const report = JSON.parse(run.stdout) as ParityReport
  expect(report).toMatchObject({
    schema: 1,
    suite: 'shop',
    verdict: 'match',
    exitCode: 0,
    counts: { cases: 1 },
  })
  expect(readdirSync(join(made.root, 'out')).toSorted()).toEqual(['parity.md', 'parity.txt'])
  expect(readFileSync(join(made.root, 'out/parity.md'), 'utf8')).toContain(`**${report.headline}**`)
  expect(readFileSync(join(made.root, 'out/parity.txt'), 'utf8')).toMatch(/body shapes match\n$/)
})

it('a report that cannot be written is told: exit 70', async () => {
  const made = project()
  const url = await serve({ id: 1 })
  const run = await parity(
    made,
    'shop.toml',
    '--left',
    url,
    '--right',
    url,
    '--reporter',
    'json=/proc/none/x.json',
  )
  expect(run.stderr).toMatch(/^error: \/proc\/none\/x\.json could not be written: ENOENT/)
  expect(run.stdout).toMatch(/body shapes match\n$/)
  expect(run.code).toBe(70)
})

it('a side that is down is unknown: exit 3', async () => {
  const made = project()
  const run = await parity(made, 'shop.toml', '--left', await serve({}), '--right', 'http://127.0.0.1:1')
  expect(run.stdout).toContain('UNKNOWN  order\n  right: no answer: connection refused')
  expect(run.code).toBe(3)
})

it.each([
  [
    'two reporters for one output',
    ['--json', '--reporter', 'text'],
    'only one reporter can have standard output, not text and json',
  ],
  ['an unknown reporter', ['--reporter', 'txt'], 'no reporter is named "txt"; did you mean "text"?'],
  [
    'a daemon without a stack file',
    ['--left', 'web', '--right', 'web'],
    '"web": no URL (http://…), and there is no stack file',
  ],
  [
    'an unknown daemon',
    ['--left', 'wbe', '--right', 'web', '--stack', 'stack.toml'],
    'no daemon of stack.toml either: "wbe"; did you mean "web"?',
  ],
  [
    'a cases file that is not there',
    ['--gaps', 'none.toml', '--left', 'http://a', '--right', 'http://b'],
    'none.toml: error: there is no such file',
  ],
])('refuses %s: exit 2', async (_what, args, message) => {
  const made = project()
  made.stack(stackOf(['x'], daemon('web')))
  const run = await parity(made, 'shop.toml', ...args)
  expect(run.stderr).toContain(message)
  expect(run.stdout).toBe('')
  expect(run.code).toBe(2)
  expect(existsSync(join(made.root, 'logs'))).toBe(false)
})

it('boots the sides from a stack file, and leaves nothing behind', async () => {
  const made = project()
  made.write(
    'shop.toml',
    `left = "one"\nright = "two"\nstack = "stack.toml"\n${CASES.replace('/v1/orders/1', '/health')}`,
  )
  made.stack(stackOf(['x'], daemon('one'), daemon('two'), daemon('other', { orders: { exit: 1 } })))
  const run = await parity(made, 'shop.toml')
  expect(run.stderr).toBe('')
  expect(run.stdout).toMatch(/left {3}one {2}http:\/\/127\.0\.0\.1:\d+\n/)
  expect(run.code).toBe(0)
  expect(readdirSync(join(made.root, 'logs/parity'))).toEqual([])
  await expectNothingLeft(run)
})

it('says why a side did not come up, keeps its log, and leaves nothing behind: exit 3', async () => {
  const made = project()
  made.write('shop.toml', `left = "one"\nright = "two"\nstack = "stack.toml"\n${CASES}`)
  made.stack(stackOf(['x'], daemon('one'), daemon('two', { orders: listening({ exit: 7 }) })))
  const run = await parity(made, 'shop.toml')
  expect(run.code).toBe(3)
  expect(run.stdout).toMatch(/left: the stack did not come up: two /)
  expect(run.stdout).toMatch(/0\/1 status codes match · 0\/1 body shapes match · 1\/1 unknown\n$/)
  expect(run.stderr).toMatch(/^logs: .*logs\/parity\//)
  const [id = ''] = readdirSync(join(made.root, 'logs/parity'))
  expect(existsSync(join(made.root, 'logs/parity', id, 'daemons/two.log'))).toBe(true)
  await expectNothingLeft(run)
})

it('a daemon that closes its socket a moment before it dies has died, and not fallen silent', async () => {
  const made = project()
  made.write('late.toml', 'name = "late"\n[[cases]]\nname = "last"\npath = "/last"\n')
  made.write(
    'late.mjs',
    `import { createServer } from 'node:http'
const server = createServer(({ url }, response) => {
  if (url !== '/last') return response.end('{}')
  server.close()
  server.closeAllConnections()
  setTimeout(() => process.exit(9), 100)
}).listen(Number(process.argv[2]), '127.0.0.1')
`,
  )
  made.stack(
    stackOf(['x'], '[daemons.one]\ncommand = ["node", "late.mjs", "{port}"]\nbind = "127.0.0.1:0"\n'),
  )
  const sides = ['--left', 'one', '--right', await serve({})]
  const run = await parity(made, 'late.toml', '--stack', 'stack.toml', ...sides)
  expect(run.stdout).toMatch(/^one died after .*: it exited with code 9/m)
  expect(run.stdout).not.toContain('no longer alive')
  expect(run.code).toBe(3)
  await expectNothingLeft(run)
})

it('a daemon that dies of the question is told, with its log: exit 3', async () => {
  const made = project()
  made.write(
    'die.toml',
    'name = "die"\n[[cases]]\nname = "exit"\nmethod = "POST"\npath = "/exit/9"\n[[cases]]\nname = "after"\npath = "/after"\n',
  )
  made.stack(stackOf(['x'], daemon('one')))
  const isGone = () => processesOf(made).every(({ command }) => !command.includes('puppet'))
  const right = await serve(
    {},
    async (url) => url === '/after' && (await until('the daemon to be gone', isGone)),
  )
  const run = await parity(made, 'die.toml', '--stack', 'stack.toml', '--left', 'one', '--right', right)
  expect(run.stdout).toMatch(/UNKNOWN {2}exit\n {2}left: no answer: /)
  expect(run.stdout).toMatch(/^one died after .*: it exited with code 9/m)
  expect(run.code).toBe(3)
  await expectNothingLeft(run)
})

it('Ctrl-C ends the asking, stops the daemons in order, and leaves nothing behind: exit 130', async () => {
  const made = project()
  const silent = createServer()
  const asked = new Promise<void>((resolve) => silent.once('request', () => resolve()))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    silent.close()
    silent.closeAllConnections()
  })
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  made.stack(stackOf(['x'], daemon('one')))
  const sides = ['--left', 'one', '--right', `http://127.0.0.1:${port}`, '--stack', 'stack.toml']
  const tool = startTool(made, ['parity', 'shop.toml', ...sides])
  await Promise.race([asked, tool.finished])
  tool.child.kill('SIGINT')
  const run = await tool.finished
  expect(run.code).toBe(130)
  expect(run.stdout).toContain('right: not asked to the end: interrupted')
  expect(run.stdout).toContain('interrupted')
  await expectNothingLeft(run)
})

it('validatord in its two wire forms: the gap that is known from two real runtimes', async () => {
  const made = createProject()
  const file = join(REPOSITORY, 'parity/validator.toml')
  const run = await runTool(made, ['parity', file, '--json'])
  const report = JSON.parse(run.stdout) as ParityReport
  expect(report.headline).toBe('6/6 status codes match · 5/6 body shapes diverge')
  expect(report.verdict).toBe('known-gaps')
  expect(report.gaps.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => 'open'))
  expect(run.code).toBe(0)

  const equal = await runTool(made, ['parity', file, '--right', 'validatord_tagged'])
  expect(equal.stdout).toMatch(/\n6\/6 status codes match · 6\/6 body shapes match\n$/)
  expect(equal.code).toBe(0)
})
