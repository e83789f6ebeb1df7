/** `gauntlet` of small projects: four phases, one verdict; the real CLI, real daemons, real servers. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { GauntletReport } from '../src/gauntlet/types.ts'
import { git } from './support/git.ts'
import { expectNothingLeft } from './support/leftovers.ts'
import { createProject, type Project } from './support/project.ts'
import { daemon, smokeOf, stackOf } from './support/stacks.ts'
import { type Finished, runTool, startTool } from './support/tool.ts'
import { until } from './support/until.ts'

const CLAIMS = `[claims.answers]
sentence = "the shop answers"
risk = "nobody can buy anything"
severity = "high"

[gates.door]
claims = ["answers"]
command = ["node", "-e", "console.log('the door is open')"]
`

/** One daemon, one smoke for one claim, one gate. */
function shop(orders?: object): Project {
  const project = createProject()
  project.stack(stackOf(['d1'], daemon('web', orders ? { orders } : {})))
  const body = `    await step('it is well', { claims: ['answers'] }, () => web.get('/health', { status: 200 }))`
  project.smoke('d1', smokeOf(body).replace('needs:', `claims: ['answers'],\n  needs:`))
  project.write('claims.toml', CLAIMS)
  return project
}

const gauntlet = (project: Project, ...args: readonly string[]): Promise<Finished> =>
  runTool(project, ['gauntlet', '--stack', 'stack.toml', ...args])

function reportsOf(project: Project): string[] {
  const folder = join(project.root, 'reports/gauntlet')
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
}

function readReport(project: Project, index = 0): { report: GauntletReport; markdown: string } {
  const file = join(project.root, 'reports/gauntlet', reportsOf(project)[index] ?? '')
  const report: GauntletReport = JSON.parse(readFileSync(file, 'utf8'))
  return { report, markdown: readFileSync(file.replace(/json$/, 'md'), 'utf8') }
}

const statesOf = ({ report }: { report: GauntletReport }) => report.phases.map(({ state }) => state)
const firstLines = (text: string, lines: number): string => text.split('\n').slice(0, lines).join('\n')

/** Answers every request with this JSON, until the test is over. */
async function serve(body: unknown): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

it('without reviewers and parity: both skipped in sight, never passed; the second tells what is different', async () => {
  const project = shop()
  const first = await gauntlet(project)
  expect(first.code, first.stderr).toBe(0)
  expect(firstLines(first.stdout, 3)).toMatch(
    /^SHIP-WITH-KNOWN-GAP {2}test, .*\n {2}- review: skipped: no reviewer is configured: there is no reviewers.toml \[G1\]/,
  )
  expect(first.stdout).toMatch(/^2 review {6}SKIPPED/m)
  expect(first.stdout).toMatch(/^3 parity {6}SKIPPED/m)
  expect(first.stdout.trimEnd().split('\n').at(-1)).toBe('--- gauntlet: ship-with-known-gap ---')
  expect(first.stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  expect(statesOf(readReport(project))).toEqual(['passed', 'skipped', 'skipped', 'passed'])

  project.write(
    'claims.toml',
    CLAIMS.replace('"high"', '"low"').replace("console.log('the door is open')", 'process.exit(2)'),
  )
  const second = await gauntlet(project, '--json')
  expect(second.code).toBe(1)
  expect(reportsOf(project)).toHaveLength(2)
  expect((JSON.parse(second.stdout) as GauntletReport).last?.differences).toEqual([
    'verdict: ship-with-known-gap → hold',
    'assessment: passed → failed',
    'claim answers: proven → broken',
    'gate door: passed → failed',
    'claims proven: 1 → 0',
    'claims broken: 0 → 1',
    'gates passed: 1 → 0',
  ])
  await expectNothingLeft(second)
})

it('with a broken daemon: hold, and the first lines of terminal and report say why', async () => {
  const project = shop({ print: ['no disk here'], exit: 7 })
  const { code, stdout } = await gauntlet(project)
  expect(code).toBe(1)
  const why = 'web exited with code 7'
  expect(firstLines(stdout, 3)).toMatch(/^HOLD {2}test, /)
  expect(firstLines(stdout, 3)).toContain(why)
  const { report, markdown } = readReport(project)
  expect(firstLines(markdown, 6)).toContain('# Readiness of test: **hold**')
  expect(firstLines(markdown, 6)).toContain(why)
  expect(report.holds.map(({ rule }) => rule)).toEqual(['H1', 'H6'])
  expect(report.claims?.claims[0]?.state).toBe('partly')
})

it('with a smoke that is no smoke: hold, and why the chain did not begin', async () => {
  const project = shop()
  project.smoke('d1', 'export default 7\n')
  const { code, stdout } = await gauntlet(project)
  expect(code).toBe(1)
  expect(firstLines(stdout, 3)).toContain('full chain: the chain did not begin: smokes/d1.ts')
})

it('parity: a new divergence holds, a known one is shipped with, a side that is down is unknown', async () => {
  const project = shop()
  const [left, right] = [await serve({ id: 1 }), await serve({ id: '1' })]
  const suite = (other: string): string =>
    `name = "till"\nleft = "${left}"\nright = "${other}"\nknown_gaps = "gaps.toml"\n[[cases]]\nname = "order"\npath = "/"\n`
  project.write('parity/till.toml', suite(right))
  project.write('parity/gaps.toml', '# none\n')
  const fresh = await gauntlet(project, '--json')
  expect(fresh.code).toBe(1)
  expect(JSON.parse(fresh.stdout).holds).toEqual([
    { rule: 'H5', text: expect.stringMatching(/^parity: till: order: \$\.id: /) },
  ])

  const gap = (aspect: string) =>
    `[[gaps]]\nid = "k-${aspect}"\nsuite = "till"\ncase = "order"\naspect = "${aspect}"\npaths = ["$.id"]\nreason = "one is a text"\ndate = "2026-11-01"\n`
  project.write('parity/gaps.toml', gap('shape') + gap('value'))
  const known = await gauntlet(project, '--json')
  const report: GauntletReport = JSON.parse(known.stdout)
  expect(report.gaps.map(({ rule }) => rule)).toContain('G2')
  expect([known.code, report.verdict, report.phases[2]?.state]).toEqual([0, 'ship-with-known-gap', 'gaps'])

  project.write('parity/till.toml', suite('http://127.0.0.1:1'))
  const down: GauntletReport = JSON.parse((await gauntlet(project, '--json')).stdout)
  expect([down.verdict, down.phases[2]?.state]).toEqual(['hold', 'unknown'])
})

it('review: what reviewers say of a range decides; one that cannot be asked is unknown', async () => {
  const project = shop()
  project.write('reviewers.toml', '[[reviewers]]\nname = "north"\nlineage = "alder"\nmodel = "work/alder"\n')
  project.write('.gitignore', 'logs/\n')
  git(project, 'init', '-q')
  git(project, 'config', 'user.email', 'shop@example.org')
  git(project, 'config', 'user.name', 'Shop')
  for (const text of ['one\n', 'two\n']) {
    project.write('till.txt', text)
    git(project, 'add', '-A')
    git(project, 'commit', '-q', '-m', text.trim())
  }
  const say = async (content: string) =>
    await serve({
      ...{ content, provider: 'work', model: 'alder', latency_ms: 1 },
      ...{ input_tokens: 1, output_tokens: 1, finish_reason: 'stop' },
    })
  const ask = async (url: string, range = 'HEAD~1..HEAD'): Promise<GauntletReport> => {
    const args = ['--range', range, '--chat', `${url}/v1/chat`, '--json']
    return JSON.parse((await gauntlet(project, ...args)).stdout)
  }
  const fine = await ask(await say('VERDICT: ship'))
  expect([fine.verdict, fine.phases[1]?.state]).toEqual(['ship-with-known-gap', 'passed'])
  expect(fine.commit).toBe(git(project, 'rev-parse', 'HEAD'))
  expect(fine.tree?.dirty).toBe(false)

  for (const text of ['three\n', 'four\n']) {
    project.write('till.txt', text)
    git(project, 'commit', '-q', '-a', '-m', text.trim())
  }
  project.write('till.txt', 'five\n')
  const part = await ask(await say('VERDICT: ship'))
  expect([part.phases[1]?.state, part.phases[1]?.reasons]).toEqual([
    'gaps',
    [
      'a review reads commits, and there are changes that are not committed',
      'not reviewed: 1 commit between the last review and HEAD~1..HEAD',
    ],
  ])
  expect(part.gaps.filter(({ rule }) => rule === 'G7')).toHaveLength(1)
  git(project, 'commit', '-q', '-a', '-m', 'five')
  const whole = await ask(await say('VERDICT: ship'), 'HEAD~3..HEAD')
  expect(whole.phases[1]?.state).toBe('passed')

  const finding = 'SEVERITY: critical\nWHERE: till.txt:1\nWHAT: it is two\nWHY: it was one\n\nVERDICT: hold'
  const bad = await ask(await say(finding))
  expect([bad.verdict, bad.phases[1]?.state, bad.holds[0]?.rule]).toEqual(['hold', 'failed', 'H4'])

  const silent = await ask('http://127.0.0.1:1')
  expect([silent.verdict, silent.phases[1]?.state]).toEqual(['hold', 'unknown'])
})

it('interrupted: hold, a partial report that says so, exit code 130, nothing left', async () => {
  const project = shop()
  const script = `require('fs').writeFileSync('began', ''); setTimeout(() => {}, 60000)`
  project.write('claims.toml', CLAIMS.replace("console.log('the door is open')", script))
  const tool = startTool(project, ['gauntlet', '--stack', 'stack.toml'])
  await until('the gate to begin', () => existsSync(join(project.root, 'began')))
  tool.child.kill('SIGINT')
  const finished = await tool.finished
  expect(finished.code).toBe(130)
  expect(finished.stdout).toMatch(/^HOLD \(partial: SIGINT\) /)
  const { report, markdown } = readReport(project)
  expect(statesOf({ report })).toEqual(['passed', 'skipped', 'skipped', 'interrupted'])
  expect(markdown).toContain('**PARTIAL**: interrupted by SIGINT.')
  await expectNothingLeft(finished)
})

it('a project without claims: exit 2, and where they are looked for', async () => {
  const project = createProject()
  project.stack(stackOf(['d1'], daemon('web')))
  project.smoke('d1', smokeOf(`    await step('x', () => web.get('/health', { status: 200 }))`))
  const { code, stderr } = await gauntlet(project)
  expect(code).toBe(2)
  expect(stderr).toContain('there is no claims file: claims.toml, docs/claims.toml, or --claims FILE')
})
