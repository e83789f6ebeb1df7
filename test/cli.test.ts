/** The command line itself: usage, selection, output for people and for machines. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  createProject,
  expectNothingLeft,
  projectOfTwo,
  report,
  runTool,
  startVerify,
  verify,
} from './support/rig.ts'
import { LAUNCHER } from './support/tool.ts'

const USAGE: readonly (readonly string[])[] = [
  [],
  ['frobnicate'],
  ['verfy'],
  ['verify', '--stak', 'x'],
  ['verify', '--only'],
  ['verify', '--stack', 'stack.toml', '--only', 'd9'],
  ['verify', '--stack', 'stack.toml', '--from', 'd'],
  ['verify', '--stack', 'stack.toml', '--only', 'd1', '--from', 'd2'],
  ['verify', 'd1'],
  ['verify', '--stack', 'nowhere.toml'],
  ['verify'],
  ['schema', 'stak'],
]

it.each(USAGE.map((args) => ({ args, line: args.join(' ') })))(
  'usage: smokechain $line',
  async ({ args }) => {
    const finished = await runTool(projectOfTwo(), args)
    expect(finished.code).toBe(2)
    expect(finished.stdout).toBe('')
    // The usage itself grows with the tool.
    expect(report(finished).replace(/Usage: .*/s, 'Usage: …\n')).toMatchSnapshot()
    expect(finished.run).toBeUndefined()
  },
)

it('--version and --help', async () => {
  const project = createProject()
  const version = await runTool(project, ['--version'])
  expect(version.code).toBe(0)
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  for (const args of [['--help'], ['verify', '--help'], ['help', 'verify']]) {
    const help = await runTool(project, args)
    expect(help.code).toBe(0)
    expect(help.stdout).toMatch(/^Usage: smokechain/)
    expect(help.stderr).toBe('')
  }
})

it.each([
  ['22.18.0', 2],
  ['24.4.1', 2],
  ['24.5.0', 0],
  ['25.0.0', 0],
])('on Node %s the launcher ends with %i', (version, code) => {
  const pretend = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`
  const flags = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`]
  const ended = spawnSync(process.execPath, [...flags, LAUNCHER, '--version'], { encoding: 'utf8' })
  expect(ended.status).toBe(code)
  expect(ended.stderr).toMatch(code === 0 ? /^$/ : /^smokechain needs Node 24\.5 or newer; this is [^\n]*\n$/)
})

it('an empty selection is nothing to run: exit code 4', async () => {
  const finished = await verify(projectOfTwo(), '--only', ',')
  expect(finished.code).toBe(4)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    error: no smoke is selected
    "
  `)
  expect(finished.run).toBeUndefined()
})

it('--only boots only the daemons that are needed, and is never the whole chain', async () => {
  const finished = await verify(projectOfTwo(), '--only', 'd2,d1')
  expect(finished.code).toBe(0)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    booting 1 daemon
      ready web  <time>
    up in <time>
    PASS d1 <n>s
    PASS d2 <n>s

    2 of 3 smokes selected: not the whole chain, so the gate does not count it
    stack test · …
    PASS d1 <n>s
    PASS d2 <n>s
    --- 2 PASS / 0 FAIL ---
    "
  `)
  await expectNothingLeft(finished)
})

it('--from runs the rest of the chain', async () => {
  const finished = await verify(projectOfTwo(), '--from', 'd2')
  expect(finished.code).toBe(0)
  expect(finished.read('ledger.txt')).toMatch(/^PASS d2 \d+s\nPASS d3 \d+s\n--- 2 PASS \/ 0 FAIL ---\n$/)
  await expectNothingLeft(finished)
})

it('--json prints ledger.json to standard output, and everything for people to standard error', async () => {
  const finished = await verify(projectOfTwo(), '--json')
  expect(finished.code).toBe(0)
  expect(finished.stdout).toBe(finished.read('ledger.json'))
  const document = JSON.parse(finished.stdout) as { exitCode: number; rows: { smoke: string }[] }
  expect(document.exitCode).toBe(0)
  expect(document.rows.map(({ smoke }) => smoke)).toEqual(['d1', 'd2', 'd3'])
  expect(finished.stderr).toMatch(/--- 3 PASS \/ 0 FAIL ---\n$/)
  await expectNothingLeft(finished)
})

it('--timing tells where the time went', async () => {
  const finished = await verify(projectOfTwo(), '--timing', '--only', 'd1')
  expect(finished.code).toBe(0)
  // What was used differs from run to run, and with it the width of its columns.
  const seen = report(finished).replace(/^used by[\s\S]*?(?=^1 of 3)/m, (tables) =>
    tables.replaceAll(/^( *(?:used by the \w+|\w+)).*$/gm, '$1 …'),
  )
  expect(seen).toMatchInlineSnapshot(`
    "
    booting 1 daemon
      ready web  <time>
    up in <time>
    PASS d1 <n>s

    boot    <time>: web <time>
    smokes  <time> in 1 smoke, slowest first:
      d1  <time>
        <time>  web says ok
    stop    <time>
    rest    <time>
    total   <time>
    used by the daemons …
      daemon …
      web …
    used by the smokes …
      smoke …
      d1 …
    1 of 3 smokes selected: not the whole chain, so the gate does not count it
    stack test · …
    PASS d1 <n>s
    --- 1 PASS / 0 FAIL ---
    "
  `)
  await expectNothingLeft(finished)
})

it('a reader who goes away does not disturb the run', async () => {
  const project = projectOfTwo()
  const tool = startVerify(project)
  await tool.event('boot.started')
  tool.child.stdout?.destroy()
  const finished = await tool.finished
  expect(finished.code).toBe(0)
  expect(finished.read('ledger.txt')).toMatch(/--- 3 PASS \/ 0 FAIL ---\n$/)
  await expectNothingLeft(finished)
})

it('colour only where it is wanted', async () => {
  const project = projectOfTwo()
  const plain = await runTool(project, ['verify', '--stack', 'stack.toml', '--only', 'd1'], {
    env: { NO_COLOR: '1' },
  })
  expect(plain.stdout).not.toContain('\u001b[')
  const coloured = await runTool(project, ['verify', '--stack', 'stack.toml', '--only', 'd1'], {
    env: { FORCE_COLOR: '1' },
  })
  expect(coloured.stdout).toContain('\u001b[')
  expect(coloured.read('ledger.txt')).not.toContain('\u001b[')
})

it('a stack is found by its name in stacks/, and is the default by the name dev', async () => {
  const project = projectOfTwo()
  const text = readFileSync(join(project.root, 'stack.toml'), 'utf8')
  project.write('stacks/dev.toml', text)
  project.write('stacks/small.toml', text.replace('name = "test"', 'name = "small"'))
  const byDefault = await runTool(project, ['verify', '--only', 'd1'])
  expect(byDefault.code, byDefault.stderr).toBe(0)
  const byName = await runTool(project, ['verify', '--stack', 'small', '--only', 'd1'])
  expect(byName.code, byName.stderr).toBe(0)
  expect(byName.stdout).toContain('stack small · ')
})

it('schemas are JSON, and describe what is there', async () => {
  const project = createProject()
  const stack = await runTool(project, ['schema'])
  const ledger = await runTool(project, ['schema', 'ledger'])
  for (const { code, stdout } of [stack, ledger]) {
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toHaveProperty('$schema')
  }
})
