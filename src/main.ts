/** argv, the exit code, and the last resort for faults of the tool itself. Everything else is in cli/. */
import { ExitCode } from './cli/exit-codes.ts'

/** Runs the command line and sets the process's exit code; the process ends when nothing is left to do. */
export async function main(argv: readonly string[]): Promise<void> {
  // `smokechain verify | head` closes our output early, and a disk may be full: the run must still stop its daemons and
  // exit by its verdict. Only output that somebody waits for and does not get is a fault.
  let outputLost = false
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === undefined) throw error
      outputLost ||= error.code !== 'EPIPE' && error.code !== 'EIO'
    })
  }
  try {
    const exitCode = await run(argv)
    process.exitCode = exitCode === ExitCode.ok && outputLost ? ExitCode.toolFault : exitCode
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.stderr.write(`smokechain: a fault of the tool itself, not of your stack:\n${text}\n`)
    process.exitCode = ExitCode.toolFault
  }
}

/** Somebody who completes a word waits for every key: that is answered without the rest of the tool. */
async function run(argv: readonly string[]): Promise<number> {
  if (argv[0] === 'complete') {
    const { answerCompletion } = await import('./cli/completion/answer.ts')
    for (const name of answerCompletion(argv.slice(1), process.cwd())) process.stdout.write(`${name}\n`)
    return ExitCode.ok
  }
  const { runProgram } = await import('./cli/program.ts')
  return await runProgram(argv)
}
