/** Malformed stack files: all that is wrong in one go, with its place; exit code 2, and nothing is begun. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createProject, expectNothingLeft, goodSmoke, report, smokeOf, verify } from './support/rig.ts'

const GOOD = `name = "test"
chain = ["d1"]

[daemons.web]
command = ["web"]
bind = "127.0.0.1:0"
ready = { http = "/health" }
`

/** GOOD with one part of it exchanged. */
const exchange = (part: string, other: string): string => GOOD.replace(part, other)
const lines = (...added: readonly string[]): string => [GOOD, ...added, ''].join('\n')
const withLine = (line: string): string => exchange('command =', `${line}\ncommand =`)

const BAD: Readonly<Record<string, string | Uint8Array>> = {
  // As a file.
  empty: '',
  'only blanks': ' \n\t\n',
  binary: Uint8Array.from([0, 1, 2, 0xff, 0xfe, 10, 0]),
  'UTF-16': Buffer.from(GOOD, 'utf16le'),
  'Latin-1': Buffer.from(exchange('"test"', '"caf\u00e9"'), 'latin1'),
  huge: `${GOOD}# ${'x'.repeat(1_100_000)}\n`,
  'deeply nested': lines(`[config.x]`, `a = ${'['.repeat(5_000)}${']'.repeat(5_000)}`),
  JSON: '{"name": "test"}\n',
  YAML: 'name: test\nchain:\n  - d1\n',
  // As TOML.
  'a string without its end': exchange('"test"', '"test'),
  'single quotes for double': exchange('"test"', `'test"`),
  'no value': exchange('"test"', ''),
  'no equals sign': exchange('name =', 'name'),
  'a bare word': exchange('"test"', 'test'),
  'two values': exchange('"test"', '"test" "more"'),
  'the same key twice': exchange('chain', 'name = "again"\nchain'),
  'the same table twice': lines('[daemons.web]', 'command = ["web"]'),
  'a table without its bracket': exchange('[daemons.web]', '[daemons.web'),
  'a list without its bracket': exchange('["d1"]', '["d1"'),
  'a list without a comma': exchange('["d1"]', '["d1" "d2"]'),
  'a malformed escape': exchange('"test"', String.raw`"te\qst"`),
  'a control character': exchange('"test"', '"te\u0001st"'),
  'a line break in a string': exchange('"test"', '"te\nst"'),
  'a number with a leading zero': lines('[config.x]', 'n = 007'),
  'a date that is none': lines('[config.x]', 'd = 2024-02-31'),
  'a key that is a table and a value': lines('[config]', 'x = 1', '[config.x]', 'y = 2'),
  // In meaning.
  'an unknown key': withLine('need = ["web"]'),
  'an unknown key at the top': exchange('chain', 'chains'),
  'an unknown probe': exchange('http =', 'htttp ='),
  'no command': exchange('command = ["web"]\n', ''),
  'an empty command': exchange('["web"]', '[]'),
  'a command as a string': exchange('["web"]', '"web --port 1"'),
  'a number in a command': exchange('["web"]', '["web", 1]'),
  'an empty chain': exchange('["d1"]', '[]'),
  'a smoke twice': exchange('["d1"]', '["d1", "d1"]'),
  'a smoke id that is a path': exchange('["d1"]', '["../d1"]'),
  'a daemon that needs itself': withLine('needs = ["web"]'),
  'a daemon that needs an unknown one': withLine('needs = ["wbe"]'),
  'daemons in a circle': [
    withLine('needs = ["api"]'),
    '[daemons.api]',
    'command = ["api"]',
    'needs = ["db"]',
    '[daemons.db]',
    'command = ["db"]',
    'needs = ["web"]',
    '',
  ].join('\n'),
  'the same fixed port twice': [
    exchange('127.0.0.1:0', '127.0.0.1:4000'),
    '[daemons.api]',
    'command = ["api"]',
    'bind = "127.0.0.1:4000"',
    '',
  ].join('\n'),
  'a fixed port on a wildcard as well': [
    exchange('127.0.0.1:0', '127.0.0.1:4000'),
    '[daemons.api]',
    'command = ["api"]',
    'bind = "0.0.0.0:4000"',
    'expose = true',
    '',
  ].join('\n'),
  'an exposed bind that is not allowed': exchange('127.0.0.1:0', '0.0.0.0:0'),
  'a bind without a port': exchange('127.0.0.1:0', '127.0.0.1'),
  'a port that is none': exchange('127.0.0.1:0', '127.0.0.1:70000'),
  'a host name': exchange('127.0.0.1:0', 'example.org:0'),
  'IPv6 without brackets': exchange('127.0.0.1:0', '::1:0'),
  'bind and binds': withLine('binds = { a = "127.0.0.1:0" }'),
  'a duration without a unit': withLine('ready_timeout = "15"'),
  'a duration as a number': withLine('stop_grace = 5'),
  'no time at all': withLine('ready_timeout = "0s"'),
  'a size that is none': withLine('max_rss = "much"'),
  'an unknown placeholder': exchange('["web"]', '["web", "{prot}"]'),
  'a single brace': exchange('["web"]', '["web", "{"]'),
  'a placeholder for an unknown daemon': exchange('["web"]', '["web", "{bind.api}"]'),
  '{config} without a [config]': exchange('["web"]', '["web", "{config}"]'),
  'a malformed regular expression': exchange('{ http = "/health" }', "{ log = '(' }"),
  'a probe of a socket that is not there': exchange('bind = "127.0.0.1:0"\n', ''),
  'an fd that is taken': exchange('{ http = "/health" }', '{ fd = 1 }'),
  'a variable that is a number': withLine('env = { A = 1 }'),
  'a daemon name that is no name': exchange('[daemons.web]', '[daemons."my web"]'),
  'a secret that does not exist': exchange('chain', 'secrets = ["config.web.pin"]\nchain'),
}

it.each(Object.keys(BAD))('%s', async (what) => {
  const project = createProject()
  project.write('stack.toml', BAD[what] ?? '')
  project.smoke('d1', goodSmoke())
  const finished = await verify(project)
  expect(finished.code, finished.stdout + finished.stderr).toBe(2)
  expect(finished.stdout).toBe('')
  expect(finished.stderr).toMatch(/^stack\.toml(:\d+:\d+)?: error: /)
  expect(finished.stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m)
  expect(report(finished)).toMatchSnapshot()
  expect(existsSync(join(project.root, 'logs'))).toBe(false)
  await expectNothingLeft(finished)
})

it('everything that is wrong is told in one go', async () => {
  const project = createProject()
  project.stack(`name = "test
chain = ["d1", "d1"]

[daemons.web]
comand = ["web"]
needs = ["db", "web"]
bind = "0.0.0.0:0"
ready_timeout = "soon"
`)
  const finished = await verify(project)
  expect(finished.code).toBe(2)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    stack.toml:1:8: error: this string is not closed: the quote at its end is missing
      1 | name = "test
        |        ^^^^^

    stack.toml:2:16: error: \`d1\` is listed twice
      2 | chain = ["d1", "d1"]
        |                ^^^^
      stack.toml:2:10: first listed here
      2 | chain = ["d1", "d1"]
        |          ----

    stack.toml:5:1: error: unknown key \`comand\`; did you mean \`command\`?
      5 | comand = ["web"]
        | ^^^^^^

    stack.toml:6:16: error: daemon \`web\` needs itself
      6 | needs = ["db", "web"]
        |                ^^^^^

    stack.toml:7:8: error: 0.0.0.0 can be reached from other machines
      7 | bind = "0.0.0.0:0"
        |        ^^^^^^^^^^^
      hint: bind 127.0.0.1 or [::1], or say \`expose = true\`

    stack.toml:8:17: error: \`ready_timeout\`: "soon" is no duration
      8 | ready_timeout = "soon"
        |                 ^^^^^^
      hint: a number with a unit: 250ms, 15s, 1.5m, 1h
    "
  `)
})

it('a folder in the place of the stack file', async () => {
  const project = createProject()
  project.write('stack.toml/readme', '')
  const finished = await verify(project)
  expect(finished.code).toBe(2)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    stack.toml: error: this is a folder, not a stack file
    "
  `)
})

it('a stack without a chain has nothing to verify: exit code 4', async () => {
  const project = createProject()
  project.stack('[daemons.web]\ncommand = ["web"]\n')
  const finished = await verify(project)
  expect(finished.code).toBe(4)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    error: stack.toml has no chain of smokes to run
    "
  `)
})

it('a stack without daemons can have smokes that need none', async () => {
  const project = createProject()
  project.stack('chain = ["d1"]\n')
  project.smoke(
    'd1',
    smokeOf(`    await step('it adds up', () => expect('the sum', 1 + 1, 2))`, {
      needs: [],
      uses: ['expect'],
    }),
  )
  const finished = await verify(project)
  expect(finished.code, finished.stdout + finished.stderr).toBe(0)
  expect(report(finished)).toMatchInlineSnapshot(`
    "
    booting 0 daemons
    up in <time>
    PASS d1 <n>s

    stack stack · …
    PASS d1 <n>s
    --- 1 PASS / 0 FAIL ---
    "
  `)
  await expectNothingLeft(finished)
})
