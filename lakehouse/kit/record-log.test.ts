import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadStore, RecordLog } from './record-log.ts'
import { makeTemporaryFolder } from './testing/daemon-process.ts'

const schema = z.strictObject({ n: z.int(), at: z.string().transform((text) => new Date(text)) })
const line = (n: number): object => ({ n, at: '2026-11-20T10:00:00.000Z' })

let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>
let file: string
const opened: RecordLog<typeof schema>[] = []
beforeEach(async () => {
  folder = await makeTemporaryFolder()
  file = join(folder.path, 'deep', 'log.jsonl')
})
afterEach(async () => {
  for (const log of opened.splice(0)) await log.close()
  await folder[Symbol.asyncDispose]()
})

function create(): RecordLog<typeof schema> {
  const log = new RecordLog(file, schema)
  opened.push(log)
  return log
}

async function fill(...lines: readonly (object | string)[]): Promise<void> {
  await (await open()).log.close()
  await writeFile(
    file,
    lines.map((one) => `${typeof one === 'string' ? one : JSON.stringify(one)}\n`).join(''),
  )
}

async function open(check: (n: number) => void = () => undefined) {
  const log = create()
  const seen: [line: number, n: number, year: number][] = []
  await log.open(({ n, at }, at_line) => {
    check(n)
    seen.push([at_line, n, at.getUTCFullYear()])
  })
  return { log, seen }
}

describe('a log of records', () => {
  it('hands out each line as the schema makes it, and takes more', async () => {
    await fill(line(7))
    const { log, seen } = await open()
    expect(seen).toEqual([[1, 7, 2026]])
    await log.append(line(8), line(9))
    await log.close()
    expect((await open()).seen.map(([, n]) => n)).toEqual([7, 8, 9])
  })

  it('is ready once every line was read, and says so until then', async () => {
    const log = create()
    expect(log.ready).toBe(false)
    const starting = { status: 503, code: 'starting', message: 'the log is not open' }
    expect(() => log.requireOpen()).toThrow(expect.objectContaining(starting))
    await expect(log.append(line(1))).rejects.toMatchObject(starting)
    await log.open(() => expect(log.ready).toBe(false))
    expect(log.ready).toBe(true)
    await log.append(line(1))
  })

  it.each([
    ['that is not as the schema wants it', 'is_no_number', `:2: n: `],
    ['that has a field too many', { ...line(2), extra: 1 }, `:2: unknown field "extra"`],
  ])('refuses a line %s, naming it', async (_, second, message) => {
    await fill(line(1), typeof second === 'string' ? { ...line(2), n: second } : second, line(3))
    await expect(open()).rejects.toThrow(`${file}${message}`)
  })

  it('refuses a line that its daemon refuses, with the cause, and leaves the file as it was', async () => {
    await fill(line(1), line(2))
    const before = await readFile(file, 'utf8')
    const cause = new Error('2 is there twice')
    const refused = open((n) => {
      if (n === 2) throw cause
    })
    await expect(refused).rejects.toMatchObject({ message: `${file}:2: 2 is there twice`, cause })
    expect(opened.at(-1)?.ready).toBe(false)
    expect(await readFile(file, 'utf8')).toBe(before)
  })

  it('says that nothing was stored when nothing could be', async () => {
    const { log } = await open()
    await log.close()
    await expect(log.append(line(1))).rejects.toMatchObject({
      status: 503,
      code: 'storage_unavailable',
      message: `not stored: ${file} is closed`,
    })
  })

  it('may be closed before it was opened', async () => {
    await expect(create().close()).resolves.toBeUndefined()
  })
})

describe('a store that is loaded', () => {
  async function load(): Promise<[level: string, facts: object, message: string][]> {
    const log = create()
    const told: [string, object, string][] = []
    let records = 0
    const count = (): void => {
      records += 1
    }
    const store = {
      open: () => log.open(count),
      get torn() {
        return log.torn
      },
    }
    await loadStore(
      store,
      {
        info: (facts, message) => told.push(['info', facts, message]),
        warn: (facts, message) => told.push(['warn', facts, message]),
      },
      () => ({ records }),
    )
    return told
  }

  it('tells how much it holds', async () => {
    await fill(line(1), line(2))
    expect(await load()).toEqual([['info', { records: 2 }, 'loaded']])
  })

  it('tells first what was torn', async () => {
    await fill(line(1))
    await appendFile(file, '{"n":')
    expect(await load()).toMatchObject([
      ['warn', { torn: { bytes: 5, text: '{"n":' } }, 'the last line was torn and is set aside'],
      ['info', { records: 1 }, 'loaded'],
    ])
  })
})
