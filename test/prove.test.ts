/** `smokechain prove`: a smoke that passes on a stack that does nothing is named, and nothing else is touched. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  createProject,
  daemon,
  expectNothingLeft,
  type Finished,
  goodSmoke,
  type Project,
  runTool,
  smokeOf,
  stackOf,
  startTool,
  until,
} from './support/rig.ts'

const TOOTHLESS = smokeOf(`    await step('web answers', () => web.get('/health', { status: 200 }))`)
const REFUSES = smokeOf(
  `    await step('web refuses', () => web.get('/no/such', { status: match.not(404) }))
    await step('web is restarted', async () => {
      await stack.restart('web', { signal: 'SIGKILL' })
      await web.get('/health', { status: 200, json: { status: 'ok' } })
    })`,
  { uses: ['stack'] },
)
const SKIPS = smokeOf(`    skip('no network here')`, { uses: ['skip'] })

function shop(smokes: Readonly<Record<string, string>>): Project {
  const project = createProject()
  // A secret that is not there, a fixed port, a daemon without a socket: a null stack needs none of it.
  project.stack(
    stackOf(
      Object.keys(smokes),
      daemon('db', { lines: ['env = { DB_PASSWORD = "{env.NO_SUCH_VARIABLE}" }'] }),
      daemon('web', { lines: ['needs = ["db"]', 'max_rss = "1MiB"'] }),
      ['[daemons.worker]', 'command = ["no-such-program"]', 'ready = { log = "up" }', ''].join('\n'),
    ),
  )
  for (const [id, source] of Object.entries(smokes)) project.smoke(id, source)
  return project
}

const prove = (project: Project, ...args: string[]): Promise<Finished> =>
  runTool(project, ['prove', '--stack', 'stack.toml', ...args])

it('names the smoke that passes on a stack that does nothing, and exits 1', async () => {
  const project = shop({ solid: goodSmoke(), toothless: TOOTHLESS })
  const run = await prove(project)
  expect(run.stderr).toBe('')
  expect(run.code).toBe(1)
  const lines = run.stdout.split('\n')
  expect(lines.slice(0, 6)).toEqual([
    'ok solid fails on "200 {}": 0 of 1 step pass',
    'NOT OK toothless passes on "200 {}": it proves nothing, 1 of 1 step pass',
    'ok solid fails on "200 empty": 0 of 1 step pass',
    'NOT OK toothless passes on "200 empty": it proves nothing, 1 of 1 step pass',
    'ok solid fails on "500": 0 of 1 step pass',
    'ok toothless fails on "500": 0 of 1 step pass',
  ])
  expect(run.stdout).toMatch(/^toothless {2}web answers +200 \{\}, 200 empty$/m)
  expect(run.stdout).toContain('toothless passes on a stack that does nothing')
  expect(lines.at(-2)).toBe('--- prove: 1 of 2 smokes pass on the null stacks, 1 of 2 steps do ---')
  // The logs say what the toothless smoke was content with.
  const [id = ''] = readdirSync(join(project.root, 'logs/prove'))
  expect(run.read(join('logs/prove', id, 'object/smokes/toothless.log'))).toContain('/health -> 200 {}')
  expect(existsSync(join(project.root, 'logs/latest'))).toBe(false)
  await expectNothingLeft(run)
})

it('lists single steps of smokes that fail as a whole, restarts null daemons, and leaves no logs', async () => {
  const project = shop({ refuses: REFUSES, skips: SKIPS })
  const run = await prove(project)
  expect(run.code).toBe(0)
  expect(run.stdout).toContain('ok refuses fails on "200 {}": 1 of 2 steps pass')
  expect(run.stdout).toContain('SKIP skips on "500": proves nothing here (no network here)')
  expect(run.stdout).toMatch(/^refuses {2}web refuses +200 \{\}, 200 empty, 500$/m)
  expect(run.stdout).toMatch(/--- prove: 0 of 2 smokes pass on the null stacks, 1 of 2 steps do ---\n$/)
  expect(readdirSync(join(project.root, 'logs/prove'))).toEqual([])
  await expectNothingLeft(run)
})

it('goes by the exit code of executable smokes', async () => {
  const project = createProject()
  project.stack(stackOf(['curl'], daemon('web')))
  project.write('smokes/curl.sh', '#!/bin/sh\n# title: it answers\n# needs: web\nexit 0\n', 0o755)
  const run = await prove(project)
  expect(run.code).toBe(1)
  expect(run.stdout).toContain('curl passes on a stack that does nothing')
})

it('prints one JSON document, and nothing else, on request', async () => {
  const run = await prove(shop({ solid: goodSmoke(), toothless: TOOTHLESS }), '--json', '--only', 'toothless')
  expect(run.code).toBe(1)
  expect(JSON.parse(run.stdout)).toMatchObject({
    schema: 1,
    exitCode: 1,
    smokes: { tried: 1, passing: ['toothless'], untried: [] },
    steps: {
      reached: 1,
      passing: [{ smoke: 'toothless', step: 'web answers', answers: ['200 {}', '200 empty'] }],
    },
  })
  expect(run.stderr).toContain('NOT OK toothless passes on "200 {}"')
})

it('refuses an unknown smoke with exit code 2', async () => {
  const run = await prove(shop({ solid: goodSmoke() }), '--only', 'sold')
  expect(run.code).toBe(2)
  expect(run.stderr).toContain('no smoke named "sold"; did you mean "solid"?')
  expect(existsSync(join(run.project.root, 'logs'))).toBe(false)
})

it('says that it was interrupted, and leaves nothing running', async () => {
  const waits = smokeOf(
    `    await step('web answers', () => web.get('/health', { status: 404 }))
    await new Promise((resolve) => signal.addEventListener('abort', resolve))`,
    { uses: ['signal'] },
  )
  const tool = startTool(shop({ solid: goodSmoke(), waits }), ['prove', '--stack', 'stack.toml'])
  await until('the first result', () => tool.stdout.includes('ok solid fails on "200 {}"'))
  tool.child.kill('SIGINT')
  const run = await tool.finished
  expect(run.code).toBe(130)
  expect(run.stdout).toMatch(/, interrupted ---\n$/)
  await expectNothingLeft(run)
})
