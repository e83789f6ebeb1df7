/** Runs a program to its end and returns what it wrote. For short helpers (git); daemons are started by `spawn.ts`. */
import { spawn } from 'node:child_process'
import { messageOf } from '../kernel/errno.ts'
import { err, ok, type Result } from '../kernel/result.ts'

export interface CommandOutput {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: Buffer
  readonly stderr: string
}

export interface CommandOptions {
  /** Program and arguments; no shell reads them. */
  readonly command: readonly string[]
  readonly cwd: string
  /** All of its environment. */
  readonly env: NodeJS.ProcessEnv
  /** Written to its standard input, which is empty otherwise. */
  readonly input?: string | Uint8Array
  /** Ends it with SIGTERM. */
  readonly signal?: AbortSignal
}

/** @returns its output, whatever its exit code; an error only when it could not be started or was ended by `signal`. */
export function runCommand(o: CommandOptions): Promise<Result<CommandOutput, string>> {
  const [program = '', ...args] = o.command
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: o.cwd,
      env: o.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(o.signal && { signal: o.signal }),
    })
    const [out, complaints]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk))
    // A program that ends without reading its input closes the pipe; its exit code tells how it ended.
    child.stdin.on('error', () => undefined)
    child.once('error', (error) => resolve(err(`${program} could not be run: ${messageOf(error)}`)))
    child.once('close', (code, signal) =>
      resolve(
        ok({ code, signal, stdout: Buffer.concat(out), stderr: Buffer.concat(complaints).toString('utf8') }),
      ),
    )
    child.stdin.end(o.input ?? '')
  })
}
