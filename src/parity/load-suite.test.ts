/** Cases files: what they mean, and what is said when they are wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { loadSuite } from './load-suite.ts'
import type { ParitySuite } from './suite-types.ts'

const folder = mkdtempSync(join(tmpdir(), 'parity-load-'))
afterAll(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string | Buffer): string => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}
const said = (messages: readonly string[]): string => messages.join('\n').replaceAll(`${folder}/`, '')

async function suite(text: string): Promise<ParitySuite> {
  const loaded = await loadSuite(write('cases.toml', text))
  if (!loaded.ok) throw new Error(said(loaded.error))
  return loaded.value
}
async function refusal(text: string): Promise<string> {
  const loaded = await loadSuite(write('cases.toml', text))
  return loaded.ok ? 'taken' : said(loaded.error)
}

const LEAST = 'name = "api"\n[[cases]]\nname = "health"\npath = "/health"\n'

it('has defaults that cases override', async () => {
  const { cases, ...rest } = await suite(`
name = "api"
left = "http://127.0.0.1:1"
right = "new"
stack = "stack.toml"
known_gaps = "gaps.toml"
[defaults]
method = "POST"
path = "/v1"
asks = 3
timeout = "2s"
numbers = "value"
mode = "shape"
headers = { X-Tenant = "a", Accept = "application/json" }
[modes]
"$.id" = "ignore"
[[cases]]
name = "one"
json = '{"n": 1.0}'
max_body = "1KiB"
[cases.modes]
"$.at" = { pattern = '^\\d+$' }
[[cases]]
name = "two"
path = "/v2?a=%20b"
method = "PATCH"
text = '{"a"'
asks = 1
numbers = "any"
mode = "value"
headers = { accept = "text/plain", content-type = "application/json" }
`)
  expect(rest).toEqual({
    name: 'api',
    file: join(folder, 'cases.toml'),
    left: 'http://127.0.0.1:1',
    right: 'new',
    stack: join(folder, 'stack.toml'),
    gaps: join(folder, 'gaps.toml'),
  })
  expect(cases).toMatchObject([
    {
      name: 'one',
      method: 'POST',
      path: '/v1',
      headers: { 'content-type': 'application/json', 'x-tenant': 'a', accept: 'application/json' },
      body: Buffer.from('{"n": 1.0}'),
      asks: 3,
      timeoutMs: 2_000,
      maxBodyBytes: 1_024,
      numbers: 'value',
      mode: { kind: 'shape' },
      rules: [{ mode: { kind: 'ignore' } }, { mode: { kind: 'pattern', pattern: /^\d+$/ } }],
    },
    {
      method: 'PATCH',
      path: '/v2?a=%20b',
      asks: 1,
      headers: { accept: 'text/plain' },
      mode: { kind: 'value' },
    },
  ])
})
it('asks GET without a body, POST with one, twice, for 10 s, up to 16 MiB', async () => {
  const { cases } = await suite(
    `${LEAST}[[cases]]\nname = "b"\npath = "/"\nbody_file = "body.bin"\n`.replace(
      'body.bin',
      write('body.bin', Buffer.from([0, 255])),
    ),
  )
  expect(cases[0]).toMatchObject({
    method: 'GET',
    headers: {},
    asks: 2,
    timeoutMs: 10_000,
    maxBodyBytes: 2 ** 24,
  })
  expect(cases[0]).not.toHaveProperty('body')
  expect(cases[1]).toMatchObject({ method: 'POST', headers: {}, body: Buffer.from([0, 255]) })
})
it('says everything that is wrong with it, at its place', async () => {
  expect(
    await refusal(`name = "an api"
defualts = {}
[modes]
"items[*]" = "ignore"
"$.a" = "shap"
[[cases]]
name = "a"
path = "no/path"
json = '{"a": 1,}'
text = "x"
asks = 0
[cases.headers]
Host = "evil"
"a b" = "1"
x = "1\\r\\nInjected: 1"
[[cases]]
name = "a"
method = "get"
numbers = "exact"
timeout = "2"
`),
  ).toMatchInlineSnapshot(`
      "cases.toml:1:8: error: \`name\`: "an api" is no name
        1 | name = "an api"
          |        ^^^^^^^^
        hint: letters, digits, \`-\`, \`_\` and \`.\`, at most 64

      cases.toml:2:1: error: unknown key \`defualts\`; did you mean \`defaults\`?
        2 | defualts = {}
          | ^^^^^^^^

      cases.toml:4:1: error: this is no path: a path begins with \`$\`, which is the body itself
        4 | "items[*]" = "ignore"
          | ^^^^^^^^^^
        hint: e.g. $.items[*].id, $["a key"], $.meta.*, $.rows[0]

      cases.toml:5:9: error: \`$.a\`: "shap" is no mode; did you mean "shape"?
        5 | "$.a" = "shap"
          |         ^^^^^^
        hint: value, shape, ignore

      cases.toml:8:8: error: \`path\`: "no/path" is no path
        8 | path = "no/path"
          |        ^^^^^^^^^
        hint: begins with \`/\`; blanks and the like percent-encoded

      cases.toml:9:8: error: \`json\` is not JSON: line 1, column 9: a key in quotes was expected, not "}"
        9 | json = '{"a": 1,}'
          |        ^^^^^^^^^^^
        hint: to send something malformed on purpose, use \`text\` and a content-type header

      cases.toml:10:1: error: a case has one body, but here are json and text
        10 | text = "x"
           | ^^^^

      cases.toml:11:8: error: \`asks\` must be from 1 to 5
        11 | asks = 0
           |        ^

      cases.toml:13:1: error: the header Host is set by the tool
        13 | Host = "evil"
           | ^^^^

      cases.toml:14:1: error: this is no name of a header
        14 | "a b" = "1"
           | ^^^^^

      cases.toml:15:5: error: \`x\`: a header cannot hold a line break or a control character
        15 | x = "1\\r\\nInjected: 1"
           |     ^^^^^^^^^^^^^^^^^^

      cases.toml:16:3: error: this case has no \`path\`
        16 | [[cases]]
           |   ^^^^^
        hint: here or in [defaults]

      cases.toml:17:8: error: two cases have this name
        17 | name = "a"
           |        ^^^
        cases.toml:7:8: first used here
        7 | name = "a"
          |        ---

      cases.toml:18:10: error: \`method\`: "get" is no method
        18 | method = "get"
           |          ^^^^^
        hint: capital letters: GET, POST

      cases.toml:19:11: error: \`numbers\`: "exact" is no policy of numbers
        19 | numbers = "exact"
           |           ^^^^^^^
        hint: literal, value, any

      cases.toml:20:11: error: \`timeout\`: "2" is no duration
        20 | timeout = "2"
           |           ^^^
        hint: a number with a unit: 250ms, 15s, 1.5m, 1h
      "
    `)
})
it.each([
  ['nothing', '', 'the file is empty'],
  ['no case', 'name = "a"\ncases = []\n', 'there is no case'],
  ['no cases', 'name = "a"\n', 'has no `cases`'],
  [
    'a body that is not there',
    `${LEAST}body_file = "none.bin"\n`,
    'case "health": its body cannot be read: ENOENT',
  ],
  ['broken TOML', 'name = "a', 'cases.toml:1:'],
])('refuses %s', async (_what, text, message) => expect(await refusal(text)).toContain(message))
