/** What `--help` says of every command: examples and exit codes, within the 80 columns of a plain terminal. */
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { createProgram } from './program.ts'

const COLUMNS = 80

/** Everything that `--help` prints, as on a terminal of 80 columns. */
function helpOf(command: Command): string {
  let printed = ''
  command.configureOutput({
    writeOut: (text) => {
      printed += text
    },
    getOutHelpWidth: () => COLUMNS,
    getOutHasColors: () => false,
  })
  command.outputHelp()
  return printed
}

/** The program and all its commands, those within commands too; what is hidden from people need not explain itself. */
function listCommands(command: Command, name = 'smokechain'): [name: string, command: Command][] {
  const inner = command.createHelp().visibleCommands(command)
  return [
    [name, command],
    ...inner
      .filter((each) => each.name() !== 'help')
      .flatMap((each) => listCommands(each, `${name} ${each.name()}`)),
  ]
}

describe.each(listCommands(createProgram(() => undefined)))('%s --help', (name, command) => {
  const help = helpOf(command)

  it('has examples, each of which calls the tool', () => {
    const [, block = ''] = /\nExamples:\n((?: {2}.+\n)+)/.exec(help) ?? []
    expect(block, 'addHelpText: a block "Examples:", each line indented by two').not.toBe('')
    if (name !== 'smokechain') expect(block).toContain(`${name}`)
  })

  it('tells its exit codes', () => {
    expect(help, 'addHelpText: "Exit codes: 0 …"').toMatch(/\nExit codes: 0 /)
  })

  it('describes itself, each option and each argument', () => {
    expect(command.description()).not.toBe('')
    for (const option of command.options) expect(option.description, option.flags).not.toBe('')
    for (const argument of command.registeredArguments) {
      expect(argument.description, `argument ${argument.name()}`).not.toBe('')
    }
  })

  it('fits into 80 columns', () => {
    expect(help.split('\n').filter((line) => line.length > COLUMNS)).toEqual([])
  })
})

it('would notice a command without them', () => {
  expect(helpOf(new Command('bare'))).not.toMatch(/Examples:|Exit codes:/)
})
