/** The verb for those who are writing: `watch`. */
import type { Command } from 'commander'

/** @param finish takes the exit code. */
export function addWatchCommands(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('watch')
    .description('keep the stack up, and run smokes again when something changes')
    .argument('[smokes...]', 'the smokes to watch; the whole chain by default')
    .option('--stack <file>', 'stack file, or the name of one in stacks/', 'stacks/dev.toml')
    .option('--logs <folder>', "where logs go, in watch/ (default: the project's logs/)")
    .addHelpText(
      'after',
      `
A saved smoke, or a module that it imports, runs the smokes concerned; a saved
daemon is restarted, and the smokes that need it run; a saved stack file
restarts what it has changed. Never writes a ledger or a receipt.

Keys: a all, f what failed, Enter the last ones again, r restart a daemon
(those that are broken, else it asks which), q quit. Ctrl-C quits too.

Examples:
  smokechain watch                 the whole chain of stacks/dev.toml
  smokechain watch d2 d5           two smokes, with only what they need
  smokechain watch --stack shop    another stack

Exit codes: 0 ended with q, everything passed; 1 ended with q, and something
had failed or was broken, or leaked; 2 usage or invalid files; 3 no port to
lease; 4 nothing to run; 70 fault of the tool; 130/143 ended by a signal.`,
    )
    .action(async (smokes: string[], options) => {
      const { watch } = await import('./commands/watch.ts')
      finish(await watch(smokes, options))
    })
}
