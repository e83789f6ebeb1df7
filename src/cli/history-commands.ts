/** The verb that looks back: `history`. */
import { type Command, InvalidArgumentError } from 'commander'

/** @param finish takes the exit code. */
export function addHistoryCommands(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('history')
    .description('what the runs so far tell: pass rates, durations, flaky smokes')
    .argument('[smoke]', 'the runs of this smoke, one by one')
    .option('--stack <file>', 'name or file of a stack (default: that of the newest run)')
    .option('--last <n>', 'look at the newest so many runs', readCount, 30)
    .option('--json', 'print one JSON document, and nothing else, to standard output')
    .option('--logs <folder>', 'where the run directories are', 'logs')
    .addHelpText(
      'after',
      `
A smoke that both passed and failed on one tree is FLAKY. Durations are those
of runs in which the smoke kept its promise.

Examples:
  smokechain history                  the smokes of the stack that ran last
  smokechain history d5 --last 100    one smoke, run by run
  smokechain history --stack minio --json

Exit codes: 0 told, 2 usage, or no such stack or smoke, 4 there are no runs,
70 the history cannot be read.`,
    )
    .action(async (smoke: string | undefined, options) => {
      const { history } = await import('./commands/history.ts')
      finish(history(smoke, options))
    })
}

/** A whole number from 1 on. @throws InvalidArgumentError */
export function readCount(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('It must be a whole number, 1 or more.')
  }
  return value
}
