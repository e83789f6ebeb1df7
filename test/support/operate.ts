/** For tests of stacks that stay up: a project, and the verbs on its `stack.toml`. */
import { readdirSync } from 'node:fs'
import { expect } from 'vitest'
import type { DaemonStatus, StackStatus } from '../../src/operate/status.ts'
import { createProject, type Project, processesOf } from './project.ts'
import { type Finished, startTool, type Tool, type ToolOptions } from './tool.ts'
import { until } from './until.ts'

export interface Operated {
  readonly project: Project
  /** Runs `smokechain <verb> --stack stack.toml …` to its end. */
  run(verb: string, ...args: readonly string[]): Promise<Finished>
  start(verb: string, args?: readonly string[], options?: ToolOptions): Tool
  /** `up --detach`, which must succeed. */
  up(): Promise<Finished>
  status(): Promise<StackStatus>
  daemon(name: string): Promise<DaemonStatus>
  /** Resolves with the status of the daemon when it passes the test. */
  daemonWhen(name: string, what: string, test: (daemon: DaemonStatus) => boolean): Promise<DaemonStatus>
  /** Asserts that no process of the project runs, and that it has no temporary folder. */
  expectNothingLeft(): Promise<void>
}

export function operate(stack: string): Operated {
  const project = createProject()
  project.stack(stack)
  const start: Operated['start'] = (verb, args = [], options) =>
    startTool(project, [verb, ...args, '--stack', 'stack.toml'], options)
  const run: Operated['run'] = (verb, ...args) => start(verb, args).finished

  const status: Operated['status'] = async () => {
    const { stdout, stderr } = await run('status', '--json')
    try {
      return JSON.parse(stdout) as StackStatus
    } catch (cause) {
      throw new Error(`status said:\n${stdout}${stderr}`, { cause })
    }
  }
  const find = async (name: string): Promise<DaemonStatus | undefined> =>
    (await status()).daemons.find((daemon) => daemon.name === name)

  return {
    project,
    run,
    start,
    status,
    async up() {
      const finished = await run('up', '--detach')
      expect(finished.code, finished.stdout + finished.stderr).toBe(0)
      return finished
    },
    async daemon(name) {
      const found = await find(name)
      if (!found) throw new Error(`no daemon ${name}`)
      return found
    },
    daemonWhen: (name, what, test) =>
      until(`${name} ${what}`, async () => {
        const daemon = await find(name)
        return daemon && test(daemon) && daemon
      }),
    async expectNothingLeft() {
      await until('every process of the project to end', () => processesOf(project).length === 0)
      expect(readdirSync(project.tmp)).toEqual([])
    },
  }
}

/** PID of the process that cleans up after a supervisor that is killed. */
export function guardianOf(project: Project): number | undefined {
  return processesOf(project).find(({ command }) => command.includes('guardian-process'))?.pid
}

/** Ends a process the hard way, and waits until it is gone. */
export async function kill(project: Project, pid: number | undefined): Promise<void> {
  if (pid === undefined) throw new Error('it does not run')
  process.kill(pid, 'SIGKILL')
  await until(`PID ${pid} to end`, () => processesOf(project).every((process) => process.pid !== pid))
}
