/** Disk, limits and memory: the checks of the machine. */
import { describe, expect, it } from 'vitest'
import type { Space } from '../system.ts'
import { contextOf, makeFolder } from '../test-context.ts'
import { diskCheck } from './disk.ts'
import { limitsCheck } from './limits.ts'
import { memoryCheck } from './memory.ts'

const MIB = 2 ** 20

describe('disk', () => {
  const look = (space: Partial<Space>) => {
    const measureSpace = () =>
      Promise.resolve({
        freeBytes: 9_999 * MIB,
        totalBytes: 99_999 * MIB,
        freeInodes: 1e6,
        totalInodes: 2e6,
        ...space,
      })
    return diskCheck.run(contextOf({ root: makeFolder(), system: { measureSpace } }))
  }
  it.each([
    [{}, 'disk.room', 'ok'],
    [{ freeBytes: 0 }, 'disk.full', 'error'],
    [{ freeBytes: 31 * MIB }, 'disk.full', 'error'],
    [{ freeBytes: 100 * MIB }, 'disk.low', 'warning'],
    [{ freeInodes: 0 }, 'disk.inodes', 'error'],
    [{ freeInodes: 1_000 }, 'disk.inodes', 'warning'],
    [{ freeInodes: 0, totalInodes: 0 }, 'disk.room', 'ok'],
  ] as const)('%j → %s, %s', async (space, id, severity) =>
    expect((await look(space))[0]).toMatchObject({ id, severity }),
  )
  it('looks at one file system once, though it has two uses', async () =>
    // The folder of the test lies in the temporary folder.
    expect(await look({})).toMatchObject([
      { summary: expect.stringContaining('for logs and temporary data of runs') },
    ]))
})

describe('limits', () => {
  it.each([
    [64, 'error'],
    [256, 'warning'],
    [1_024, 'ok'],
    [undefined, 'ok'],
  ])('%s open files: %s', async (limit, severity) =>
    expect(await limitsCheck.run(contextOf({ system: { openFileLimit: () => limit } }))).toMatchObject([
      { severity },
    ]),
  )
})

describe('memory', () => {
  it.each([
    [100 * MIB, 'error'],
    [400 * MIB, 'warning'],
    [600 * MIB, 'ok'],
  ])('%s bytes: %s', async (bytes, severity) =>
    expect(await memoryCheck.run(contextOf({ system: { availableMemory: () => bytes } }))).toMatchObject([
      { severity },
    ]),
  )
  it('shows who holds it with a command of this system', async () => {
    const facts = { availableMemory: () => 0, platform: 'darwin' } as const
    expect(await memoryCheck.run(contextOf({ system: facts }))).toMatchObject([
      { remedy: expect.stringContaining('ps -axm') },
    ])
  })
})
