/** The run is interrupted, or the tool itself is killed, at any moment: nothing is left, and the journal tells how far it came. */
import { expect, it } from 'vitest'
import {
  causes,
  createProject,
  daemon,
  expectNothingLeft,
  type Finished,
  goodSmoke,
  listening,
  type Project,
  processesOf,
  report,
  smokeOf,
  stackOf,
  startTool,
  startVerify,
  type Tool,
  until,
} from './support/rig.ts'

const STUBBORN = { orders: listening({ ignoreTerm: true }), lines: ['stop_grace = "1m"'] }

/** `web`, with a smoke that passes, one that hangs, and one that is never reached. */
function projectWith(web: string = daemon('web')): Project {
  const project = createProject()
  project.stack(stackOf(['d1', 'd2', 'd3'], web))
  project.smoke('d1', goodSmoke())
  project.smoke(
    'd2',
    smokeOf(`    await step('it waits for ever', () => within('50s', () => false))`, {
      uses: ['within'],
      budget: '1m',
    }),
  )
  project.smoke('d3', goodSmoke())
  return project
}

/** A daemon that is never ready, and has a grandchild that does not want to go. */
const neverReady = (): string =>
  daemon('web', {
    orders: { grandchild: { setsid: true } },
    lines: ['ready_timeout = "1m"'],
  })

/** Moments of a run, each reached by what the journal says. */
const moments: Record<string, { project: () => Project; reach: (tool: Tool) => Promise<unknown> }> = {
  'while it boots': {
    project: () => projectWith(neverReady()),
    reach: (tool) => tool.event('daemon.spawned'),
  },
  'in a smoke': {
    project: projectWith,
    reach: (tool) => tool.event('step.started', ({ smoke }) => smoke === 'd2'),
  },
  'while it stops': {
    project: () => {
      const project = projectWith(daemon('web', STUBBORN))
      project.smoke('d2', goodSmoke())
      return project
    },
    reach: (tool) => tool.event('stop.started'),
  },
}

it('Ctrl-C while it boots', async () => {
  const tool = startVerify(projectWith(neverReady()))
  await tool.event('daemon.spawned')
  tool.child.kill('SIGINT')
  const finished = await tool.finished
  expect(finished.code).toBe(130)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    booting 1 daemon
    interrupted by SIGINT: stopping in order; once more to kill
    not up after <time>

    interrupted by SIGINT
    stack test · …
    NOT RUN d1 <n>s
    NOT RUN d2 <n>s
    NOT RUN d3 <n>s
    --- 0 PASS / 0 FAIL / 3 NOT RUN / INTERRUPTED ---
    "
  `)
  await expectNothingLeft(finished)
})

it('Ctrl-C in a smoke', async () => {
  const tool = startVerify(projectWith())
  await tool.event('step.started', ({ smoke }) => smoke === 'd2')
  tool.child.kill('SIGINT')
  const finished = await tool.finished
  expect(finished.code).toBe(130)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    booting 1 daemon
      ready web  <time>
    up in <time>
    PASS d1 <n>s
    interrupted by SIGINT: stopping in order; once more to kill
    NOT RUN d2 <n>s

    interrupted by SIGINT
    stack test · …
    PASS d1 <n>s
    NOT RUN d2 <n>s
    NOT RUN d3 <n>s
    --- 1 PASS / 0 FAIL / 2 NOT RUN / INTERRUPTED ---
    "
  `)
  await expectNothingLeft(finished)
})

it('Ctrl-C twice kills what does not stop', async () => {
  const tool = startVerify(projectWith(daemon('web', STUBBORN)))
  await tool.event('step.started', ({ smoke }) => smoke === 'd2')
  tool.child.kill('SIGINT')
  await tool.event('stop.started')
  tool.child.kill('SIGINT')
  const finished = await tool.finished
  expect(finished.code).toBe(130)
  expect(finished.ms).toBeLessThan(30_000)
  expect(finished.events.find((event) => event.type === 'daemon.stopped')?.how).toBe('killed')
  await expectNothingLeft(finished)
})

it('Ctrl-C twice while it stops after a green chain', async () => {
  const { project, reach } = moments['while it stops'] ?? {}
  if (!project || !reach) throw new Error('no such moment')
  const tool = startVerify(project())
  await reach(tool)
  tool.child.kill('SIGINT')
  await tool.event('interrupted')
  tool.child.kill('SIGINT')
  const finished = await tool.finished
  expect(finished.code).toBe(130)
  expect(causes(finished)).toMatchInlineSnapshot(`
    "
    interrupted by SIGINT
    stack test · …
    PASS d1 <n>s
    PASS d2 <n>s
    PASS d3 <n>s
    --- 3 PASS / 0 FAIL / INTERRUPTED ---
    "
  `)
  await expectNothingLeft(finished)
})

it('three signals leave the rest to the guardian', async () => {
  const tool = startVerify(projectWith(daemon('web', STUBBORN)))
  await tool.event('step.started', ({ smoke }) => smoke === 'd2')
  // Three of one kind might be delivered as one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) tool.child.kill(signal)
  const finished = await tool.finished
  expect([130, 143]).toContain(finished.code)
  await expectNothingLeft(finished, { killed: true })
})

it.each(['SIGTERM', 'SIGHUP'] as const)('%s stops it in order', async (signal) => {
  const tool = startVerify(projectWith())
  await tool.event('step.started', ({ smoke }) => smoke === 'd2')
  tool.child.kill(signal)
  const finished = await tool.finished
  expect(finished.code).toBe(143)
  expect(finished.stdout).toContain(`interrupted by ${signal}`)
  expect(finished.stdout.trim().split('\n').at(-1)).toBe('--- 1 PASS / 0 FAIL / 2 NOT RUN / INTERRUPTED ---')
  await expectNothingLeft(finished)
})

it.runIf(process.platform === 'linux')('the terminal is closed', async () => {
  const project = projectWith()
  const tool = startTool(project, ['verify', '--stack', 'stack.toml'], {
    through: (command) => ['script', '-qec', command.join(' '), '/dev/null'],
    env: { TERM: 'xterm', SHELL: '/bin/sh' },
  })
  await tool.event('step.started', ({ smoke }) => smoke === 'd2')
  // script holds the terminal; without it the terminal is gone.
  tool.child.kill('SIGKILL')
  await tool.finished
  const interrupted = await tool.event('interrupted')
  expect(interrupted.signal).toBe('SIGHUP')
  await tool.event('run.finished')
  const finished: Finished = { ...(await tool.finished), run: tool.run() }
  await until('the tool to end', () => processesOf(project).length === 0)
  expect(finished.read('ledger.txt').trim().split('\n').at(-1)).toBe(
    '--- 1 PASS / 0 FAIL / 2 NOT RUN / INTERRUPTED ---',
  )
  await expectNothingLeft(finished)
})

it.each(Object.entries(moments))('the tool is killed %s', async (_, { project, reach }) => {
  const tool = startVerify(project())
  await reach(tool)
  tool.child.kill('SIGKILL')
  const finished = await tool.finished
  expect(finished.signal).toBe('SIGKILL')
  await expectNothingLeft(finished, { killed: true })
})

it('the tool is killed before anything has begun', async () => {
  const project = projectWith()
  const tool = startVerify(project)
  await until('the run directory', () => tool.run() !== undefined)
  tool.child.kill('SIGKILL')
  await expectNothingLeft(await tool.finished, { killed: true })
})

it('a run that was killed still tells what had passed, and the next run is not disturbed', async () => {
  const project = projectWith()
  const tool = startVerify(project)
  await tool.event('step.started', ({ smoke }) => smoke === 'd2')
  tool.child.kill('SIGKILL')
  const killed = await tool.finished
  const passed = killed.events.flatMap((event) =>
    event.type === 'smoke.finished' ? [`${event.verdict} ${event.smoke}`] : [],
  )
  expect(passed).toEqual(['PASS d1'])
  expect(() => killed.read('ledger.txt')).toThrow('ENOENT')
  const again = startTool(project, ['verify', '--stack', 'stack.toml', '--only', 'd1'])
  const finished = await again.finished
  expect(finished.code, finished.stdout).toBe(0)
  await expectNothingLeft(killed, { killed: true })
  await expectNothingLeft(finished)
})
