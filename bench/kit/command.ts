/** Runs the real command line as a child process, and notes when it says what. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export const LAUNCHER = fileURLToPath(new URL('../../src/smokechain.mjs', import.meta.url))
export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

export interface CommandRun {
  readonly wallMs: number
  readonly exitCode: number | null
  /** Both outputs together. */
  readonly output: string
  /** Wall clock at the start, milliseconds since 1970: to be compared with what the child wrote down. */
  readonly startedAt: number
}

export interface CommandOptions {
  readonly cwd?: string
  /** With every piece of output, and the monotonic moment it came, in nanoseconds. */
  readonly onOutput?: (soFar: string, atNs: bigint) => void
  readonly onSpawn?: (pid: number) => void
}

/** @param args to node. Resolves when the process has ended and its output is read. */
export async function runNode(args: readonly string[], o: CommandOptions = {}): Promise<CommandRun> {
  const startedAt = Date.now()
  const from = performance.now()
  const child = spawn(process.execPath, args, {
    cwd: o.cwd ?? REPOSITORY,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let endedAt = from
  child.once('exit', () => {
    endedAt = performance.now()
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      const atNs = process.hrtime.bigint()
      output += text
      o.onOutput?.(output, atNs)
    })
  }
  if (child.pid !== undefined) o.onSpawn?.(child.pid)
  await once(child, 'close')
  return { wallMs: endedAt - from, exitCode: child.exitCode, output, startedAt }
}

/** `smokechain <args>`. @throws Error with the end of the output when it exits with another code than those expected. */
export async function runTool(
  args: readonly string[],
  expected: readonly number[],
  o: CommandOptions = {},
): Promise<CommandRun> {
  const run = await runNode([LAUNCHER, ...args], o)
  if (!expected.includes(run.exitCode ?? -1)) {
    const tail = run.output.split('\n').slice(-20).join('\n')
    throw new Error(
      `smokechain ${args.join(' ')} exited ${run.exitCode}, not ${expected.join(' or ')}:\n${tail}`,
    )
  }
  return run
}
