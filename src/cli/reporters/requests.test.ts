import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { REPORT_FORMATS, REPORT_NAMES } from './formats.ts'
import { type ReportOptions, readReportRequests } from './requests.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reports-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const read = (options: ReportOptions): unknown => {
  const result = readReportRequests(options, folder)
  return result.ok
    ? result.value.map(({ name, file }) => (file === undefined ? name : { name, file }))
    : result.error
}
const reporter = (...specs: string[]): unknown => read({ reporter: specs })

describe('the reports asked for', () => {
  it('go to standard output, or to a file named from the working directory', () => {
    writeFileSync(join(folder, 'old.tap'), 'old')
    expect(reporter()).toEqual([])
    expect(reporter('tap', 'junit=out/new/junit.xml', 'tap=old.tap', 'json=/tmp/a=b.json')).toEqual([
      'tap',
      { name: 'junit', file: join(folder, 'out/new/junit.xml') },
      { name: 'tap', file: join(folder, 'old.tap') },
      { name: 'json', file: '/tmp/a=b.json' },
    ])
  })
  it('--json is the reporter json', () => {
    expect(read({ json: true })).toEqual(['json'])
    expect(read({ json: true, reporter: ['json', 'json'] })).toEqual(['json'])
  })
  it('may name standard output', () => {
    for (const name of ['-', '/dev/stdout', '/dev/fd/1']) expect(reporter(`tap=${name}`)).toEqual(['tap'])
  })
  it('may go to a device', () =>
    expect(reporter('tap=/dev/null')).toEqual([{ name: 'tap', file: '/dev/null' }]))
  it('each has a name, something to say of it, and renders', async () => {
    expect(REPORT_NAMES).toEqual(
      expect.arrayContaining(['text', 'json', 'junit', 'tap', 'github', 'markdown']),
    )
    for (const format of Object.values(REPORT_FORMATS)) {
      expect(format.about).not.toBe('')
      expect(await format.load()).toBeTypeOf('function')
    }
  })
})

describe('what cannot be is refused before anything runs, all in one go', () => {
  it.each([
    [
      'an unknown name',
      ['juint'],
      'no report format named "juint"; did you mean "junit"? (known: text, json, ',
    ],
    ['a name of every object', ['toString'], 'no report format named "toString"'],
    ['no name', ['=x'], 'no report format named ""'],
    [
      'no file',
      ['junit='],
      '--reporter junit= names no file; without "=" the report goes to standard output',
    ],
    [
      'two on standard output',
      ['tap', 'json'],
      'standard output takes one report, not tap and json; give the others a file: --reporter json=FILE',
    ],
    ['two in one file', ['tap=x', 'json=./x'], 'two reports cannot go to one file: '],
    ['a folder', ['tap=there'], 'the report tap cannot be written to there: it is a folder; name a file'],
    ['a folder to be', ['tap=new/'], 'the report tap cannot be written to new/: it is a folder; name a file'],
    ['a file for a folder', ['tap=file/a/b'], 'cannot be written to file/a/b: '],
  ])('%s', (_, specs, message) => {
    mkdirSync(join(folder, 'there'))
    writeFileSync(join(folder, 'file'), '')
    expect(reporter(...specs)).toEqual([expect.stringContaining(message)])
  })
  it('--json beside another one on standard output', () =>
    expect(read({ json: true, reporter: ['junit'] })).toEqual([
      expect.stringContaining('not json and junit'),
    ]))
  it('several mistakes', () => expect(reporter('a', 'b', 'tap', 'text')).toHaveLength(3))
  it.runIf(process.getuid?.() !== 0)('a folder in which nobody may write', () => {
    chmodSync(folder, 0o500)
    expect(reporter('tap=x')).toEqual([expect.stringContaining('no permission to write in ')])
    chmodSync(folder, 0o700)
  })
})
