/** Runs in a row: `verify --repeat`, `--until-fail`, `--stress`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { RepeatReport } from '../src/history/repeat.ts'
import { flakySmoke, holdingSmoke } from './support/flaky.ts'
import { operate } from './support/operate.ts'
import {
  createProject,
  daemon,
  expectNothingLeft,
  goodSmoke,
  type Project,
  processesOf,
  report,
  stackOf,
  startVerify,
  until,
  verify,
} from './support/rig.ts'

/** `good` always passes; `flaky` fails in every third run. */
function projectOfTwo(): Project {
  const project = createProject()
  project.stack(stackOf(['good', 'flaky'], daemon('web')))
  project.smoke('good', goodSmoke())
  project.smoke('flaky', flakySmoke(project))
  return project
}

/** Bars depend on the machine. */
const withoutBars = (text: string): string => text.replaceAll(/[▁▂▃▄▅▆▇█]/g, '▄').replaceAll(/ {2,}/g, '  ')

it('--repeat: each run in a line, a red one in full, and what they tell together', async () => {
  const finished = await verify(projectOfTwo(), '--repeat', '4')
  expect(finished.code).toBe(1)
  expect(withoutBars(report(finished))).toMatchInlineSnapshot(`
    "
    run 1  --- 2 PASS / 0 FAIL ---  <time>  <run>
    run 2  --- 2 PASS / 0 FAIL ---  <time>  <run>

    FAIL flaky  not every third run
      ✗ flaky: step "its count is right" failed: every third
      expected: false
      received: true
      at:  <project>/smokes/flaky.ts:14:44
      log of web:
      listening <clock>
      up
      rerun: node <repo>/src/smokechain.mjs verify --stack stack.toml --only flaky

    stack test · …
    PASS good <n>s
    FAIL flaky <n>s
    --- 1 PASS / 1 FAIL ---
    run 3  --- 1 PASS / 1 FAIL ---  <time>  <run>

    run 4  --- 2 PASS / 0 FAIL ---  <time>  <run>

    4 runs of test in <time> · whole and green: median <time>, worst <time>

    smoke  runs  passed  median  worst  trend
    good  4  100%  <time>  <time>  ▄▄▄▄
    flaky  4  75%  <time>  <time>  ▄▄✗▄  FLAKY

    red <run>  exit 1  --- 1 PASS / 1 FAIL ---

    FLAKY flaky: 3 PASS and 1 FAIL in a row; failed in <run>

    --- 3 of 4 runs passed ---
    "
  `)
  await expectNothingLeft(finished)
})

it('--repeat --json: one document, also of an earlier limit; files hold the first red run', async () => {
  const project = projectOfTwo()
  const args = ['--repeat', '5', '--until-fail', '--json', '--reporter', 'json=red.json']
  const finished = await verify(project, ...args)
  expect(finished.code).toBe(1)
  const document = JSON.parse(finished.stdout) as RepeatReport
  expect(document).toMatchObject({
    schema: 1,
    stack: 'test',
    ended: 'red',
    exitCode: 1,
    stressed: false,
    summary: { runs: 3, passed: 2, smokes: [{ passed: 3 }, { smoke: 'flaky', flaky: [{ passed: 2 }] }] },
  })
  const red = document.runs[2]?.run
  expect(document.summary.smokes[1]?.flaky[0]?.failed).toEqual([red])
  expect(JSON.parse(readFileSync(join(project.root, 'red.json'), 'utf8'))).toMatchObject({
    run: red,
    exitCode: 1,
  })
  expect(readdirSync(join(project.root, 'logs/runs'))).toEqual(document.runs.map(({ run }) => run))
})

it('--until-fail with --repeat: the number ends it when all are green', async () => {
  const finished = await verify(projectOfTwo(), '--until-fail', '--repeat', '2')
  expect(finished.code).toBe(0)
  expect(finished.stdout).toMatch(/\n--- 2 of 2 runs passed ---\n$/)
})

it('Ctrl-C ends the runs, in order, and what they told is told', async () => {
  const project = projectOfTwo()
  const hold = holdingSmoke(project, 2)
  project.smoke('flaky', hold.source)
  const tool = startVerify(project, '--until-fail')
  await hold.reached()
  tool.child.kill('SIGINT')
  const finished = await tool.finished
  expect(finished.code).toBe(130)
  expect(finished.stdout).toContain('\n2 runs of test in ')
  expect(finished.stdout).toContain(' · interrupted · ')
  expect(finished.stdout).toMatch(/\n--- 1 of 2 runs passed ---\n$/)
  await expectNothingLeft(finished)
})

const burnersOf = (project: Project): number =>
  processesOf(project).filter(({ command }) => command.includes('burner-process')).length

it('--stress: cores are busy while it runs, and nothing is left', async () => {
  const project = projectOfTwo()
  const hold = holdingSmoke(project, 1)
  project.smoke('flaky', hold.source)
  const tool = startVerify(project, '--stress', '1', '--json')
  await hold.reached()
  // Its time began before that.
  const reachedAt = performance.now()
  expect(burnersOf(project)).toBeGreaterThan(0)
  // Until its time is over, so that this is the only run.
  await until('a second to pass', () => performance.now() - reachedAt > 1_000)
  hold.release()
  const finished = await tool.finished
  expect(finished.code).toBe(0)
  expect(JSON.parse(finished.stdout)).toMatchObject({
    ended: 'time',
    stressed: true,
    runs: [{ stressed: true }],
  })
  await expectNothingLeft(finished)
})

it('--stress, killed: the burners go as well', async () => {
  const project = projectOfTwo()
  const hold = holdingSmoke(project, 1)
  project.smoke('flaky', hold.source)
  const tool = startVerify(project, '--stress', '60')
  await hold.reached()
  expect(burnersOf(project)).toBeGreaterThan(0)
  tool.child.kill('SIGKILL')
  await until('the burners to end', () => burnersOf(project) === 0)
  await expectNothingLeft(await tool.finished, { killed: true })
})

it('--attach: several runs on the stack that is up, which knows no tree', async () => {
  const stack = operate(stackOf(['good'], daemon('web')))
  stack.project.smoke('good', goodSmoke())
  await stack.up()
  const finished = await stack.run('verify', '--attach', '--repeat', '2', '--json')
  expect(finished.code, finished.stderr).toBe(0)
  expect([finished.code, finished.stderr.match(/^run \d/gm)]).toEqual([0, ['run 1', 'run 2']])
  const { runs } = JSON.parse(finished.stdout) as RepeatReport
  expect(runs.map(({ attached, green, tree, exitCode }) => ({ attached, green, tree, exitCode }))).toEqual(
    Array.from({ length: 2 }, () => ({ attached: true, green: false, tree: undefined, exitCode: 0 })),
  )
  expect((await stack.run('down')).code).toBe(0)
  await stack.expectNothingLeft()
})

it('a run that cannot begin ends them', async () => {
  const project = projectOfTwo()
  project.smoke('flaky', 'export default 7\n')
  const finished = await verify(project, '--repeat', '3')
  expect(finished.code).toBe(2)
  expect(finished.stdout).toContain('0 runs of test')
  expect(finished.stdout).toContain('ended by a run that could not begin')
})

it.each([
  [
    ['--repeat', '2', '--reporter', 'tap'],
    'several runs make no tap on standard output; give it a file: --reporter tap=FILE',
  ],
  [['--stress', '1', '--fail-on-slow'], '--fail-on-slow tells nothing under --stress'],
  [['--repeat', '0'], 'It must be a whole number, 1 or more'],
  [['--stress', '1.5'], 'It must be a whole number, 1 or more'],
])('%j is refused', async (args, why) => {
  const project = projectOfTwo()
  const finished = await verify(project, ...args)
  expect(finished.code).toBe(2)
  expect(finished.stderr).toContain(why)
  expect(existsSync(join(project.root, 'logs'))).toBe(false)
})
