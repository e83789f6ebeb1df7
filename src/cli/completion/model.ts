/** The command line as completions need it: read off the real program, so that nothing is forgotten. */
import type { Argument, Command, Option } from 'commander'

/** What may stand in one place. */
export type Values =
  /** Always the same words. */
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** Names that only the project can tell (`answer.ts`), and files as well where `files` says so. */
  | { readonly kind: 'ask'; readonly what: Question; readonly files?: boolean }
  | { readonly kind: 'files' | 'folders' }
  /** Whatever a person thinks of. */
  | { readonly kind: 'free' }

export type Question = 'smokes' | 'daemons' | 'stacks' | 'runs' | 'gates'

export interface OptionModel {
  /** `-n`, `--lines`. */
  readonly names: readonly string[]
  readonly description: string
  /** Absent: it takes none. */
  readonly value?: Values
  readonly variadic: boolean
}

export interface ArgumentModel {
  readonly name: string
  readonly values: Values
  readonly variadic: boolean
}

export interface CommandModel {
  readonly name: string
  readonly description: string
  readonly options: readonly OptionModel[]
  readonly arguments: readonly ArgumentModel[]
}

export interface ProgramModel {
  readonly name: string
  readonly options: readonly OptionModel[]
  readonly commands: readonly CommandModel[]
}

/** @param valuesOf what may stand for the placeholder of an option or argument, given the name of the command. */
export function describeProgram(
  program: Command,
  valuesOf: (command: string, placeholder: string, option?: string) => Values,
): ProgramModel {
  const describeOption = (command: string, option: Option): OptionModel => {
    const names = [option.short, option.long].filter((name) => name !== undefined)
    const described = { names, description: option.description, variadic: option.variadic }
    if (!option.required && !option.optional) return described
    const placeholder = /[<[](.+?)(?:\.{3})?[>\]]$/.exec(option.flags)?.[1] ?? ''
    const value: Values = option.argChoices
      ? { kind: 'words', words: option.argChoices }
      : valuesOf(command, placeholder, option.long)
    return { ...described, value }
  }
  const describeArgument = (command: string, argument: Argument): ArgumentModel => ({
    name: argument.name(),
    variadic: argument.variadic,
    values: argument.argChoices
      ? { kind: 'words', words: argument.argChoices }
      : valuesOf(command, argument.name()),
  })
  const help = program.createHelp()
  const optionsOf = (command: Command): OptionModel[] =>
    help.visibleOptions(command).map((option) => describeOption(command.name(), option))
  const commands = help.visibleCommands(program).map(
    (command): CommandModel => ({
      name: command.name(),
      description: command.description(),
      options: optionsOf(command),
      arguments:
        command.name() === 'help'
          ? [
              {
                name: 'command',
                variadic: false,
                values: { kind: 'words', words: program.commands.map((each) => each.name()) },
              },
            ]
          : command.registeredArguments.map((argument) => describeArgument(command.name(), argument)),
    }),
  )
  return { name: program.name(), options: optionsOf(program), commands }
}
