/** The verb that makes shells complete the others: `completion`. */
import type { Command } from 'commander'

/** @param finish takes the exit code. */
export function addCompletionCommands(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('completion')
    .description('print a script with which a shell completes smokechain')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText(
      'after',
      `
Commands and options are in the script; names of smokes, stacks, daemons and
runs are asked for while you type.

Examples:
  eval "$(smokechain completion bash)"   for this shell; or in ~/.bashrc
  eval "$(smokechain completion zsh)"    after compinit; or in ~/.zshrc
  smokechain completion fish > ~/.config/fish/completions/smokechain.fish

Exit codes: 0 printed, 2 there is no script for that shell.`,
    )
    .action(async (shell: string) => {
      const { completion } = await import('./commands/completion.ts')
      finish(completion(shell, program))
    })
}
