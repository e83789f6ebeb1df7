/** `data = …`: the folder that a supervisor keeps, and `{env.VAR:-default}`, which makes it configurable. */
import { describe, expect, it } from 'vitest'
import { renderDiagnostics } from './diagnostic.ts'
import { resolveDataFolder, resolveStack } from './resolve.ts'
import { errorsOf, stackOf } from './rig.ts'

const folderOf = (data: string, env: NodeJS.ProcessEnv = {}) => {
  const folder = resolveDataFolder(stackOf(`data = '${data}'`), env)
  return folder.ok ? folder.value : renderDiagnostics(folder.error, { cwd: '/project/stacks' })
}

describe('the folder of the data', () => {
  it('is none without the key', () =>
    expect(resolveDataFolder(stackOf('name = "x"'), {})).toEqual({ ok: true, value: undefined }))
  it.each([
    ['data', {}, '/project/data'],
    ['/var/shop', {}, '/var/shop'],
    ['{root}/../data', {}, '/data'],
    ['{env.DATA:-data}', {}, '/project/data'],
    ['{env.DATA:-data}', { DATA: '' }, '/project/data'],
    ['{env.DATA:-data}', { DATA: '/srv/lake' }, '/srv/lake'],
    ['{env.DATA:-data}', { DATA: 'lake' }, '/project/lake'],
    ['{env.DATA}/x', { DATA: '/srv' }, '/srv/x'],
  ])('%s with %j is %s', (data, env, folder) => expect(folderOf(data, env)).toBe(folder))
  it('needs its variable', () =>
    expect(folderOf('{env.DATA}')).toMatchInlineSnapshot(`
    "s.toml:1:9: error: the environment variable \`DATA\` is not set
      1 | data = '{env.DATA}'
        |         ^^^^^^^^^^
      hint: set it for this command: DATA=… smokechain …
    "
  `))
  it('is chosen before anything else is known', () =>
    expect(errorsOf('data = "{data}/{bind.a}"')).toMatchInlineSnapshot(`
      "s.toml:1:9: error: \`{data}\` is not known when the folder of the data is chosen
        1 | data = "{data}/{bind.a}"
          |         ^^^^^^
        hint: there are {root} {env.VAR} {env.VAR:-default}

      s.toml:1:16: error: \`{bind.a}\` is not known when the folder of the data is chosen
        1 | data = "{data}/{bind.a}"
          |                ^^^^^^^^
        hint: there are {root} {env.VAR} {env.VAR:-default}
      "
    `))
})

describe('{env.VAR:-default}', () => {
  const fill = (template: string, env: NodeJS.ProcessEnv) => {
    const result = resolveStack(stackOf(`[daemons.a]\ncommand = ["x"]\nenv = { V = '${template}' }`), {
      ports: new Map(),
      dataDir: '/data',
      configPath: '/config.toml',
      env,
    })
    return result.ok ? result.value.daemons.get('a')?.env['V'] : result.error
  }
  it.each([
    ['{env.A:-x}', {}, 'x'],
    ['{env.A:-}', {}, ''],
    ['{env.A:-a:-b c/d}', {}, 'a:-b c/d'],
    ['{env.A:-x}', { A: 'y' }, 'y'],
    ['{env.toString:-x}', {}, 'x'],
  ])('%s with %j is "%s"', (template, env, value) => expect(fill(template, env)).toBe(value))
  it('has the form of a shell, and no other', () =>
    expect(
      errorsOf('[daemons.a]\ncommand = ["x", "{env.A-x}", "{env.A:x}", "{bind.a:-x}"]'),
    ).toMatchInlineSnapshot(`
      "s.toml:2:18: error: unknown placeholder \`{env.A-x}\`
        2 | command = ["x", "{env.A-x}", "{env.A:x}", "{bind.a:-x}"]
          |                  ^^^^^^^^^
        hint: \`env\` takes a name: {env.VAR}

      s.toml:2:31: error: unknown placeholder \`{env.A:x}\`
        2 | command = ["x", "{env.A-x}", "{env.A:x}", "{bind.a:-x}"]
          |                               ^^^^^^^^^
        hint: \`env\` takes a name: {env.VAR}

      s.toml:2:44: error: \`{bind.a:-x}\` names no daemon or own bind
        2 | command = ["x", "{env.A-x}", "{env.A:x}", "{bind.a:-x}"]
          |                                            ^^^^^^^^^^^
      "
    `))
})
