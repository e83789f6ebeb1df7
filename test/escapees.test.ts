/** What leaves its daemon's family, session and environment at once: found by what it still holds, and nobody else is. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { endProcesses, isRunning } from './support/processes.ts'
import {
  causes,
  createProject,
  daemon,
  expectNothingLeft,
  listening,
  type Project,
  smokeOf,
  stackOf,
  startVerify,
  until,
  verify,
} from './support/rig.ts'

/** A step in which the daemon leaves something to a process that nothing else ties to it. */
const leave = (how: string, file: string): string =>
  `    await step('it leaves something behind', () =>
      web.post('/${how}/${encodeURIComponent(file)}', undefined, { status: 200 }))\n`

/** A run in which that happens. `escapee` is to be asked when it has. */
function createEscape(how: string, o: { readonly web?: string; readonly more?: string } = {}) {
  const project = createProject()
  const file = `${project.root}/escapee`
  project.stack(stackOf(['d1'], o.web ?? daemon('web')))
  project.smoke('d1', smokeOf(leave(how, file) + (o.more ?? ''), { uses: ['stack', 'within'], budget: '1m' }))
  endLater(file)
  const escapee = (): number => Number(readFileSync(file, 'utf8'))
  return { project, escapee }
}

/** For a run that does not find it. @param file holds its PID, if it ever began. */
function endLater(file: string): void {
  onTestFinished(async () => {
    if (existsSync(file))
      await endProcesses([{ pid: Number(readFileSync(file, 'utf8')), command: 'sleep 3600' }])
  })
}

/** Opens a log as a person would who looks on; resolves when it is being read. */
async function readAlong(project: Project, run: string): Promise<{ pid: number; end(): void }> {
  const log = `${project.root}/logs/runs/${run}/daemons/web.log`
  const reader = spawn('tail', ['-f', log], {
    cwd: `${project.root}/logs`,
    detached: true,
    env: {},
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void reader.kill('SIGKILL'))
  await new Promise((resolve) => reader.stdout.once('data', resolve))
  return { pid: reader.pid ?? 0, end: () => void reader.kill('SIGKILL') }
}

describe.runIf(process.platform === 'linux')('who escaped from its daemon', () => {
  it.each([
    ['its output', 'escape', 'the output it still held'],
    ['a socket that listens', 'bequeath', 'its hold on 127.0.0.1:<port>'],
  ])('holding nothing but %s is ended and named, and the run is red', async (_, how, held) => {
    const { project, escapee } = createEscape(how)
    const finished = await verify(project)
    expect(finished.code).toBe(1)
    expect(isRunning(escapee())).toBe(false)
    expect(causes(finished)).toBe(`
✗ process left behind, now ended: PID <pid> (sleep 3600), found by ${held}, of web
    next: the daemon must end its children when it gets SIGTERM; this one had left its parent, session and environment

stack test · …
PASS d1 <n>s
--- 1 PASS / 0 FAIL / 1 LEAK ---
`)
    await expectNothingLeft(finished)
  })

  it('is found as well when its daemon was restarted since', async () => {
    const { project, escapee } = createEscape('escape', { more: `    await stack.restart('web')\n` })
    const finished = await verify(project)
    expect(finished.code).toBe(1)
    expect(isRunning(escapee())).toBe(false)
    expect(finished.events.filter(({ type }) => type === 'leak.found')).toHaveLength(1)
    await expectNothingLeft(finished)
  })

  it('is ended by the guardian when the tool is killed', async () => {
    const more = `    await step('it waits for ever', () => within('50s', () => false))\n`
    const { project, escapee } = createEscape('escape', { more })
    const tool = startVerify(project)
    await tool.event('step.started', ({ step }) => step === 'it waits for ever')
    process.kill(tool.pid, 'SIGKILL')
    await expectNothingLeft(await tool.finished, { killed: true })
    expect(isRunning(escapee())).toBe(false)
  })

  it('somebody who reads the log of a daemon is left alone, also when another process is hunted', async () => {
    const project = createProject()
    const go = `${project.root}/go`
    const file = `${project.root}/escapee`
    endLater(file)
    const orders = listening({ print: ['hello'], waitFor: go })
    project.stack(stackOf(['d1'], daemon('web', { orders })))
    project.smoke('d1', smokeOf(leave('escape', file)))
    const tool = startVerify(project)
    await tool.event('daemon.spawned')
    const run = await until('the run to have an id', () => tool.run())
    const reader = await readAlong(project, run)
    writeFileSync(go, '')
    const finished = await tool.finished
    expect(isRunning(reader.pid)).toBe(true)
    reader.end()
    expect(finished.code).toBe(1)
    expect(JSON.stringify(finished.events)).not.toContain(`PID ${reader.pid} `)
  })
})
