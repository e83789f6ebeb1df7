/** A stack for an acceptance gate: brought up by the tool itself, and taken down again. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
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

/** What a gate ends with when a verb says no: its exit code, and what it said. */
export class VerbFailed extends Error {
  readonly code: number
  constructor(verb: string, code: number, said: string) {
    super(`${verb} ended with exit code ${code}:\n${said.trim()}`)
    this.code = code
  }
}

/** Runs a verb on the stack file. @throws VerbFailed */
async function call(verb: string, stack: string, ...args: readonly string[]): Promise<string> {
  try {
    const command = [launcher, verb, '--stack', stack, ...args]
    return (await run(process.execPath, command, { cwd: root })).stdout
  } catch (error) {
    if (!isEnded(error)) throw error
    throw new VerbFailed(verb, error.code, error.stdout + error.stderr)
  }
}

const isEnded = (error: unknown): error is { code: number; stdout: string; stderr: string } =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' && 'stderr' in error

/** Runs a gate: it passes when `main` says so, and fails with one message when that throws. */
export async function runGate(main: () => Promise<boolean>): Promise<void> {
  try {
    process.exitCode = (await main()) ? 0 : 1
  } catch (error) {
    if (!(error instanceof Error)) throw error
    process.stdout.write(`${error.message}\n`)
    process.exitCode = 1
  }
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

/**
 * A copy of the embedded default, for a gate alone: nobody's own stack is touched, and two gates do not meet.
 *
 * @param data folder of data that is kept; absent: it is thrown away.
 * @returns the stack file, in the folder.
 */
export function copyStack(folder: string, data?: string): string {
  const text = readFileSync(join(root, 'stacks/dev.toml'), 'utf8').replace(/^name = .*$/m, 'name = "gate"')
  const settings = { root, ...(data !== undefined && { data }) }
  const head = Object.entries(settings).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
  const file = join(folder, 'gate.toml')
  writeFileSync(file, head.join('') + text)
  return file
}

/** Lends a folder of its own, and removes it. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'smokechain-gate-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
