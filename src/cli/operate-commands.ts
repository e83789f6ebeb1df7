/** The verbs for a stack that is up, and stays up: `up`, `down`, `status`, `logs`, `restart`. */
import { type Command, InvalidArgumentError } from 'commander'

const STACK = [
  '--stack <file>',
  'stack file, or the name of one in stacks/',
  'stacks/persistent.toml',
] as const

/** @param finish takes the exit code. */
export function addOperateCommands(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('up')
    .description('boot the stack with the checks of verify, and keep it up')
    .option(...STACK)
    .option('--detach', 'return when everything is ready; the stack stays up')
    .addHelpText(
      'after',
      `
Of a stack that is up already, daemons that were added to its file are started.

Examples:
  smokechain up                        in the foreground; Ctrl-C takes it down
  smokechain up --detach               return when everything is ready
  smokechain up --stack dev --detach   another stack

Exit codes: 0 up (or, in the foreground, taken down in order), 1 something
leaked, 2 usage or invalid files, 3 the stack did not come up, 70 fault of the
tool, 130/143 interrupted before it was up.`,
    )
    .action(async (options) => {
      const { up } = await import('./commands/up.ts')
      finish(await up(options))
    })

  program
    .command('down')
    .description('take the stack down, and look whether anything is left')
    .option(...STACK)
    .addHelpText(
      'after',
      `
Examples:
  smokechain down               the stack of stacks/persistent.toml
  smokechain down --stack dev   another one

Exit codes: 0 it is down (also: it was down already), 1 something leaked, or
its supervisor cannot be reached, 2 usage.`,
    )
    .action(async (options) => {
      const { down } = await import('./commands/down.ts')
      finish(await down(options))
    })

  program
    .command('status')
    .description('each daemon: state, PID, uptime, address, CPU, memory, restarts, health')
    .option(...STACK)
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  smokechain status          a table
  smokechain status --json   for programs

Exit codes: 0 every daemon is ready, 2 usage, 3 not.`,
    )
    .action(async (options) => {
      const { status } = await import('./commands/status.ts')
      finish(await status(options))
    })

  program
    .command('logs')
    .description("the last lines of a daemon's log")
    .argument('<daemon>', 'its name in the stack file')
    .option(...STACK)
    .option('-f, --follow', 'go on with each new line')
    .option('-n, --lines <count>', 'how many lines', readCount, 100)
    .addHelpText(
      'after',
      `
Examples:
  smokechain logs queryd             the last 100 lines
  smokechain logs queryd -n 500 -f   more of them, then each new one

Exit codes: 0 shown, 2 there is no such daemon or log, 3 the stack is not up
(with --follow).`,
    )
    .action(async (daemon: string, options) => {
      const { logs } = await import('./commands/logs.ts')
      finish(await logs(daemon, options))
    })

  program
    .command('restart')
    .description('stop one daemon and start it again')
    .argument('<daemon>', 'its name in the stack file')
    .option(...STACK)
    .addHelpText(
      'after',
      `
Examples:
  smokechain restart queryd                on the same port, with its data
  smokechain restart orders --stack shop   of another stack

Exit codes: 0 it is ready again, 2 there is no such daemon, 3 it is not ready,
or the stack is not up.`,
    )
    .action(async (daemon: string, options) => {
      const { restart } = await import('./commands/restart.ts')
      finish(await restart(daemon, options))
    })
}

function readCount(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('a whole number, at most 999999')
  return Number(text)
}
