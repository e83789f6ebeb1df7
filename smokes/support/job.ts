/** Runs one of the platform's command-line jobs, and gives what it printed. */
import { $ } from 'zx'

export interface JobOutcome {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** @param place folder to run in, variables to add, and what ends the job with the smoke. */
export async function runJob(
  main: string,
  args: readonly string[],
  place: {
    readonly root: string
    readonly env?: Readonly<Record<string, string>>
    readonly signal: AbortSignal
  },
): Promise<JobOutcome> {
  const { exitCode, stdout, stderr } = await $({
    cwd: place.root,
    env: { ...process.env, ...place.env },
    nothrow: true,
    quiet: true,
    // Debian's bash reads ~/.bashrc when its standard input is a socket, which is what Node gives as a pipe.
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: place.signal,
  })`${process.execPath} ${main} ${args}`
  return { exitCode, stdout, stderr }
}
