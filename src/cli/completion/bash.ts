/** The completion script of bash (3.2, as on macOS, and newer). Made of tables that the program fills, and one function. */
import type { CommandModel, OptionModel, ProgramModel, Values } from './model.ts'

/**
 * The script as text, with its last newline, to be evaluated. Names and fixed words stand in it as they are: they
 * must need no quoting.
 */
export function renderBash({ name, options, commands }: ProgramModel): string {
  const verbs = commands.map((command) => command.name)
  return `# bash completion for ${name}, made by: ${name} completion bash
# To use it: eval "$(${name} completion bash)"

# What begins with the word under the cursor. Never through \`compgen -W\`, which would run what stands in a name.
_${name}_offer() {
  local each
  for each in "$@"; do
    if [[ $each == "$_${name}_typed"* ]]; then COMPREPLY+=("$each"); fi
  done
}

# Names that only the project can tell.
_${name}_ask() {
  local each tool=\${COMP_WORDS[0]}
  while IFS= read -r each; do
    _${name}_offer "$each"
  done < <("\${tool/#\\~/$HOME}" complete "$1" "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null </dev/null)
}

_${name}_files() {
  local each
  compopt -o filenames 2>/dev/null
  while IFS= read -r each; do COMPREPLY+=("$each"); done < <(compgen "$1" -- "$_${name}_typed")
}

# How many words an option takes: 0, 1, or * for all up to the next option.
_${name}_takes() {
  case "$1" in
${branches(takers(options, commands))}
    *) echo 0 ;;
  esac
}

# What may be the value of an option.
_${name}_value() {
  case "$1" in
${branches(optionValues(name, options, commands))}
  esac
}

# What may be an argument: of a command, the how manieth.
_${name}_argument() {
  case "$1" in
${branches(argumentValues(name, commands))}
  esac
}

_${name}_options() {
  case "$1" in
${branches(optionLists(name, options, commands))}
  esac
}

_${name}() {
  COMPREPLY=()
  local _${name}_typed=\${COMP_WORDS[COMP_CWORD]}
  local verb= option= takes=0 nth=0 i word
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == = ]]; then continue; fi
    if [[ $word == -* ]]; then
      option=$word takes=$(_${name}_takes "$verb $word")
    elif [[ $takes == 1 ]]; then
      takes=0
    elif [[ $takes == 0 && -z $verb ]]; then
      verb=$word
    elif [[ $takes == 0 ]]; then
      nth=$((nth + 1))
    fi
  done
  # \`--stack=dev\` comes as three words; of \`--stack=\` the last one is the sign.
  if [[ $_${name}_typed == = ]]; then _${name}_typed=; fi
  if [[ $takes != 0 && $_${name}_typed != -* ]]; then
    _${name}_value "$verb $option"
  elif [[ $_${name}_typed == -* ]]; then
    _${name}_options "$verb"
  elif [[ -z $verb ]]; then
    _${name}_offer ${verbs.join(' ')}
  else
    _${name}_argument "$verb $nth"
  fi
}

complete -F _${name} ${name}
`
}

type Branch = readonly [patterns: readonly string[], action: string]

/** Those with the same action in one line. */
function branches(all: readonly Branch[]): string {
  const byAction = new Map<string, string[]>()
  for (const [patterns, action] of all) byAction.set(action, [...(byAction.get(action) ?? []), ...patterns])
  return [...byAction].map(([action, patterns]) => `    ${patterns.join(' | ')}) ${action} ;;`).join('\n')
}

const quote = (text: string): string => `'${text}'`

/** Every option under the pattern that is looked for; those of the program itself have no verb. */
function eachOption(
  options: readonly OptionModel[],
  commands: readonly CommandModel[],
): [patterns: string[], option: OptionModel][] {
  return [{ name: '', options }, ...commands].flatMap((command) =>
    command.options.map((option): [string[], OptionModel] => [
      option.names.map((each) => quote(`${command.name} ${each}`)),
      option,
    ]),
  )
}

function takers(options: readonly OptionModel[], commands: readonly CommandModel[]): Branch[] {
  return eachOption(options, commands).flatMap(([patterns, { value, variadic }]): Branch[] =>
    value === undefined ? [] : [[patterns, `echo ${variadic ? "'*'" : '1'}`]],
  )
}

function optionValues(
  name: string,
  options: readonly OptionModel[],
  commands: readonly CommandModel[],
): Branch[] {
  return eachOption(options, commands).flatMap(([patterns, { value }]): Branch[] =>
    value === undefined ? [] : [[patterns, renderValues(name, value)]],
  )
}

function argumentValues(name: string, commands: readonly CommandModel[]): Branch[] {
  return commands.flatMap((command) =>
    command.arguments.map(({ values, variadic }, nth): Branch => {
      const pattern = variadic ? `${quote(`${command.name} `)}*` : quote(`${command.name} ${nth}`)
      return [[pattern], renderValues(name, values)]
    }),
  )
}

function optionLists(
  name: string,
  options: readonly OptionModel[],
  commands: readonly CommandModel[],
): Branch[] {
  return [{ name: '', options }, ...commands].map(
    (command): Branch => [
      [quote(command.name)],
      `_${name}_offer ${command.options.flatMap(({ names }) => names).join(' ')}`,
    ],
  )
}

function renderValues(name: string, values: Values): string {
  switch (values.kind) {
    case 'words':
      return `_${name}_offer ${values.words.join(' ')}`
    case 'ask':
      return `_${name}_ask ${values.what}${values.files ? ` && _${name}_files -f` : ''}`
    case 'files':
      return `_${name}_files -f`
    case 'folders':
      return `_${name}_files -d`
    case 'free':
      return ':'
  }
}
