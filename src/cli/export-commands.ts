/** The verbs for a stack that something else supervises: `export`, `wait`. */
import { type Command, InvalidArgumentError } from 'commander'
import { DURATION_HINT, parseDuration } from '../kernel/units.ts'

const STACK = [
  '--stack <file>',
  'stack file, or the name of one in stacks/',
  'stacks/persistent.toml',
] as const

/** @param finish takes the exit code. */
export function addExportCommands(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('export')
    .description('write the stack as units of systemd, with its configuration and environment templates')
    .argument('<form>', 'systemd')
    .option(...STACK)
    .requiredOption('--out <folder>', 'where the files go, and stay: the units name each other by it')
    .option('--user', 'for systemctl --user, not for the system')
    .option('--run-as <user>', 'who runs the daemons (default: who runs this command)')
    .addHelpText(
      'after',
      `
The stack needs fixed ports. Secrets stand in no unit: values of \`env\` go
through EnvironmentFile=, of which a template is written; those of [config] are
in the rendered configuration, which only its owner can read.

Examples:
  smokechain export systemd --out /etc/systemd/system --run-as lakehouse
  smokechain export systemd --out ~/.config/systemd/user --user

Exit codes: 0 written, 2 usage, or the stack file is invalid or cannot be
written as units, 70 fault of the tool.`,
    )
    .action(async (form: string, options) => {
      const { exportStack } = await import('./commands/export.ts')
      finish(await exportStack(form, options))
    })

  program
    .command('wait')
    .description('wait until a daemon that something else has started is ready')
    .argument('<daemon>', 'its name in the stack file')
    .option(...STACK)
    .option('--timeout <duration>', 'how long (default: ready_timeout of the daemon)', readDuration)
    .option('--data <folder>', 'what {data} means in its probes')
    .option('--config <file>', 'what {config} means in its probes')
    .addHelpText(
      'after',
      `
Asks what \`ready\` asks, and each socket; who holds a socket is not proven here.
With MAINPID in the environment, as systemd gives it to ExecStartPost=, the wait
ends when that process does.

Examples:
  smokechain wait queryd                 as long as its ready_timeout
  smokechain wait queryd --timeout 1m --stack shop

Exit codes: 0 ready, 2 usage, 3 not ready.`,
    )
    .action(async (daemon: string, options) => {
      const { wait } = await import('./commands/wait.ts')
      finish(await wait(daemon, options))
    })
}

function readDuration(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new InvalidArgumentError(DURATION_HINT)
  return ms
}
