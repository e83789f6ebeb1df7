/** The scripts for a small program, to the letter; and that the real one is in them whole. zsh and fish need not be there. */
import { Command, Option } from 'commander'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../program.ts'
import { renderBash } from './bash.ts'
import { renderFish } from './fish.ts'
import { describeProgram, type Values } from './model.ts'
import { valuesOf } from './values.ts'
import { renderZsh } from './zsh.ts'

function smallProgram(): Command {
  const program = new Command('tool').helpCommand(false).option('-V, --version', 'print the version')
  program
    .command('run')
    .description("run the smokes; it's quick")
    .argument('[smokes...]')
    .option('--stack <file>', 'the [stack]: a file')
    .option('--only <smokes...>', 'these')
    .addOption(new Option('-c, --color <when>', 'colour').choices(['always', 'never']))
  program.command('logs').description('the log').argument('<daemon>').option('-n, --lines <count>', 'so many')
  return program
}

const values = (_: string, placeholder: string): Values => {
  if (placeholder === 'file') return { kind: 'ask', what: 'stacks', files: true }
  if (placeholder === 'count') return { kind: 'free' }
  return { kind: 'ask', what: placeholder === 'daemon' ? 'daemons' : 'smokes' }
}

describe('a small program', () => {
  const model = describeProgram(smallProgram(), values)

  it('in bash', () => expect(renderBash(model)).toMatchSnapshot())
  it('in zsh', () => expect(renderZsh(model)).toMatchSnapshot())
  it('in fish', () => expect(renderFish(model)).toMatchSnapshot())
})

describe('the real program', () => {
  const model = describeProgram(
    createProgram(() => undefined),
    valuesOf,
  )
  const [bash, zsh, fish] = [renderBash(model), renderZsh(model), renderFish(model)]

  it.each(model.commands.map((command) => [command.name, command] as const))('%s', (name, { options }) => {
    expect(bash).toContain(`'${name}'`)
    expect(zsh).toContain(`        ${name})`)
    expect(fish).toContain(`-a ${name} -d`)
    for (const long of options.flatMap(({ names }) => names.filter((each) => each.startsWith('--')))) {
      expect(bash).toContain(` ${long}`)
      expect(zsh).toContain(long)
      expect(fish).toContain(`-l ${long.slice(2)} `)
    }
  })

  it('asks for what only the project can tell', () => {
    const find = (command: string) => model.commands.find(({ name }) => name === command)
    expect(find('logs')?.arguments[0]?.values).toEqual({ kind: 'ask', what: 'daemons' })
    expect(find('watch')?.arguments[0]?.values).toEqual({ kind: 'ask', what: 'smokes' })
    expect(find('report')?.arguments[0]?.values).toEqual({ kind: 'ask', what: 'runs' })
    const only = find('verify')?.options.find(({ names }) => names.includes('--only'))
    expect(only).toMatchObject({ variadic: true, value: { kind: 'ask', what: 'smokes' } })
  })

  it('knows the names of reporters and checks', () => {
    const text = JSON.stringify(model)
    for (const word of ['junit', 'markdown', 'stack-file', 'pre-push', 'systemd', 'ledger', 'fish']) {
      expect(text).toContain(`"${word}"`)
    }
  })
})
