/** The completion script of zsh, on its own `_arguments`. */
import type { ArgumentModel, OptionModel, ProgramModel, Values } from './model.ts'

/**
 * The script as text, with its last newline: to be evaluated after compinit, or for a file in `$fpath`. Names and
 * fixed words must need no quoting; descriptions may hold anything.
 */
export function renderZsh({ name, options, commands }: ProgramModel): string {
  const verbs = commands.map((command) => `    ${quote(`${mask(command.name)}:${command.description}`)}`)
  const branches = commands.map(
    (command) =>
      `        ${command.name})\n          _arguments -S ${[
        ...command.options.map((option) => renderOption(name, option)),
        ...command.arguments.map((argument, nth) => renderArgument(name, argument, nth + 1)),
      ].join(' \\\n            ')} ;;`,
  )
  return `#compdef ${name}
# zsh completion for ${name}, made by: ${name} completion zsh
# To use it: eval "$(${name} completion zsh)", after compinit; or as a file _${name} in a folder of $fpath.

# Names that only the project can tell. What comes before the last argument is for compadd.
_${name}_ask() {
  local -a found
  found=("\${(@f)$(\${(Q)_${name}_line[1]} complete $argv[-1] "\${(@Q)_${name}_line[2,_${name}_at-1]}" 2>/dev/null </dev/null)}")
  found=(\${found:#})
  compadd "\${@[1,-2]}" -a found
}

_${name}_stacks() {
  _${name}_ask "$@" stacks
  _files "$@" -g '*.toml'
}

_${name}() {
  local context state state_descr line
  typeset -A opt_args
  local -a _${name}_line verbs
  local _${name}_at=$CURRENT
  _${name}_line=("\${words[@]}")
  verbs=(
${verbs.join('\n')}
  )
  _arguments -C ${[...options.map((option) => renderOption(name, option)), "'1:command:->command'", "'*::argument:->arguments'"].join(' \\\n    ')}
  case $state in
    command) _describe -t commands 'command' verbs ;;
    arguments)
      case $line[1] in
${branches.join('\n')}
      esac ;;
  esac
}

if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
const mask = (text: string): string => text.replaceAll(/[:\\]/g, '\\$&')

/** `'(-n --lines)'{-n,--lines}'[how many lines]:count: '` */
function renderOption(name: string, { names, description, value, variadic }: OptionModel): string {
  const about = `[${description.replaceAll(/[[\]\\]/g, '\\$&')}]`
  // A variadic option takes words up to the next option; and may be given again.
  const takes = value === undefined ? '' : `${variadic ? ':*-*' : ''}:value:${renderAction(name, value)}`
  if (names.length === 1) return quote(`${variadic ? '*' : ''}${names[0]}${about}${takes}`)
  return `'(${names.join(' ')})'{${names.join(',')}}${quote(`${about}${takes}`)}`
}

function renderArgument(name: string, argument: ArgumentModel, nth: number): string {
  const place = argument.variadic ? '*' : String(nth)
  return quote(`${place}:${mask(argument.name)}:${renderAction(name, argument.values)}`)
}

function renderAction(name: string, values: Values): string {
  switch (values.kind) {
    case 'words':
      return `(${values.words.join(' ')})`
    case 'ask':
      return values.what === 'stacks' ? `_${name}_stacks` : `_${name}_ask ${values.what}`
    case 'files':
      return '_files'
    case 'folders':
      return '_files -/'
    case 'free':
      return ' '
  }
}
