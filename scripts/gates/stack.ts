/** A stack for an acceptance gate: brought up by the tool itself, and taken down again. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')
const launcher = join(root, 'src/smokechain.mjs')
const run = promisify(execFile)

export interface RunningDaemon {
  readonly name: string
  readonly pid: number
  readonly addresses: readonly { readonly host: string; readonly port: number }[]
}

export interface RunningStack {
  readonly supervisor: number
  readonly daemons: readonly RunningDaemon[]
  /** `http://127.0.0.1:3211` */
  url(daemon: string): string
}

/** Runs a verb on the stack file. @throws Error with its output when it says no. */
async function call(verb: string, stack: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [launcher, verb, '--stack', stack, ...args], { cwd: root })
  return stdout
}

async function readStatus(stack: string): Promise<RunningStack & { readonly state: string }> {
  const status: { state: string; owner?: { pid: number }; daemons: (RunningDaemon & { pid?: number })[] } =
    JSON.parse(await call('status', stack, '--json'))
  return {
    state: status.state,
    supervisor: status.owner?.pid ?? 0,
    daemons: status.daemons,
    url(name) {
      const address = status.daemons.find((daemon) => daemon.name === name)?.addresses[0]
      if (!address) throw new Error(`${name} has no address`)
      return `http://${address.host}:${address.port}`
    },
  }
}

/** Brings the stack up. @returns what runs. */
export async function bringUp(stack: string): Promise<RunningStack> {
  await call('up', stack, '--detach')
  const status = await readStatus(stack)
  if (status.state !== 'up') throw new Error(`the stack is ${status.state}, not up`)
  return status
}

/** Takes it down. @throws Error when something is left behind. */
export async function takeDown(stack: string): Promise<void> {
  await call('down', stack)
}

/** Whether somebody has it up already. */
export async function isUp(stack: string): Promise<boolean> {
  try {
    return (await readStatus(stack)).state === 'up'
  } catch (error) {
    // `status` of a stack that is not up ends with 3.
    if (error instanceof Error && 'code' in error && error.code === 3) return false
    throw error
  }
}
