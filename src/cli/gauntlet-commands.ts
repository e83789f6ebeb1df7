/** The verb for the readiness assessment: `gauntlet`. */
import { type Command, Option } from 'commander'

/** @param finish takes the exit code. */
export function addGauntletCommands(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('gauntlet')
    .description('is it ready? chain, review, parity, claims: one verdict to sign')
    .option('--stack <file>', 'stack file, or the name of one in stacks/', 'stacks/dev.toml')
    .option('--claims <file>', 'claims file (default: as for claims)')
    .option('--range <range>', 'what to review: A..B (default: since the last passed review)')
    .option('--reviewers <file>', "reviewers (default: the project's reviewers.toml)")
    .option('--chat <url>', 'chat endpoint of the reviewers')
    .option('--parity <cases...>', 'files of cases (default: those in parity/)')
    .option('--output <folder>', "where reports go (default: the project's reports/gauntlet/)")
    .option('--logs <folder>', "where runs and records of gates are (default: the project's logs/)")
    .addOption(new Option('--json', 'print the report as one JSON document, and nothing else'))
    .addHelpText(
      'after',
      `
Phases: 1 the full chain, 2 review, 3 parity, 4 claims, gates, risks, decisions.
The verdict is ship, ship-with-known-gap or hold; the report has the rule, and
the source of every figure.

Examples:
  smokechain gauntlet                       all of it, on stacks/dev.toml
  smokechain gauntlet --range v1.2..HEAD    review what is new since v1.2
  smokechain gauntlet --json > ready.json   for a program

Exit codes: 0 ship or ship-with-known-gap, 1 hold, 2 usage or invalid files,
4 nothing to run, 70 fault of the tool, 130/143 interrupted (hold, partial).`,
    )
    .action(async (options) => {
      const { gauntlet } = await import('./commands/gauntlet.ts')
      finish(await gauntlet(options))
    })
}
