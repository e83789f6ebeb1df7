import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openJsonl } from './jsonl.ts'
import { makeTemporaryFolder } from './testing/daemon-process.ts'

let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>
let path: string
beforeEach(async () => {
  folder = await makeTemporaryFolder()
  path = join(folder.path, 'deep', 'log.jsonl')
})
afterEach(() => folder[Symbol.asyncDispose]())

/** Opens, closes, and tells what was found. */
async function reopen() {
  const log = await openJsonl(path)
  await log.close()
  return log
}

async function prepare(content: string): Promise<void> {
  await reopen()
  await writeFile(path, content)
}

describe('a JSONL file', () => {
  it('keeps what was appended, in order', async () => {
    const log = await openJsonl(path)
    expect(log.entries).toEqual([])
    await log.append({ a: 1 }, 'two\nlines')
    await log.append(null)
    await log.append()
    await log.close()
    expect(await readFile(path, 'utf8')).toBe('{"a":1}\n"two\\nlines"\nnull\n')
    const again = await reopen()
    expect([again.entries, again.torn]).toEqual([[{ a: 1 }, 'two\nlines', null], undefined])
  })

  it('keeps the order and the neighbours of concurrent appends', async () => {
    const log = await openJsonl(path)
    await Promise.all(Array.from({ length: 500 }, (_, n) => log.append(n, `${n}`)))
    await log.close()
    expect((await reopen()).entries).toEqual(Array.from({ length: 500 }, (_, n) => [n, `${n}`]).flat())
  })

  it('waits at close for what is under way, and takes nothing after', async () => {
    const log = await openJsonl(path)
    const pending = log.append('last')
    await log.close()
    await pending
    await expect(log.append('late')).rejects.toThrow('is closed')
    expect((await reopen()).entries).toEqual(['last'])
  })

  it('refuses a value without a JSON form, and is none the worse', async () => {
    const log = await openJsonl(path)
    await expect(log.append('a', undefined)).rejects.toThrow('without a JSON form')
    await log.append('b')
    await log.close()
    expect((await reopen()).entries).toEqual(['b'])
  })
})

describe('a torn end', () => {
  it.each([
    ['without a newline', '{"n":2'],
    ['whole but for the newline', '{"n":2}'],
    ['with a newline after half a value', '{"n":2\n'],
    ['of zero bytes', '\0\0\0'],
    ['cut inside a character', Buffer.from('"ö').subarray(0, 2).toString('latin1')],
  ])('%s is reported, set aside, and written over', async (_, rest) => {
    await prepare('{"n":1}\n')
    await appendFile(path, rest, 'latin1')
    const log = await openJsonl(path)
    expect(log.entries).toEqual([{ n: 1 }])
    expect(log.torn).toMatchObject({ bytes: rest.length, file: `${path}.torn-1` })
    expect(await readFile(`${path}.torn-1`, 'latin1')).toBe(rest)
    await log.append({ n: 3 })
    await log.close()
    expect(await reopen()).toMatchObject({ entries: [{ n: 1 }, { n: 3 }] })
  })

  it('never overwrites an older one', async () => {
    await prepare('1\n')
    for (const rest of ['first', 'second']) {
      await appendFile(path, rest)
      await reopen()
    }
    expect((await readdir(join(folder.path, 'deep'))).sort()).toEqual([
      'log.jsonl',
      'log.jsonl.torn-1',
      'log.jsonl.torn-2',
    ])
    expect(await readFile(`${path}.torn-2`, 'utf8')).toBe('second')
  })

  it('is not what an invalid line in the middle is: that refuses to open, and names the line', async () => {
    await prepare('1\n{"half\n3\n')
    await expect(openJsonl(path)).rejects.toThrow(`${path}:2: invalid JSON in the middle of the file`)
    expect(await readFile(path, 'utf8')).toBe('1\n{"half\n3\n')
  })
})

it('what was acknowledged survives kill -9 [claim:write-durability]', async () => {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./testing/append-for-ever.ts', import.meta.url)), path],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let acknowledged = -1
  for await (const line of createInterface(child.stdout)) {
    acknowledged = Number(line)
    if (acknowledged === 200) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
  const { entries } = await reopen()
  expect(acknowledged).toBeGreaterThanOrEqual(200)
  expect(entries.length).toBeGreaterThan(acknowledged)
  expect(entries).toEqual(entries.map((_, n) => ({ n, text: 'x'.repeat(n % 300) })))
})
