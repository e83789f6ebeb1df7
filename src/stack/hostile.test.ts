/** Texts that no person would write. Whatever comes, the loader answers with a stack or with placed errors. */
import { describe, expect, it } from 'vitest'
import { createChance } from '../kernel/test-chance.ts'
import { renderDiagnostics } from './diagnostic.ts'
import { parseStack } from './parse.ts'
import { messagesOf } from './rig.ts'

const GOOD = `# comment
name = "dev"
chain = ["d1", 'd2']
secrets = ["config.a.pin"]
[defaults]
ready_timeout = "15s"
env = { A = "{root}", B = """x
y""" }
[daemons.storaged]
command = ["node", "main.ts", "{bind}"]
binds = { http = "127.0.0.1:0", admin = "[::1]:8080" }
ready = { http = { path = "/health", json = { status = "ok" } }, log = 'ready \\d{2}' }
[daemons.queryd]
command = ["x", "{url.storaged}", "{port.storaged.admin}"]
needs = ["storaged"]
max_rss = "512MiB"
[config.a]
pin = 123456
when = 1979-05-27T07:32:00Z
list = [1, 2.5, { b = true }]
`

function randomFrom(seed: number): (below: number) => number {
  const chance = createChance(seed)
  return (below) => Math.floor(chance() * below)
}

/** Either a stack, or errors that each point into the text, in its order. */
function expectAnswer(text: string): void {
  const result = parseStack(text, '/p/s.toml')
  if (result.ok) return
  expect(result.error.length).toBeGreaterThan(0)
  const lines = text.replace(/^\ufeff+/, '').split('\n')
  let previous = 0
  for (const { line, column, length, source, message } of result.error) {
    expect(line).toBeGreaterThanOrEqual(previous)
    expect(line).toBeLessThanOrEqual(lines.length)
    expect(column).toBeLessThanOrEqual([...(lines[line - 1] ?? '')].length + 1)
    expect(length).toBeGreaterThan(0)
    expect(source?.length).toBe(lines[line - 1]?.replace(/\r$/, '').length)
    expect(message).toMatch(/^[^\n]+$/)
    previous = line
  }
  expect(renderDiagnostics(result.error)).not.toContain('    at ')
}

describe('mutations of a good file', () => {
  it('the file itself is good', () => expect(messagesOf(GOOD)).toEqual([]))

  it('every prefix is answered', () => {
    for (let end = 0; end < GOOD.length; end += 1) expectAnswer(GOOD.slice(0, end))
  })
  it('every missing character is answered', () => {
    for (let at = 0; at < GOOD.length; at += 1) expectAnswer(GOOD.slice(0, at) + GOOD.slice(at + 1))
  })
  it('characters put in anywhere are answered', () => {
    const random = randomFrom(1)
    const pieces = [
      '"',
      "'",
      '"""',
      '[',
      ']',
      '{',
      '}',
      '=',
      ',',
      '.',
      '#',
      '\n',
      '\r',
      '\\',
      '\0',
      '\t',
      'é',
      '😀',
      '\ud800',
      '{{',
      '[[',
      '[daemons.x]\n',
      '=1\n',
      '{bind}',
      '__proto__ = 1\n',
      '-',
      '1979-05-27',
    ]
    for (let round = 0; round < 600; round += 1) {
      let text = GOOD
      for (let edits = random(3); edits >= 0; edits -= 1) {
        const at = random(text.length)
        text = text.slice(0, at) + (pieces[random(pieces.length)] ?? '') + text.slice(at + random(4))
      }
      expectAnswer(text)
    }
  })
  it('lines in another order are answered', () => {
    const random = randomFrom(2)
    for (let round = 0; round < 200; round += 1) {
      const lines = GOOD.split('\n')
      for (let swaps = 0; swaps < 4; swaps += 1) {
        const [one, other] = [random(lines.length), random(lines.length)]
        ;[lines[one], lines[other]] = [lines[other] ?? '', lines[one] ?? '']
      }
      expectAnswer(lines.join('\n'))
    }
  })
})

describe('large and deep', () => {
  const MIB = 2 ** 20
  it.each([
    ['garbage', 'x{"[='.repeat(MIB / 5)],
    ['one line of letters', 'a'.repeat(MIB)],
    ['open brackets', `a = ${'['.repeat(MIB - 4)}`],
    ['open tables', `a = ${'{b='.repeat(MIB / 3)}`],
    ['a key of dots', `${'a.'.repeat(50_000)}b = 1`],
    ['a deep header', `[${'a.'.repeat(50_000)}b]`],
    ['quotes', '"'.repeat(MIB)],
    ['many keys without values', 'a\n'.repeat(50_000)],
    ['a huge string', `name = "${'x'.repeat(MIB - 20)}"`],
    ['braces', `[daemons.a]\ncommand = ["${'{'.repeat(100_001)}"]`],
    ['many unknown keys', Array.from({ length: 20_000 }, (_, index) => `k${index} = 1`).join('\n')],
  ])('1 MiB of %s is answered', (_, text) => {
    const result = parseStack(text, '/p/s.toml')
    expect(result.ok).toBe(false)
    expect(renderDiagnostics(result.ok ? [] : result.error).length).toBeLessThan(100_000)
  })

  it('a thousand daemons in a row are accepted, and refused as a circle', () => {
    const row = (closed: boolean) =>
      Array.from(
        { length: 1_000 },
        (_, index) =>
          `[daemons.d${index}]\ncommand = ["x"]\n${index > 0 || closed ? `needs = ["d${(index + 999) % 1_000}"]\n` : ''}`,
      ).join('')
    expect(messagesOf(row(false))).toEqual([])
    expect(messagesOf(row(true))).toHaveLength(1)
  })
  it('many that lead to a circle, none of them on it, cost no square', () => {
    const lines = Array.from(
      { length: 8_000 },
      (_, index) => `[daemons.d${index}]\ncommand = ["x"]\nneeds = ["z1"]\n`,
    )
    expect(
      messagesOf(
        `${lines.join('')}[daemons.z1]\ncommand=["x"]\nneeds=["z2"]\n[daemons.z2]\ncommand=["x"]\nneeds=["z1"]`,
      ),
    ).toHaveLength(1)
  })
})

describe('names of JavaScript', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    '%s is a name like any other, or none',
    (name) => {
      expectAnswer(`[${name}]\nx = 1`)
      expectAnswer(`[daemons.${name}]\ncommand = ["x"]\nneeds = ["${name}", "valueOf"]`)
      expectAnswer(
        `[daemons.a]\ncommand = ["{bind.${name}}"]\nenv = { ${name} = "1" }\nready = { ${name} = "1" }`,
      )
      expect(messagesOf(`[daemons.a]\ncommand = ["x"]\nneeds = ["${name}"]`)).toHaveLength(1)
      expect(messagesOf(`${name} = 1`)).toHaveLength(1)
      expect(messagesOf(`[daemons.a]\ncommand = ["{bind.${name}}"]`)).toHaveLength(1)
    },
  )
})
