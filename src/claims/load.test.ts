import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { renderDiagnostics } from '../stack/diagnostic.ts'
import { findClaimsFile, loadClaims } from './load.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smokechain-claims-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
})

const CLAIM = '[claims.kept]\nsentence = "it is kept"\nrisk = "it is lost"\nseverity = "high"\n'

async function load(text: string) {
  const file = join(folder, 'claims.toml')
  writeFileSync(file, text)
  return await loadClaims(file, folder)
}

async function complaints(text: string): Promise<string> {
  const loaded = await load(text)
  return loaded.ok ? 'ok' : renderDiagnostics(loaded.error, { cwd: folder })
}

describe('a claims file', () => {
  it('gives claims, risks, gates and decisions in its order', async () => {
    const loaded = await load(
      `tests = ["logs/tests.json"]\n${CLAIM}
[risks.disk]\nsentence = "full"\nseverity = "low"\nstate = "open"\ncloses = "a bigger one"\nclaims = ["kept"]
[gates.try]\nclaims = ["kept"]\ncommand = ["true"]\ndeadline = "1.5m"
[decisions.form]\nquestion = "which?"\nblocks = true\n`,
    )
    expect(loaded).toEqual({
      ok: true,
      value: {
        file: join(folder, 'claims.toml'),
        tests: [join(folder, 'logs/tests.json')],
        claims: [{ id: 'kept', sentence: 'it is kept', risk: 'it is lost', severity: 'high' }],
        risks: [
          {
            id: 'disk',
            sentence: 'full',
            severity: 'low',
            state: 'open',
            closes: 'a bigger one',
            claims: ['kept'],
          },
        ],
        gates: [{ id: 'try', claims: ['kept'], command: ['true'], deadlineMs: 90_000 }],
        decisions: [{ id: 'form', question: 'which?', state: 'open', blocks: true }],
      },
    })
  })

  it.each([
    [
      'an unknown severity',
      CLAIM.replace('high', 'hihg'),
      ':4:12: error: `severity`: "hihg" is no severity; did you mean "high"?',
    ],
    [
      'an unknown key',
      CLAIM.replace('risk', 'rsik'),
      ':3:1: error: unknown key `rsik`; did you mean `risk`?',
    ],
    ['no risk', CLAIM.replace(/risk.*\n/, ''), ':1:9: error: `kept` has no `risk`'],
    ['no claims', 'tests = []\n', 'error: the file has no `claims`'],
    ['claims, but none', '[claims]\n', ':1:2: error: `claims` is empty: nothing is promised'],
    ['an id that is none', CLAIM.replace('kept', '"a b"'), ':1:9: error: "a b" is no id'],
    [
      'a gate for nothing',
      `${CLAIM}[gates.g]\nclaims = []\ncommand = ["true"]\n`,
      ':6:10: error: a gate that proves no claim is none',
    ],
    [
      'a gate without a command',
      `${CLAIM}[gates.g]\nclaims = ["kept"]\ncommand = []\n`,
      ':7:11: error: `command` is empty',
    ],
    [
      'a gate for an unknown claim',
      `${CLAIM}[gates.g]\nclaims = ["kpet"]\ncommand = ["x"]\n`,
      ':6:11: error: there is no claim "kpet"; did you mean "kept"?',
    ],
    [
      'a claim twice',
      `${CLAIM}[gates.g]\nclaims = ["kept", "kept"]\ncommand = ["x"]\n`,
      ':6:19: error: the claim "kept" is named twice',
    ],
    [
      'a deadline that is none',
      `${CLAIM}[gates.g]\nclaims = ["kept"]\ncommand = ["x"]\ndeadline = "soon"\n`,
      ':8:12: error: `deadline`: "soon" is no duration',
    ],
    [
      'an unknown state',
      `${CLAIM}[risks.r]\nsentence = "x"\nseverity = "low"\nstate = "opne"\ncloses = "y"\n`,
      ':8:9: error: `state`: "opne" is no state of a risk; did you mean "open"?',
    ],
    ['a syntax error', `${CLAIM}[risks.r\n`, ':5:'],
  ])('with %s: says where and what', async (_, text, expected) =>
    expect(await complaints(text)).toContain(
      `claims.toml${expected.startsWith(':') ? '' : ':1:1: '}${expected}`,
    ),
  )

  it('is read on where it has a syntax error, without consequences of it', async () => {
    const text = await complaints(
      `[claims.kept\n${CLAIM.replace('kept', 'seen')}[gates.g]\nclaims = ["kept"]\ncommand = []\n`,
    )
    expect(text).toContain('`command` is empty')
    expect(text).not.toContain('there is no claim')
  })
})

it('is found beside the stack, in the project, or in its docs, in this order', () => {
  const stack = { file: join(folder, 'stacks/dev.toml'), root: folder }
  expect(findClaimsFile(stack)).toBeUndefined()
  for (const place of ['docs/claims.toml', 'claims.toml', 'stacks/claims.toml']) {
    mkdirSync(join(folder, place, '..'), { recursive: true })
    writeFileSync(join(folder, place), CLAIM)
    expect(findClaimsFile(stack)).toBe(join(folder, place))
  }
})
