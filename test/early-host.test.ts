/**
 * The smoke host is started before the stack file is read. Here the stack file is a pipe, so that the tool waits for its
 * text, with the host there, for as long as a test wants.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type FoundProcess, processesWith } from './support/processes.ts'
import {
  createProject,
  daemon,
  expectNothingLeft,
  goodSmoke,
  type Project,
  smokeOf,
  stackOf,
  startTool,
  startVerify,
  until,
} from './support/rig.ts'

/** A project whose `stack.toml` has no text yet. */
function projectWithPipe(): Project & { giveStack(toml: string): Promise<void> } {
  const project = createProject()
  execFileSync('sh', ['-c', 'mkfifo stack.toml'], { cwd: project.root })
  return { ...project, giveStack: (toml) => writeFile(join(project.root, 'stack.toml'), toml) }
}

const hostsOf = ({ home }: Project): FoundProcess[] =>
  processesWith(`HOME=${home}`).filter(({ command }) => command.includes('host-process'))

const hostOf = (project: Project): Promise<FoundProcess> => until('the smoke host', () => hostsOf(project)[0])

/** A smoke that says in its title which process it is loaded in, and where that stands. */
const telling = smokeOf(`    await step('it answers', () => web.get('/health', { status: 200 }))`).replace(
  /title: .*/,
  "title: String(process.pid) + ' in ' + process.cwd(),",
)

it('smokes run in the host that has been there before the stack was read', async () => {
  const project = projectWithPipe()
  project.smoke('d1', telling)
  const tool = startVerify(project)
  const host = await hostOf(project)
  await project.giveStack(stackOf(['d1'], daemon('web')))
  const finished = await tool.finished
  expect(finished.stdout).toContain('--- 1 PASS / 0 FAIL ---')
  const started = finished.events.find((event) => event.type === 'smoke.started')
  expect(started?.title).toBe(`${host.pid} in ${project.root}`)
  await expectNothingLeft(finished)
})

it('a stack with another root has a host of its own, in that root', async () => {
  const project = projectWithPipe()
  mkdirSync(join(project.root, 'inner'))
  project.write('inner/smokes/d1.ts', telling)
  const tool = startVerify(project, '--logs', 'logs')
  const host = await hostOf(project)
  await project.giveStack(`root = "inner"\n${stackOf(['d1'], daemon('web'))}`)
  const finished = await tool.finished
  expect(finished.stdout).toContain('--- 1 PASS / 0 FAIL ---')
  const started = finished.events.find((event) => event.type === 'smoke.started')
  expect(started?.title).toMatch(/^\d+ in .*\/inner$/)
  expect(started?.title).not.toContain(`${host.pid} in`)
  await expectNothingLeft(finished)
})

it('a chain of programs needs none', async () => {
  const project = projectWithPipe()
  project.write('smokes/d1.sh', '#!/bin/sh\n# needs: web\nexit 0\n', 0o755)
  const tool = startVerify(project)
  const host = await hostOf(project)
  await project.giveStack(stackOf(['d1'], daemon('web')))
  await tool.event('boot.started')
  expect(hostsOf(project)).not.toContainEqual(host)
  const finished = await tool.finished
  expect(finished.stdout).toContain('--- 1 PASS / 0 FAIL ---')
  await expectNothingLeft(finished)
})

it('a stack file that turns out to be wrong leaves none', async () => {
  const project = projectWithPipe()
  const tool = startVerify(project)
  await hostOf(project)
  await project.giveStack('chain = 7\n')
  const finished = await tool.finished
  expect(finished.code).toBe(2)
  expect(finished.stderr).toContain('stack.toml:1:')
  await expectNothingLeft(finished)
})

it.each(['SIGKILL', 'SIGINT'] as const)(
  '%s while the tool waits for its stack: the host goes too',
  async (signal) => {
    const project = projectWithPipe()
    const tool = startVerify(project)
    await hostOf(project)
    tool.child.kill(signal)
    const finished = await tool.finished
    expect(finished.signal).toBe(signal)
    await until('the host to go', () => hostsOf(project).length === 0)
    await expectNothingLeft(finished)
  },
)

/** Reads which processes the tool starts, as it starts them. */
const SPY = `const { ChildProcess } = require('node:child_process')
const { spawn } = ChildProcess.prototype
ChildProcess.prototype.spawn = function (options) {
  require('node:fs').appendFileSync(process.env.SPY_LIST, options.args.join(' ') + '\\n')
  return spawn.call(this, options)
}
`

it.each([
  ['a chain', ['verify', '--stack', 'stack.toml'], true],
  ['a stack that is not there', ['verify', '--stack', 'nowhere.toml'], false],
  ['an option that verify does not have', ['verify', '--stack', 'stack.toml', '--fast'], false],
  ['the history', ['history', '--stack', 'stack.toml'], false],
] as const)('started for %s: %j: %s', async (_, args, isStarted) => {
  const project = createProject()
  project.stack(stackOf(['d1'], daemon('web')))
  project.smoke('d1', goodSmoke())
  const list = project.write('started', '')
  const env = { NODE_OPTIONS: `--require ${project.write('spy.cjs', SPY)}`, SPY_LIST: list }
  const finished = await startTool(project, args, { env }).finished
  expect(readFileSync(list, 'utf8').includes('host-process')).toBe(isStarted)
  await expectNothingLeft(finished)
})
