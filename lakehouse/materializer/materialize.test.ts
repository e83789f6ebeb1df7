/** The job over real folders, and as a process: accounts that agree, nothing twice, nothing half. */
import { createHash } from 'node:crypto'
import { appendFile, mkdir, readdir, readFile, rm, symlink, watch, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeTemporaryFolder } from '../kit/testing/daemon-process.ts'
import { runJobProcess, startJob } from '../kit/testing/job-process.ts'
import { materialize, type Receipt } from './materialize.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))
let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>
let source: string
let out: string

beforeEach(async () => {
  folder = await makeTemporaryFolder()
  source = join(folder.path, 'source')
  out = join(folder.path, 'out')
  await mkdir(source)
})
afterEach(() => folder[Symbol.asyncDispose]())

const run = (maxLineBytes = 1_000) => materialize({ source, out, timeFields: ['at', 'ts'], maxLineBytes })

async function write(name: string, text: string | Buffer) {
  await mkdir(dirname(join(source, name)), { recursive: true })
  await writeFile(join(source, name), text)
}

interface Evidence {
  readonly id: string
  readonly day: string
  readonly at: string
  readonly provenance: { readonly file: string; readonly line: number; readonly sha256: string }
  readonly record: Record<string, unknown>
}

/** Every record, with the day that its folder tells. */
async function readEvidence(): Promise<(Evidence & { folder: string; text: string })[]> {
  const names = (await readdir(out, { recursive: true }))
    .filter((name) => /^day=.*\.jsonl$/.test(name))
    .sort()
  const parts = await Promise.all(
    names.map(async (name) => {
      const lines = (await readFile(join(out, name), 'utf8')).trimEnd().split('\n')
      return lines.map((text) => ({ ...(JSON.parse(text) as Evidence), folder: dirname(name), text }))
    }),
  )
  return parts.flat()
}

/** Every line is accounted for once, in the whole, by file and by reason. */
function expectSumsAgree(receipt: Receipt) {
  const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0)
  for (const counts of [receipt, ...receipt.files]) {
    expect(counts.written + counts.duplicates + counts.skipped).toBe(counts.lines)
  }
  for (const key of ['lines', 'written', 'duplicates', 'skipped'] as const) {
    expect(sum(receipt.files.map((file) => file[key]))).toBe(receipt[key])
  }
  expect(sum(Object.values(receipt.skipped_by_reason))).toBe(receipt.skipped)
  expect(sum(receipt.partitions.map(({ records }) => records))).toBe(receipt.written)
}

describe('a run', () => {
  it('writes evidence with its provenance, under the day in UTC', async () => {
    const line = '{"at":"2026-01-31T23:30:00-01:00","big":12345678901234567890,"x":1.10}'
    await write('deep/b.jsonl', `\n${line}\r\n`)
    await write('a.jsonl', '{"ts":"2026-01-31T00:00:00Z","at":"2026-01-30T00:00:00Z"}')
    const receipt = await run()
    expectSumsAgree(receipt)
    expect(receipt).toMatchObject({ lines: 3, written: 2, skipped: 1, skipped_by_reason: { blank: 1 } })
    const sha256 = createHash('sha256').update(line).digest('hex')
    const [first, second] = await readEvidence()
    expect(first).toMatchObject({ folder: 'day=2026-01-30', provenance: { file: 'a.jsonl', line: 1 } })
    expect(second).toMatchObject({
      id: sha256,
      day: '2026-02-01',
      folder: 'day=2026-02-01',
      at: '2026-02-01T00:30:00.000Z',
      provenance: { file: 'deep/b.jsonl', line: 2, sha256 },
    })
    // Verbatim: a number that was parsed would have lost digits.
    expect(second?.text).toContain(`"record":${line}}`)
  })

  it('accounts for every bad line, and takes the good ones around it', async () => {
    const good = (n: number) => `{"at":"2026-01-0${n}T00:00:00Z"}\n`
    const bad: readonly (readonly [string, string | Buffer])[] = [
      ['blank', '   \n'],
      ['too_long', `{"at":"${'x'.repeat(2_000)}"}\n`],
      ['not_utf8', Buffer.from([0x7b, 0xff, 0x7d, 0x0a])],
      ['not_json', '{"at":\n'],
      ['not_object', '["2026-01-01T00:00:00Z"]\n'],
      ['no_time', '{"when":"2026-01-01T00:00:00Z"}\n'],
      ['bad_time', '{"at":"2026-02-30T00:00:00Z"}\n'],
      ['bad_time', '{"at":"2026-01-01T00:00:00"}\n'],
      ['bad_time', '{"at":1767225600}\n'],
      ['torn', '{"at":"2026-01-0'],
    ]
    const bytes = [good(1), ...bad.map(([, text]) => text)].map((part) => Buffer.from(part))
    await write('a.jsonl', Buffer.concat([bytes[0] ?? Buffer.of(), Buffer.from(good(2)), ...bytes.slice(1)]))
    const receipt = await run()
    expectSumsAgree(receipt)
    expect(receipt).toMatchObject({ lines: 12, written: 2, skipped: 10, skips_truncated: false })
    expect(receipt.skips).toEqual(bad.map(([reason], n) => ({ file: 'a.jsonl', line: n + 3, reason })))
  })

  it('again adds nothing; a line that is new is added, a torn one once it is whole', async () => {
    await write(
      'a.jsonl',
      '{"at":"2026-01-01T00:00:00Z","n":1}\n{"at":"2026-01-01T00:00:00Z","n":1}\n{"at":"2026-01-',
    )
    expect(await run()).toMatchObject({ written: 1, duplicates: 1, skipped: 1 })
    const before = await readEvidence()
    const again = await run()
    expectSumsAgree(again)
    expect(again).toMatchObject({ lines: 3, written: 0, duplicates: 2, skipped: 1, partitions: [] })
    expect(await readEvidence()).toEqual(before)
    expect(JSON.parse(await readFile(join(out, 'receipt.json'), 'utf8'))).toEqual(again)

    await appendFile(join(source, 'a.jsonl'), '02T00:00:00Z"}\n')
    await write('b.jsonl', '{"at":"2026-01-01T00:00:00Z","n":1}\n')
    const third = await run()
    expectSumsAgree(third)
    expect(third).toMatchObject({ lines: 4, written: 1, duplicates: 3, skipped: 0 })
    expect(await readEvidence()).toHaveLength(2)
  })

  it('reads links to files and tells of the files that it does not read', async () => {
    await write('a.jsonl', '{"at":"2026-01-01T00:00:00Z"}\n')
    await write('notes.txt', 'x')
    await symlink(join(source, 'a.jsonl'), join(source, 'z.jsonl'))
    expect(await run()).toMatchObject({ written: 1, duplicates: 1, ignored_files: ['notes.txt'] })
  })

  it('an empty source is a receipt of zeros', async () => {
    expect(await run()).toMatchObject({ lines: 0, written: 0, files: [], partitions: [] })
  })
})

describe('what stops a run leaves the evidence as it was', () => {
  beforeEach(() => write('a.jsonl', '{"at":"2026-01-01T00:00:00Z"}\n'))

  it.each(['', '/inside'])('evidence within the source%s is refused', async (suffix) => {
    out = source + suffix
    await expect(run()).rejects.toThrow('lies within --source')
    expect(await readdir(source)).toEqual(['a.jsonl'])
  })

  it('a source that cannot be read', async () => {
    await symlink(join(folder.path, 'gone'), join(source, 'b.jsonl'))
    await expect(run()).rejects.toThrow('ENOENT')
    expect(await readdir(out)).toEqual([])
  })

  it('evidence that is damaged', async () => {
    await run()
    const [{ folder: day } = { folder: '' }] = await readEvidence()
    await writeFile(join(out, day, 'part-x.jsonl'), '{"id":"no"}\n')
    await expect(run()).rejects.toThrow('day=2026-01-01/part-x.jsonl:1: not an evidence record')
  })

  it('another run that is alive; one that is dead is taken over', async () => {
    await mkdir(out)
    await writeFile(join(out, '.lock'), `${process.pid}\n`)
    await expect(run()).rejects.toThrow(`held by process ${process.pid}`)
    const { child, ended } = startJob(MAIN, [])
    await ended
    await writeFile(join(out, '.lock'), `${child.pid}\n`)
    await mkdir(join(out, '.staging'))
    await writeFile(join(out, '.staging', '2026-01-01.jsonl'), '{"left":"behind"}\n')
    expect(await run()).toMatchObject({ written: 1 })
    expect((await readdir(out)).sort()).toEqual(['day=2026-01-01', 'receipt.json'])
    expect(await readEvidence()).toHaveLength(1)
  })
})

describe('as a process', () => {
  it('prints the receipt that it leaves', async () => {
    await write('a.jsonl', '{"at":"2026-01-01T00:00:00Z"}\nbad\n')
    const { code, stdout, stderr } = await runJobProcess(MAIN, ['--source', source, '--out', out])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ job: 'materializer', lines: 2, written: 1, skipped: 1 })
    expect(JSON.parse(stdout)).toEqual(JSON.parse(await readFile(join(out, 'receipt.json'), 'utf8')))
  })

  it('takes folders and rules from the configuration; flags win', async () => {
    await write('a.jsonl', '{"when":"2026-01-01T00:00:00Z"}\n')
    const config = join(folder.path, 'config.toml')
    await writeFile(
      config,
      `[materializer]\nsource = '${source}'\nout = '/nowhere/at/all'\ntime_fields = ["when"]\n`,
    )
    const { code, stdout } = await runJobProcess(MAIN, ['--out', out], { LAKEHOUSE_CONFIG: config })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ written: 1, out: expect.stringMatching(/out$/) })
  })

  it.each([
    ['no flags', [], '--source is missing'],
    ['no out', ['--source', '.'], '--out is missing'],
    ['an unknown flag', ['--sauce', '.'], '--sauce'],
    [
      'a source that is not there',
      ['--source', '/nowhere/at/all', '--out', '/tmp/x'],
      '/nowhere/at/all: no such folder',
    ],
  ])('%s is wrong usage: exit 2', async (_what, args, reason) => {
    const { code, stdout, stderr } = await runJobProcess(MAIN, args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(reason)
    expect(stderr).toContain('usage: materializer')
  })

  it('killed with SIGKILL midway, the next run completes it, with nothing twice', async () => {
    const lines = Array.from({ length: 60_000 }, (_, n) => `{"at":"2026-01-${(n % 28) + 1}","n":${n}}`)
    const text = lines
      .map((line) => line.replace(/-(\d)"/, '-0$1"').replace(/(-\d\d)"/, '$1T00:00:00Z"'))
      .join('\n')
    await write('a.jsonl', `${text}\n`)
    await mkdir(out)
    const watching = new AbortController()
    const changes = watch(out, { signal: watching.signal })
    const { child, ended } = startJob(MAIN, ['--source', source, '--out', out])
    for await (const { filename } of changes) {
      if (filename === '.staging') break
    }
    child.kill('SIGKILL')
    watching.abort()
    expect((await ended).signal).toBe('SIGKILL')
    const receipt = await run()
    expectSumsAgree(receipt)
    expect(receipt).toMatchObject({ lines: 60_000, skipped: 0 })
    const ids = (await readEvidence()).map(({ id }) => id)
    expect(ids).toHaveLength(60_000)
    expect(new Set(ids).size).toBe(60_000)
  })

  it('days that were published before a crash are not published again', async () => {
    await write('a.jsonl', '{"at":"2026-01-01T00:00:00Z"}\n{"at":"2026-01-02T00:00:00Z"}\n')
    await run()
    await rm(join(out, 'day=2026-01-02'), { recursive: true })
    expect(await run()).toMatchObject({ written: 1, duplicates: 1, partitions: [{ day: '2026-01-02' }] })
    expect(await readEvidence()).toHaveLength(2)
  })
})
