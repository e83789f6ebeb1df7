/** The completion script of fish: one declaration for each thing that may stand somewhere. */
import type { ArgumentModel, CommandModel, OptionModel, ProgramModel, Values } from './model.ts'

/**
 * The script as text, with its last newline, for a file of its own. Names and fixed words must need no quoting;
 * descriptions may hold anything.
 */
export function renderFish({ name, options, commands }: ProgramModel): string {
  const lines = [
    ...options.map((option) => renderOption(name, '__fish_use_subcommand', option)),
    ...commands.map(
      (command) =>
        `complete -c ${name} -n __fish_use_subcommand -a ${command.name} -d ${quote(command.description)}`,
    ),
    ...commands.flatMap((command) => renderCommand(name, command)),
  ]
  return `# fish completion for ${name}, made by: ${name} completion fish
# To use it: ${name} completion fish > ~/.config/fish/completions/${name}.fish

# Names that only the project can tell.
function __${name}_ask
    set -l typed (commandline -opc)
    $typed[1] complete $argv[1] $typed[2..-1] 2>/dev/null </dev/null
end

# Whether the last option is this one: it takes all words up to the next.
function __${name}_after
    set -l given (commandline -opc | string match -- '-*')
    contains -- "$given[-1]" $argv
end

complete -c ${name} -f
${lines.join('\n')}
`
}

function renderCommand(name: string, command: CommandModel): string[] {
  const when = `__fish_seen_subcommand_from ${command.name}`
  return [
    ...command.options.map((option) => renderOption(name, when, option)),
    ...command.arguments.flatMap((argument) => renderArgument(name, when, argument)),
  ]
}

function renderOption(name: string, when: string, option: OptionModel): string {
  const { names, description, value, variadic } = option
  const flags = names.map((each) => (each.startsWith('--') ? `-l ${each.slice(2)}` : `-s ${each.slice(1)}`))
  const takes = value === undefined ? '' : ` ${renderValues(name, value)}`
  const line = `complete -c ${name} -n ${quote(when)} ${flags.join(' ')}${takes} -d ${quote(description)}`
  if (!variadic || value === undefined) return line
  const more = `${when}; and __${name}_after ${names.join(' ')}`
  return `${line}\ncomplete -c ${name} -n ${quote(more)} ${offerOf(name, value)}`
}

function renderArgument(name: string, when: string, { values }: ArgumentModel): string[] {
  if (values.kind === 'free') return []
  return [`complete -c ${name} -n ${quote(when)} ${offerOf(name, values)}`]
}

/** As an argument, not as the value of an option. */
const offerOf = (name: string, values: Values): string => renderValues(name, values).replace(/^-[xr] ?/, '')

/** `-x`: a value and no file; `-r`: a value. */
function renderValues(name: string, values: Values): string {
  switch (values.kind) {
    case 'words':
      return `-x -a ${quote(values.words.join(' '))}`
    case 'ask':
      return `${values.files ? '-r -F' : '-x'} -a ${quote(`(__${name}_ask ${values.what})`)}`
    case 'files':
      return '-r -F'
    case 'folders':
      return `-x -a '(__fish_complete_directories)'`
    case 'free':
      return '-x'
  }
}

const quote = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`
