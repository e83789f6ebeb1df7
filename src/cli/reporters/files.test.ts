import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Failure } from '../../kernel/failure.ts'
import type { Script } from '../../ledger/test-events.ts'
import { createVerdict } from '../../ledger/verdict.ts'
import { SCENARIOS } from '../render/test-scenarios.ts'
import { createReportFiles } from './files.ts'
import { REPORT_FORMATS, type ReportFormat, type ReportSource } from './formats.ts'
import { printReport } from './print.ts'
import type { ReportRequest } from './requests.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reports-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (path: string): string => join(folder, path)
const read = (path: string): string => readFileSync(at(path), 'utf8')
function request(name: string, file?: string, format = REPORT_FORMATS[name]): ReportRequest {
  if (format === undefined) throw new Error(`no format ${name}`)
  return { name, format, ...(file !== undefined && { file: at(file) }) }
}

/** A run whose verdict learns what is lost, as a real one does. */
function runOf(script: Script): {
  source: () => ReportSource
  lose: (failure: Failure) => void
  lost: Failure[]
} {
  const fold = createVerdict()
  for (const event of script.events) fold.add(event)
  const lost: Failure[] = []
  return {
    lost,
    source: () => ({ verdict: fold.current(), dir: folder, env: {} }),
    lose(failure) {
      lost.push(failure)
      fold.add({ type: 'evidence.lost', failure, atMs: 9_999 })
    },
  }
}

async function write(
  requests: readonly ReportRequest[],
  env: Record<string, string> = {},
): Promise<Failure[]> {
  const { source, lose, lost } = runOf(SCENARIOS.green())
  await createReportFiles(requests, env).write(source, lose)
  return lost
}

describe('reports in files', () => {
  it('are written whole, with the folders they need, over what was there', async () => {
    writeFileSync(at('l.txt'), 'old and much longer than what comes now'.repeat(100))
    expect(
      await write([request('junit', 'a/b/junit.xml'), request('text', 'l.txt'), request('tap')]),
    ).toEqual([])
    expect(read('a/b/junit.xml')).toMatch(/^<\?xml [\s\S]*<\/testsuites>\n$/)
    expect(read('l.txt')).toMatch(/^PASS d1 0s\n[\s\S]*--- 3 PASS \/ 0 FAIL ---\n$/)
    expect(readdirSync(folder).sort()).toEqual(['a', 'l.txt'])
    expect(readdirSync(at('a/b'))).toEqual(['junit.xml'])
  })

  it('that cannot be written are lost, and the others tell so', async () => {
    writeFileSync(at('file'), 'in the way')
    mkdirSync(at('folder'))
    const requests = [request('text', 'l.txt'), request('tap', 'file/x.tap'), request('json', 'l.json')]
    expect(await write([...requests, request('markdown', 'folder')])).toEqual([
      { tag: 'evidence-lost', path: at('file/x.tap'), reason: expect.stringMatching(/ENOTDIR|EEXIST/) },
      { tag: 'evidence-lost', path: at('folder'), reason: expect.stringContaining('EISDIR') },
    ])
    expect(read('l.txt')).toContain('--- 3 PASS / 0 FAIL / EVIDENCE LOST ---')
    expect(JSON.parse(read('l.json'))).toMatchObject({ green: false, exitCode: 70, evidenceLost: [{}, {}] })
    expect(read('file')).toBe('in the way')
  })

  it('whose format is at fault are lost too', async () => {
    const broken: ReportFormat = {
      about: 'broken',
      load: async () => () => {
        throw new Error('a bug')
      },
    }
    expect(await write([request('broken', 'x', broken)])).toEqual([
      { tag: 'evidence-lost', path: at('x'), reason: 'a bug' },
    ])
  })

  it('can be written again, when something else was lost later', async () => {
    const { source, lose } = runOf(SCENARIOS.green())
    const files = createReportFiles([request('text', 'l.txt'), request('github', 'g.txt')], {
      GITHUB_STEP_SUMMARY: at('summary.md'),
    })
    await files.write(source, lose)
    lose({ tag: 'evidence-lost', path: 'ledger.json', reason: 'ENOSPC' })
    await files.write(source, lose)
    expect(read('l.txt')).toContain('EVIDENCE LOST')
    expect(read('summary.md').match(/^## /gm)).toHaveLength(1)
    expect(read('summary.md')).toContain('## dev: failed')
  })

  it('go through a link, and into a device, without replacing it', async () => {
    writeFileSync(at('real.txt'), 'old')
    symlinkSync(at('real.txt'), at('link.txt'))
    symlinkSync('/dev/null', at('null'))
    expect(await write([request('text', 'link.txt'), request('tap', 'null')])).toEqual([])
    expect(read('real.txt')).toContain('--- 3 PASS')
    expect(lstatSync(at('link.txt')).isSymbolicLink()).toBe(true)
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true)
  })
})

describe('the job summary of GitHub', () => {
  it('is added to what is there, only by the reporter github', async () => {
    writeFileSync(at('summary.md'), 'before\n')
    const env = { GITHUB_STEP_SUMMARY: at('summary.md') }
    await write([request('markdown', 'x.md')], env)
    expect(read('summary.md')).toBe('before\n')
    await write([request('github')], env)
    expect(read('summary.md')).toMatch(/^before\n## dev: passed\n/)
  })
  it('leaves the limit to what is there already', async () => {
    writeFileSync(at('summary.md'), 'x'.repeat(1024 * 1024 - 100))
    await write([request('github')], { GITHUB_STEP_SUMMARY: at('summary.md') })
    expect(read('summary.md')).toHaveLength(1024 * 1024 - 100)
  })
  it('that cannot be written is lost evidence', async () => {
    const lost = await write([request('github')], { GITHUB_STEP_SUMMARY: at('no/such/folder.md') })
    expect(lost).toMatchObject([{ tag: 'evidence-lost', path: at('no/such/folder.md') }])
  })
})

describe('a report on standard output', () => {
  const print = (code?: string): Promise<[string | undefined, string]> => {
    let text = ''
    const error = code === undefined ? null : Object.assign(new Error(`${code}: write failed`), { code })
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        text += chunk
        done(error)
      },
    })
    return printReport(request('tap'), runOf(SCENARIOS.green()).source(), stdout).then((lost) => [lost, text])
  }
  it('is all that is there', async () =>
    expect(await print()).toEqual([undefined, expect.stringMatching(/^TAP version 14\n1\.\.3\n/)]))
  it('may have a reader that goes away', async () => expect((await print('EPIPE'))[0]).toBeUndefined())
  it('says when the disk behind it is full', async () =>
    expect((await print('ENOSPC'))[0]).toBe('ENOSPC: write failed'))
})
