/** Completion in a real bash, with the script that the real command prints. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createProject, daemon, type Project, runTool, stackOf } from './support/rig.ts'
import { LAUNCHER } from './support/tool.ts'

/** What is offered for each line, whose last word is the one under the cursor. */
function completeInBash(project: Project, script: string, lines: readonly (readonly string[])[]): string[] {
  const program = `
smokechain() { "$NODE" "$LAUNCHER" "$@"; }
${script}
complete -p smokechain
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _smokechain; echo "\${COMPREPLY[*]}"; }
${lines.map((words) => `try ${words.map((word) => `'${word}'`).join(' ')}`).join('\n')}
`
  const env = { PATH: '/usr/bin:/bin', HOME: project.home, NODE: process.execPath, LAUNCHER }
  const printed = execFileSync('bash', ['--noprofile', '--norc'], {
    cwd: project.root,
    env,
    input: program,
    encoding: 'utf8',
    // What goes wrong must not stand in a prompt.
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  return printed.trimEnd().split('\n')
}

it('offers commands, options, their values, and the names of the project', async () => {
  const project = createProject()
  project.write('stacks/dev.toml', stackOf(['d1', 'd2', 'orders', '$(touch pwned)'], daemon('web')))
  project.write('stacks/shop.toml', stackOf([], daemon('till'), daemon('depot')))
  project.write('stacks/persistent.toml', stackOf([], daemon('kept')))
  const script = await runTool(project, ['completion', 'bash'])
  expect(script.code).toBe(0)
  expect(script.stderr).toBe('')

  const offered = completeInBash(project, script.stdout, [
    ['smokechain', 'ver'],
    ['smokechain', '--ver'],
    ['smokechain', 'watch', '--st'],
    ['smokechain', 'verify', '--only', 'd1', ''],
    ['smokechain', 'verify', '--only', 'd1', '--ba'],
    ['smokechain', 'verify', '--bail', '--stack', 'sh'],
    ['smokechain', 'verify', '--stack', '=', 'sh'],
    ['smokechain', 'logs', ''],
    ['smokechain', 'logs', '--stack', 'shop', '-n', '5', 't'],
    ['smokechain', 'logs', 'kept', ''],
    ['smokechain', 'schema', 'l'],
    ['smokechain', 'nonsense', ''],
  ])
  expect(offered).toEqual([
    'complete -F _smokechain smokechain',
    'verify',
    '--version',
    '--stack',
    'd2 orders',
    '--bail',
    'shop',
    'shop',
    'kept',
    'till',
    '',
    'ledger',
  ])
  expect(existsSync(join(project.root, 'pwned'))).toBe(false)
})

it('is silent in a folder that is no project, and says which shells there are', async () => {
  const project = createProject()
  const asked = await runTool(project, ['complete', 'smokes', 'verify', '--only'])
  expect([asked.code, asked.stdout, asked.stderr]).toEqual([0, '', ''])
  const unknown = await runTool(project, ['completion', 'fisch'])
  expect(unknown.code).toBe(2)
  expect(unknown.stderr).toBe(
    'error: no shell named "fisch"; did you mean "fish"? (known: bash, zsh, fish)\n',
  )
})
