/**
 * The program: verbs and their flags. Each verb's work is in `commands/<verb>.ts`, imported only when it is
 * called, so that `--version` and `--help` stay quick.
 */
import { Command, CommanderError, Option } from 'commander'
import { addClaimsCommands } from './claims-commands.ts'
import { addCompletionCommands } from './completion-commands.ts'
import { ExitCode } from './exit-codes.ts'
import { addExportCommands } from './export-commands.ts'
import { addGauntletCommands } from './gauntlet-commands.ts'
import { addHistoryCommands, readCount } from './history-commands.ts'
import { addOperateCommands } from './operate-commands.ts'
import { addParityCommands } from './parity-commands.ts'
import { addReportCommands } from './report-commands.ts'
import { REPORT_NAMES } from './reporters/formats.ts'
import { addReviewCommands } from './review-commands.ts'
import { toolVersion } from './version.ts'
import { addWatchCommands } from './watch-commands.ts'

/** Runs one command line. @returns the exit code. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let exitCode: number = ExitCode.ok
  const program = createProgram((code) => {
    exitCode = code
  })
  try {
    if (argv.length === 0) {
      program.outputHelp({ error: true })
      return ExitCode.usage
    }
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has already printed its message; help and version are no errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage
    throw error
  }
}

/** Every verb with its flags. Help and completions come from it. @param finish takes the exit code. */
export function createProgram(finish: (exitCode: number) => void): Command {
  const program = new Command('smokechain')
    .description('Boots a stack of daemons, proves who answers, runs ordered smokes, prints the ledger.')
    .version(toolVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print the help of a command')
    .showHelpAfterError('(smokechain --help lists the commands and their options)')
    .showSuggestionAfterError(true)
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  smokechain verify                run the whole chain
  smokechain verify --only d2 d5   two smokes of it
  smokechain watch d2              again with every save
  smokechain doctor                why is the stack broken?
  smokechain up --detach           boot a stack that stays up
  smokechain help verify           what a command can do, with examples

Exit codes: 0 all is well, 1 something failed, 2 usage or invalid files,
3 the stack is not up, 4 nothing to run or no receipt, 70 fault of the tool,
130/143 interrupted.`,
    )

  program
    .command('verify')
    .description('boot the stack, run the chain, print the ledger, leave nothing behind')
    .option(
      '--stack <file>',
      'stack file, or the name of one in stacks/ (default: stacks/dev.toml; with --attach, stacks/persistent.toml)',
    )
    .option('--attach', 'run on the stack that is up (see up): nothing is booted or stopped; never a receipt')
    .option('--only <smokes...>', 'run only these smokes (names, separated by spaces or commas)')
    .addOption(new Option('--from <smoke>', 'run the chain from this smoke on').conflicts('only'))
    .option('--bail', 'stop after the first smoke that does not pass')
    .addOption(new Option('--json', 'print ledger.json, and nothing else, to standard output'))
    .addOption(
      new Option(
        '--reporter <name[=file]>',
        `write a report, to standard output or a file; may be given again (${REPORT_NAMES.join(', ')})`,
      ).argParser((value: string, before: readonly string[] = []) => [...before, value]),
    )
    .option('--verbose', 'show every step')
    .option('--timing', 'show where the time went, and what was used')
    .option('--fail-on-slow', 'a smoke that is slower than its own history fails')
    .addOption(new Option('--repeat <n>', 'so many runs in a row').argParser(readCount))
    .option('--until-fail', 'run until a run is red')
    .addOption(
      new Option('--stress <seconds>', 'run for that long, with all cores kept busy').argParser(readCount),
    )
    .option('--logs <folder>', "where run directories and receipts go (default: the project's logs/)")
    .addHelpText(
      'after',
      `
Examples:
  smokechain verify                       the whole chain of stacks/dev.toml
  smokechain verify --only d2 d5          two smokes, with what they need
  smokechain verify --from g1 --bail      from g1 on, until one does not pass
  smokechain verify --stack minio --json  another stack; the ledger as JSON
  smokechain verify --attach              on the stack that is up
  smokechain verify --only d5 --repeat 50 --until-fail
  smokechain verify --stress 300          hunt a flake, with all cores kept busy
  smokechain verify --reporter junit=junit.xml --reporter github

Exit codes: 0 all passed, 1 a smoke failed or something leaked, 2 usage or
invalid files, 3 the stack did not come up, 4 nothing to run, 70 fault of the
tool, 130/143 interrupted.`,
    )
    .action(async (options) => {
      const { verify } = await import('./commands/verify.ts')
      finish(await verify(options))
    })

  addWatchCommands(program, finish)

  program
    .command('prove')
    .description('prove that the smokes can fail: run them on stacks whose daemons do nothing')
    .option('--stack <file>', 'stack file, or the name of one in stacks/', 'stacks/dev.toml')
    .option('--only <smokes...>', 'prove only these smokes (names, separated by spaces or commas)')
    .option('--json', 'print one JSON document, and nothing else, to standard output')
    .addHelpText(
      'after',
      `
Every daemon is replaced by one that answers everything with 200 and {}, then
with 200 and nothing, then with 500. A smoke that passes on such a stack proves
nothing; single steps that do are listed.

Examples:
  smokechain prove             every smoke of stacks/dev.toml
  smokechain prove --only d5   the smoke that you are writing
  smokechain prove --json      for programs

Exit codes: 0 no smoke passes, 1 a smoke passes, 2 usage or invalid files,
3 a null stack did not come up, 4 nothing to run, 70 fault of the tool,
130/143 interrupted.`,
    )
    .action(async (options) => {
      const { prove } = await import('./commands/prove.ts')
      finish(await prove(options))
    })

  program
    .command('gate')
    .description('what a git hook calls: is that which is pushed also that which was tested?')
    .argument('<hook>', 'pre-push')
    .argument('[remote...]', "git's own arguments")
    .option(
      '--stack <file>',
      'the stack that a push must pass (default: git config smokechain.stack, or stacks/dev.toml)',
    )
    .addHelpText(
      'after',
      `
Reads git's lines on standard input. With a receipt for every pushed commit it
says nothing and exits 0; without one it tests that commit first.

Examples:
  just hooks                                      make git call it
  smokechain gate pre-push --stack stacks/ci.toml what a hook of yours may call
  git config smokechain.stack stacks/ci.toml      the stack, for every push

Exit codes: 0 push, 4 there is no receipt that counts, and those of verify.`,
    )
    .action(async (hook: string, _remote: string[], options) => {
      const { gate } = await import('./commands/gate.ts')
      finish(await gate(hook, options))
    })

  addOperateCommands(program, finish)
  addParityCommands(program, finish)
  addReviewCommands(program, finish)
  addClaimsCommands(program, finish)
  addGauntletCommands(program, finish)

  program
    .command('doctor')
    .description('why the stack is broken, and which command mends it')
    .argument('[checks...]', 'names of checks or groups (--list shows them); all by default')
    .option('--stack <file>', 'stack file, or the name of one in stacks/', 'stacks/dev.toml')
    .option('--fix', 'apply the safe remedies: hook path, stale leases and state; says first what it will do')
    .option('--json', 'print one JSON document, and nothing else, to standard output')
    .option('--list', 'list the checks')
    .addHelpText(
      'after',
      `
Changes nothing without --fix, and works when the stack file itself is broken.

Examples:
  smokechain doctor                      look at everything
  smokechain doctor --list               the names of the checks
  smokechain doctor disk --stack minio   one check, of another stack
  smokechain doctor --fix                apply the safe remedies

Exit codes: 0 no error was found, 1 an error was found, 2 usage, 70 fault of
the tool.`,
    )
    .action(async (checks: string[], options) => {
      const { doctor } = await import('./commands/doctor.ts')
      finish(await doctor(checks, options))
    })

  addExportCommands(program, finish)
  addHistoryCommands(program, finish)
  addReportCommands(program, finish)

  program
    .command('schema')
    .description('print a JSON Schema: of stack files, or of ledger.json')
    .argument('[which]', 'stack or ledger', 'stack')
    .addHelpText(
      'after',
      `
Examples:
  smokechain schema > stacks/stack.schema.json   for editors (#:schema)
  smokechain schema ledger                       what ledger.json holds

Exit codes: 0 printed, 2 there is no such schema.`,
    )
    .action(async (which: string) => {
      const { schema } = await import('./commands/schema.ts')
      finish(await schema(which))
    })

  addCompletionCommands(program, finish)

  return program
}
