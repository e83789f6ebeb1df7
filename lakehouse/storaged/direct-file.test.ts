import { constants } from 'node:fs'
import { type FileHandle, open, readFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeTemporaryFolder } from '../kit/testing/daemon-process.ts'
import { BLOCK_BYTES } from './consume.ts'
import { FileWriter, openDirect, readStart } from './direct-file.ts'

const TAIL = Buffer.from('and this is its tail')
const SIZES = [0, 1, 4_096, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES + 777]

/** No two pages of it are the same. */
function content(size: number): Buffer {
  const words = new Uint32Array(Math.ceil(size / 4)).map((_, i) => i * 2_654_435_761)
  return Buffer.from(words.buffer).subarray(0, size)
}

/** As `consume` hands them over: in blocks of a megabyte and a bit, of chunks of no round size. */
function blocksOf(bytes: Buffer): Buffer[][] {
  const blocks: Buffer[][] = []
  for (let at = 0; at < bytes.length; ) {
    const block: Buffer[] = []
    for (const end = at + BLOCK_BYTES; at < end && at < bytes.length; at += 65_431) {
      block.push(bytes.subarray(at, at + 65_431))
    }
    blocks.push(block)
  }
  return blocks
}

const einval = async () => {
  throw Object.assign(new Error('EINVAL: invalid argument'), { code: 'EINVAL' })
}

/** What becomes of an access past the page cache: what the system here makes of it, and what others make of it. */
const SYSTEMS: Record<string, typeof openDirect> = {
  'as it is': openDirect,
  'that has no such thing': async () => undefined,
  'that refuses when it comes to it': fake(() => ({ read: einval, write: einval })),
  'that takes and gives less than asked for': fake((file) => ({
    read: (buffer: Buffer, offset: number, _length: number, at: number) =>
      file.read(buffer, offset, 5_000, at),
    write: (buffer: Buffer, offset: number, _length: number, at: number) =>
      file.write(buffer, offset, 5_000, at),
  })),
}

function fake(make: (file: FileHandle) => object): typeof openDirect {
  return async (file) => ({ ...make(file), close: async () => undefined }) as unknown as FileHandle
}

async function writeTo(path: string, bytes: Buffer, system = openDirect): Promise<void> {
  const writer = new FileWriter(await open(path, 'wx'), system)
  try {
    for (const block of blocksOf(bytes)) await writer.write(block)
    await writer.finish(TAIL)
  } finally {
    await writer.close()
  }
}

describe.each(Object.entries(SYSTEMS))('a file on a system %s', (_, system) => {
  it.each(SIZES)('of %i bytes is written whole, and read without its tail', async (size) => {
    await using folder = await makeTemporaryFolder()
    const path = join(folder.path, 'file')
    const bytes = content(size)
    await writeTo(path, bytes, system)
    expect((await readFile(path)).equals(Buffer.concat([bytes, TAIL]))).toBe(true)
    const file = await open(path)
    const read = await (await readStart(file, size, system)).toArray()
    expect(Buffer.concat(read).equals(bytes)).toBe(true)
    expect(file.fd).toBe(-1)
  })
})

it('is taken past the page cache wherever the file system allows it: the memory lies as the kernel wants it', async () => {
  await using folder = await makeTemporaryFolder()
  const path = join(folder.path, 'file')
  const taken: boolean[] = []
  const listening: typeof openDirect = async (file, flags) => {
    const direct = await openDirect(file, flags)
    if (direct === undefined) return undefined
    const write = direct.write.bind(direct) as (...place: unknown[]) => ReturnType<FileHandle['write']>
    const told = async (...place: unknown[]) => {
      const written = await write(...place)
      taken.push(written.bytesWritten === BLOCK_BYTES)
      return written
    }
    return Object.assign(direct, { write: told })
  }
  await writeTo(path, content(2 * BLOCK_BYTES + 5), listening)
  await using file = await open(path)
  const direct = await openDirect(file, constants.O_RDONLY)
  await direct?.close()
  expect(taken).toEqual(direct === undefined ? [] : [true, true])
})

it('a fault of the disk is told, and the file is closed', async () => {
  await using folder = await makeTemporaryFolder()
  const broken = async () => {
    throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
  }
  const system = fake(() => ({ write: broken }))
  await expect(writeTo(join(folder.path, 'file'), content(BLOCK_BYTES), system)).rejects.toThrow('EIO')
})

it('a fault of the disk that comes before anybody reads is told to the one who does', async () => {
  await using folder = await makeTemporaryFolder()
  const path = join(folder.path, 'file')
  await writeTo(path, content(2 * BLOCK_BYTES))
  const failed = Promise.withResolvers<void>()
  const broken = async () => {
    setImmediate(() => setImmediate(failed.resolve))
    throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
  }
  const stream = await readStart(
    await open(path),
    2 * BLOCK_BYTES,
    fake(() => ({ read: broken })),
  )
  await failed.promise
  await expect(stream.toArray()).rejects.toThrow('EIO')
})

it('a stream that nobody reads lets go of the file', async () => {
  await using folder = await makeTemporaryFolder()
  const path = join(folder.path, 'file')
  await writeTo(path, content(2 * BLOCK_BYTES))
  const file = await open(path)
  const stream = await readStart(file, 2 * BLOCK_BYTES)
  const closed = Promise.withResolvers<void>()
  stream.once('close', closed.resolve)
  stream.destroy()
  await closed.promise
  expect(file.fd).toBe(-1)
})

it('a file that became shorter is a fault, and no shorter object', async () => {
  await using folder = await makeTemporaryFolder()
  const path = join(folder.path, 'file')
  await writeTo(path, content(2 * BLOCK_BYTES))
  await truncate(path, BLOCK_BYTES)
  const file = await open(path)
  const stream = await readStart(file, 2 * BLOCK_BYTES)
  await expect(stream.toArray()).rejects.toThrow(`ends after ${BLOCK_BYTES} of ${2 * BLOCK_BYTES} bytes`)
  expect(file.fd).toBe(-1)
})
