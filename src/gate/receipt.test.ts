import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { describeRuntime, identifyStack, type Receipt, readReceipt, writeReceipt } from './receipt.ts'

const TREE = 'a'.repeat(40)
const stack = identifyStack('stacks/dev.toml', 'chain = ["d1"]\n')
const subject = { tree: TREE, stack, tool: '0.1.0', runtime: describeRuntime() }

function createReceipt(changes: Partial<Receipt> = {}): Receipt {
  return { ...subject, chain: ['d1', 'd2'], passed: 2, run: 'r1', at: new Date().toISOString(), ...changes }
}

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'smokegate-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'receipts')
}

/** What the gate says to a receipt that was written like this, under the name it is looked for. */
function judge(changes: Partial<Receipt>): string | undefined {
  const folder = createFolder()
  writeReceipt(folder, createReceipt(changes))
  const result = readReceipt(folder, subject)
  return result.ok ? undefined : result.error
}

/** What the gate says when the file's text was changed. */
function tamper(change: (text: string) => string): string | undefined {
  const folder = createFolder()
  writeReceipt(folder, createReceipt())
  const file = join(folder, readdirSync(folder)[0] ?? '')
  writeFileSync(file, change(readFileSync(file, 'utf8')))
  const result = readReceipt(folder, subject)
  return result.ok ? undefined : result.error
}

describe('readReceipt', () => {
  it('trusts what was written for the same tree, stack, tool and runtime', () => {
    const folder = createFolder()
    const receipt = createReceipt()
    writeReceipt(folder, receipt)
    expect(readReceipt(folder, subject)).toEqual({
      ok: true,
      value: { ...receipt, schema: 1, checksum: expect.any(String) },
    })
  })

  it('finds none where there is none', () =>
    expect(readReceipt(createFolder(), subject)).toEqual({ ok: false, error: 'there is none' }))

  it.each<[string, Partial<Receipt>, string]>([
    ['another tree', { tree: 'b'.repeat(40) }, 'there is none'],
    [
      'another stack file',
      { stack: identifyStack('stacks/minio.toml', 'chain = ["d1"]\n') },
      'there is none',
    ],
    ['another text in it', { stack: identifyStack('stacks/dev.toml', 'chain = []\n') }, 'there is none'],
    ['another tool', { tool: '0.0.9' }, 'smokechain 0.0.9 wrote it, this is 0.1.0'],
    ['another runtime', { runtime: 'v1 x' }, `it ran on v1 x, this is ${describeRuntime()}`],
    ['a part of the chain', { passed: 1 }, 'its chain was not green'],
    ['an empty chain', { chain: [], passed: 0 }, 'its chain was not green'],
    ['no date', { at: 'soon' }, 'it claims to be from the future (soon)'],
    [
      'the future',
      { at: '2999-01-01T00:00:00.000Z' },
      'it claims to be from the future (2999-01-01T00:00:00.000Z)',
    ],
  ])('does not trust one for %s', (_, changes, reason) => expect(judge(changes)).toBe(reason))

  it.each<[string, (text: string) => string]>([
    ['an edit', (text) => text.replace('"run": "r1"', '"run": "r2"')],
    ['an edit of the chain', (text) => text.replace('"d2"', '"d3"')],
    ['another schema', (text) => text.replace('"schema": 1', '"schema": 2')],
    ['a further field', (text) => text.replace('"schema": 1,', '"schema": 1, "more": true,')],
    ['the same field twice', (text) => text.replace('"passed": 2', '"passed": 1,\n  "passed": 2')],
    ['a missing field', (text) => text.replace(/ {2}"run".*\n/, '')],
    ['another type', (text) => text.replace('"passed": 2', '"passed": "2"')],
    ['another checksum', (text) => text.replace(/"checksum": "./, '"checksum": "x')],
    ['other blanks', (text) => text.replaceAll('\n', '')],
    ['a cut', (text) => text.slice(0, -2)],
    ['nothing left', () => ''],
    ['something else', () => 'null'],
  ])('does not trust it after %s', (_, change) =>
    expect(tamper(change)).toBe('it is damaged, or was edited, or another version wrote it'),
  )

  it('does not trust one that was copied to the name of another', () => {
    const folder = createFolder()
    writeReceipt(folder, createReceipt({ tree: 'b'.repeat(40) }))
    const [name = ''] = readdirSync(folder)
    writeFileSync(join(folder, name.replace(/^b+/, TREE)), readFileSync(join(folder, name)))
    expect(readReceipt(folder, subject)).toEqual({ ok: false, error: 'it is for another tree' })
  })
})

describe('identifyStack', () => {
  it('takes no notice of how lines end', () =>
    expect(identifyStack('x', 'a\r\nb\r\n')).toEqual(identifyStack('x', 'a\nb\n')))
  it('takes notice of everything else', () =>
    expect(identifyStack('x', 'a\n').sha256).not.toBe(identifyStack('x', 'a').sha256))
})

it('keeps the newest two hundred', () => {
  const folder = createFolder()
  const tree = (i: number): string => i.toString(16).padStart(40, '0')
  for (let i = 0; i < 203; i += 1) writeReceipt(folder, createReceipt({ tree: tree(i) }))
  expect(readdirSync(folder)).toHaveLength(200)
  expect(readReceipt(folder, { ...subject, tree: tree(202) }).ok).toBe(true)
})
