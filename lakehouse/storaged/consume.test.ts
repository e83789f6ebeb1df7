import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { consume } from './consume.ts'

const MIB = 2 ** 20

async function* of(...chunks: readonly Buffer[]) {
  yield* chunks
}

describe('consume', () => {
  it('writes whole blocks in order, and tells size and hash', async () => {
    const chunks = Array.from({ length: 40 }, (_, i) => Buffer.alloc(65_536, i))
    const file = Buffer.alloc(40 * 65_536)
    const writes: number[] = []
    const result = await consume(of(...chunks), async (block, position) => {
      const bytes = Buffer.concat(block)
      writes.push(bytes.length)
      bytes.copy(file, position)
    })
    const whole = Buffer.concat(chunks)
    expect(file.equals(whole)).toBe(true)
    expect(writes).toEqual([MIB, MIB, MIB / 2])
    expect(result).toEqual({ size: whole.length, sha256: createHash('sha256').update(whole).digest() })
  })

  it('writes nothing for a body of no bytes', async () => {
    const result = await consume(of(), async () => {
      throw new Error('nothing is to be written')
    })
    expect(result).toEqual({ size: 0, sha256: createHash('sha256').digest() })
  })

  it('receives the next block while one is being written, and never begins two writes at once', async () => {
    const written = Promise.withResolvers<void>()
    const received = Promise.withResolvers<void>()
    let running = 0
    async function* body() {
      yield Buffer.alloc(MIB)
      yield Buffer.alloc(MIB / 2)
      received.resolve()
      yield Buffer.alloc(MIB / 2)
    }
    const result = consume(body(), async () => {
      running += 1
      expect(running).toBe(1)
      await written.promise
      running -= 1
    })
    await received.promise
    expect(running).toBe(1)
    written.resolve()
    expect((await result).size).toBe(2 * MIB)
  })

  it('rejects with the fault of a write that was going on when the body ended', async () => {
    await expect(
      consume(of(Buffer.alloc(MIB)), async () => {
        throw new Error('disk full')
      }),
    ).rejects.toThrow('disk full')
  })

  it("rejects with the body's fault only when nothing is being written any more", async () => {
    const writing = Promise.withResolvers<void>()
    const events: string[] = []
    async function* body() {
      yield Buffer.alloc(MIB)
      events.push('cut off')
      setImmediate(writing.resolve)
      throw new Error('cut off')
    }
    const write = async () => {
      await writing.promise
      events.push('written')
    }
    await expect(consume(body(), write)).rejects.toThrow('cut off')
    expect(events).toEqual(['cut off', 'written'])
  })
})
