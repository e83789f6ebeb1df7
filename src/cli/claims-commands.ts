/** The verb for what a project promises: `claims`. */
import { type Command, Option } from 'commander'

/** @param finish takes the exit code. */
export function addClaimsCommands(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('claims')
    .description('what is promised, and what bears it out: smokes, tests, gates')
    .option('--stack <file>', 'stack file, or the name of one in stacks/', 'stacks/dev.toml')
    .option(
      '--claims <file>',
      "claims file (default: claims.toml beside the stack file, in the project's folder, or in its docs/)",
    )
    .option('--run <run>', 'id or folder of a run, or latest (default: the last run of the whole chain)')
    .option('--gates [ids...]', 'run the acceptance gates first: all, or these')
    .option('--logs <folder>', "where runs and records of gates are (default: the project's logs/)")
    .addOption(new Option('--json', 'print one JSON document').conflicts('markdown'))
    .option('--markdown', 'print the report as Markdown')
    .addHelpText(
      'after',
      `
Examples:
  smokechain claims                      each claim, and its evidence
  smokechain claims --gates              run the acceptance gates first
  smokechain claims --gates loopback     run one of them
  smokechain claims --run latest --json  of the last run, be it of a part

Exit codes: 0 every claim is proven and no evidence names an unknown one, 1 not,
2 usage or invalid files, 70 fault of the tool, 130/143 interrupted.`,
    )
    .action(async (options) => {
      const { claims } = await import('./commands/claims.ts')
      finish(await claims(options))
    })
}
