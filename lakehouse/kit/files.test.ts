import { type FileHandle, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeBlock } from './files.ts'
import { makeTemporaryFolder } from './testing/daemon-process.ts'

const CHUNKS = ['abc', '', 'defgh', 'i'].map((text) => Buffer.from(text))

describe('writeBlock', () => {
  it('writes all chunks at the position', async () => {
    await using folder = await makeTemporaryFolder()
    const path = join(folder.path, 'file')
    const file = await open(path, 'w')
    await writeBlock(file, CHUNKS, 2)
    await file.close()
    expect(await readFile(path, 'latin1')).toBe('\0\0abcdefghi')
  })

  // A disk takes a part of a write when it is nearly full; this one takes `first` bytes, then three at a time.
  it.each([0, 1, 3, 4, 7, 8, 9])('goes on after a short write of %i bytes', async (first) => {
    const content = Buffer.alloc(11)
    const file = {
      writev: async (chunks: readonly Buffer[], position: number) => ({
        bytesWritten: Buffer.concat(chunks).subarray(0, first).copy(content, position),
      }),
      write: async (bytes: Buffer, offset: number, length: number, position: number) => ({
        bytesWritten: bytes.copy(content, position, offset, offset + Math.min(length, 3)),
      }),
    }
    await writeBlock(file as unknown as FileHandle, CHUNKS, 2)
    expect(content.toString('latin1')).toBe('\0\0abcdefghi')
  })
})
