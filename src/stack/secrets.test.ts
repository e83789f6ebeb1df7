import { describe, expect, it } from 'vitest'
import { errorsOf, messagesOf, stackOf } from './rig.ts'
import { isSecretEntry, isSecretName, listMasked } from './secrets.ts'

describe('isSecretEntry', () => {
  it.each([
    ['api_key_env', 'WORK_KEY', false],
    ['api_key_env', 'sk-0123456789', true],
    ['api_key', 'WORK_KEY', true],
    ['AUTH_TOKEN', 'abc', true],
    ['bind', '127.0.0.1:0', false],
  ])('%s = %s: %s', (key, value, secret) => expect(isSecretEntry(key, value)).toBe(secret))
})

describe('isSecretName', () => {
  it.each([
    'secret',
    'password',
    'DB_PASSWORD',
    'passwd',
    'token',
    'AUTH_TOKEN',
    'access_key',
    'secret_access_key',
    'accessKeyId',
    'API_KEY',
    'WORK_KEY',
    'apiKey',
    'api-key',
    'credential',
    'credentials',
    'private_key',
    'passphrase',
    'clientSecret',
    'tokens',
  ])('%s is secret', (name) => expect(isSecretName(name)).toBe(true))
  it.each([
    'key',
    'keys',
    'public_key',
    'PUBLIC_KEY',
    'primary_key',
    'tokenizer',
    'max_tokens',
    'token_file',
    'secret_path',
    'token_url',
    'bind',
    'monkey',
    'secretary',
    'password_length',
  ])('%s is not', (name) => expect(isSecretName(name)).toBe(false))
})

describe('secrets of a stack', () => {
  const secretsOf = (text: string) => [...stackOf(text).secrets].toSorted()

  it('are found by name in [config], env and defaults', () =>
    expect(
      secretsOf(`
[defaults]
env = { API_TOKEN = "from-defaults" }
[daemons.a]
command = ["x"]
env = { PASSWORD = "from-env", LEVEL = "debug" }
[config.a]
store = { secret_access_key = "from-config", kind = "s3" }
[config.a.credentials]
user = "somebody"
list = ["in-a-list"]`),
    ).toEqual(['from-config', 'from-defaults', 'from-env', 'in-a-list', 'somebody']))
  it('are found by mark, strings and numbers', () =>
    expect(
      secretsOf(`
secrets = ["config.a.pins", 'config."b.c"', "daemons.a.env.LICENSE"]
[daemons.a]
command = ["x"]
env = { LICENSE = "lic-1234", OTHER = "open" }
[config]
a = { pins = [1234, "five-six"], open = "open" }
"b.c" = { d = "deep-down" }`),
    ).toEqual(['1234', 'deep-down', 'five-six', 'lic-1234']))
  it('are not those that are empty or short, nor placeholders, nor booleans', () =>
    expect(secretsOf('[config]\ntoken = ""\npassword = "abc"\nsecret = "{data}/x"\npasswd = true')).toEqual(
      [],
    ))
  it('are each line, too, where they have several', () =>
    expect(listMasked(['-----BEGIN-----\nabcdefgh\nxyz\n'])).toEqual([
      '-----BEGIN-----\nabcdefgh\nxyz\n',
      '-----BEGIN-----',
      'abcdefgh',
    ]))
})

describe('marks that mark nothing', () => {
  it.each([
    [
      'config.storaged.stor.pin',
      '1:12 "config.storaged.stor.pin" does not exist: there is no `config.storaged.stor`; did you mean `config.storaged.store`?',
    ],
    ['config.nothing', '1:12 "config.nothing" does not exist: there is no `config.nothing`'],
    ['daemons.a.env.FOO', '1:12 "daemons.a.env.FOO" does not exist: there is no `daemons.a.env`'],
    ['daemons.a.command', '1:12 "daemons.a.command" is neither in [config] nor in an `env`'],
    ['name', '1:12 "name" is neither in [config] nor in an `env`'],
    ['config..x', '1:12 "config..x" is no path of keys'],
    ['config.__proto__.x', '1:12 "config.__proto__.x" does not exist: there is no `config.__proto__`'],
    ['config.constructor', '1:12 "config.constructor" does not exist: there is no `config.constructor`'],
  ])('%s', (mark, message) =>
    expect(
      messagesOf(
        `secrets = ["${mark}"]\n[daemons.a]\ncommand = ["x"]\n[config.storaged]\nstore = { pin = 1 }`,
      ),
    ).toEqual([message]),
  )
})

describe('messages do not show secrets', () => {
  it('by name, on the line of another error', () =>
    expect(errorsOf('[config]\nx = { password = "hunter2!", path = "{nope}" }')).toMatchInlineSnapshot(`
      "s.toml:2:38: error: unknown placeholder \`{nope}\`
        2 | x = { password = "********", path = "{nope}" }
          |                                      ^^^^^^
        hint: there are {root} {data} {config} {bind} {port} {bind.NAME} {port.NAME} {url.NAME} {env.VAR}; write {{ and }} for literal braces
      "
    `))
  it('that are not even TOML', () =>
    expect(errorsOf('[config]\npassword = hunter2!')).toMatchInlineSnapshot(`
      "s.toml:2:12: error: text must stand in quotes
        2 | password = ********
          |            ^^^^^^^^
        hint: write "********"
      "
    `))
  it('that are not closed', () =>
    expect(errorsOf('[config]\napi_key = "hunter2!\n')).toMatchInlineSnapshot(`
    "s.toml:2:11: error: this string is not closed: the quote at its end is missing
      2 | api_key = "********
        |           ^^^^^^^^^
    "
  `))
  it('by mark, in any line', () =>
    expect(
      errorsOf('secrets = ["config.pin"]\n[config]\npin = "12345678"\nx = "{12345678}"'),
    ).toMatchInlineSnapshot(`
      "s.toml:4:6: error: unknown placeholder \`{********}\`
        4 | x = "{********}"
          |      ^^^^^^^^^^
        hint: there are {root} {data} {config} {bind} {port} {bind.NAME} {port.NAME} {url.NAME} {env.VAR}; write {{ and }} for literal braces
      "
    `))
})
