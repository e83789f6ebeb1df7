/** The verb that shows a run: `report`. */
import type { Command } from 'commander'

/** @param finish takes the exit code. */
export function addReportCommands(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('report')
    .description('one HTML page of a run: ledger, timeline, resources, requests, logs')
    .argument('[run]', 'an id, the beginning of one, a run directory, or latest', 'latest')
    .option('--compare <run>', 'compare with this run (default: the one before it of the same stack)')
    .option('--output <file>', 'where the page goes (default: report.html in the run directory)')
    .option('--open', 'open it in the browser')
    .option('--logs <folder>', 'where the run directories are', 'logs')
    .addHelpText(
      'after',
      `
The page is one file: it needs no network, and can be sent to somebody.
It is made from the journal, so a run that was killed has one too.

Examples:
  smokechain report --open                     the last run
  smokechain report 20261121T1002 --output /tmp/run.html
  smokechain report --compare 293cb4           beside an earlier one

Exit codes: 0 written, 1 written but not opened, 2 usage, or no such run,
70 the run cannot be read, or the page cannot be written.`,
    )
    .action(async (run: string, options) => {
      const { report } = await import('./commands/report.ts')
      finish(await report(run, options))
    })
}
