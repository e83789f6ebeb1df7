/** For tests: what every store must do, asked of each of them in the same words. */
import { createHash, randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tooLarge } from '../../kit/errors.ts'
import type { ObjectStore } from '../store.ts'

export interface StoreFixture {
  /** A store on the same data as before; `fresh` forgets nothing on its own. */
  reopen(): Promise<ObjectStore>
  dispose(): Promise<void>
}

export async function* chunked(...parts: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield Buffer.from(part)
}

async function* failing(error: Error): AsyncGenerator<Buffer> {
  yield Buffer.from('a beginning')
  throw error
}

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** Legal keys that file systems and servers find hard. */
const HARD_KEYS = [
  'a',
  'a/b',
  'a/b/c',
  'a/',
  'a//b',
  'a/./b',
  'a-b',
  'a.b',
  'A',
  '.',
  '...',
  'trailing.',
  'trailing ',
  'with space & +plus%41',
  'back\\slash:*?"<>|',
  'größe/日本語/😀',
  '\uffff',
  '\u{10000}',
  'é',
  'e\u0301',
  'x'.repeat(1024),
  `${'y/'.repeat(511)}zz`,
  '語'.repeat(341),
]

export function describeStoreContract(make: () => Promise<StoreFixture>): void {
  let fixture: StoreFixture
  let store: ObjectStore
  beforeEach(async () => {
    fixture = await make()
    store = await fixture.reopen()
  })
  afterEach(async () => {
    await store.close()
    await fixture.dispose()
  })

  async function read(key: string): Promise<string | undefined> {
    const found = await store.get(key)
    return found && (await buffer(found.body)).toString('utf8')
  }
  const allKeys = async () => (await store.list('', '', 10_000)).objects.map(({ key }) => key)

  it('gives back what was put, with its size and hash', async () => {
    const bytes = Buffer.concat([Buffer.from([0, 255, 10, 13]), randomBytes(300_000)])
    const facts = { key: 'data/x.bin', size: bytes.length, sha256: sha256(bytes) }
    expect(await store.put('data/x.bin', chunked(bytes.subarray(0, 7), bytes.subarray(7)))).toEqual(facts)
    expect(await store.head('data/x.bin')).toEqual(facts)
    const found = await store.get('data/x.bin')
    expect(found?.info).toEqual(facts)
    expect(found && bytes.equals(await buffer(found.body))).toBe(true)
  })

  it('keeps an object of several parts', async () => {
    const bytes = randomBytes(18 * 2 ** 20)
    expect(await store.put('large', chunked(bytes))).toEqual({
      key: 'large',
      size: bytes.length,
      sha256: sha256(bytes),
    })
    const found = await store.get('large')
    expect(found && bytes.equals(await buffer(found.body))).toBe(true)
  })

  it('keeps an empty object', async () => {
    const facts = { key: 'empty', size: 0, sha256: sha256('') }
    expect(await store.put('empty', chunked())).toEqual(facts)
    expect(await store.head('empty')).toEqual(facts)
    expect(await read('empty')).toBe('')
  })

  it('has nothing under a key that was not put', async () => {
    await store.put('a/b', chunked('x'))
    expect([await store.get('a'), await store.head('a'), await store.delete('a')]).toEqual([
      undefined,
      undefined,
      false,
    ])
  })

  it('replaces an object, size and all', async () => {
    await store.put('k', chunked('a long first version'))
    await store.put('k', chunked('short'))
    expect([await read('k'), await store.list('', '', 10)]).toEqual([
      'short',
      { objects: [{ key: 'k', size: 5 }], next: undefined },
    ])
  })

  it('deletes once', async () => {
    await store.put('k', chunked('x'))
    expect(await Promise.all([store.delete('k'), store.delete('k')])).toEqual([true, false])
    expect([await store.get('k'), await allKeys()]).toEqual([undefined, []])
  })

  it('leaves nothing of a put whose body fails, and keeps what was there', async () => {
    await store.put('old', chunked('kept'))
    await expect(store.put('old', failing(tooLarge('too much')))).rejects.toMatchObject({ status: 413 })
    await expect(store.put('new', failing(new Error('cut off')))).rejects.toThrow()
    expect([await read('old'), await read('new'), await allKeys()]).toEqual(['kept', undefined, ['old']])
  })

  it('calls a full disk by its name', async () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    await expect(store.put('k', failing(full))).rejects.toMatchObject({
      status: 507,
      code: 'insufficient_storage',
    })
    expect(await allKeys()).toEqual([])
  })

  it('never shows a mix to a reader while an object is being replaced', async () => {
    const versions = ['1', '2', '3', '4'].map((digit) => digit.repeat(200_000))
    await store.put('k', chunked(versions[0] ?? ''))
    let writing = true
    const seen = new Set<string>()
    const reader = async () => {
      while (writing) seen.add((await read('k')) ?? 'missing')
    }
    const readers = [reader(), reader()]
    for (let round = 0; round < 5; round += 1) {
      for (const version of versions) await store.put('k', chunked(version))
    }
    writing = false
    await Promise.all(readers)
    expect([...seen].filter((content) => !versions.includes(content))).toEqual([])
    expect(seen.size).toBeGreaterThan(0)
  })

  it('keeps one whole version of concurrent puts of one key, and lists its size', async () => {
    const bodies = ['a', 'bb', 'ccc', 'dddd']
    await Promise.all(bodies.map((body) => store.put('k', chunked(body))))
    const content = await read('k')
    expect(bodies).toContain(content)
    expect((await store.list('', '', 1)).objects).toEqual([{ key: 'k', size: content?.length }])
  })

  it('keeps hard keys apart, lists them in UTF-8 byte order, and still does after reopening', async () => {
    for (const key of HARD_KEYS) await store.put(key, chunked(key))
    const inOrder = HARD_KEYS.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    expect(await allKeys()).toEqual(inOrder)
    await store.close()
    store = await fixture.reopen()
    const expected = inOrder.map((key) => ({ key, size: Buffer.byteLength(key) }))
    expect((await store.list('', '', 10_000)).objects).toEqual(expected)
    expect(await Promise.all(HARD_KEYS.map(read))).toEqual(HARD_KEYS)
    expect(await Promise.all(HARD_KEYS.map((key) => store.delete(key)))).toEqual(HARD_KEYS.map(() => true))
    expect(await allKeys()).toEqual([])
  })

  describe('a listing', () => {
    beforeEach(async () => {
      for (const key of ['p/3', 'p/1', 'q', 'p', 'p/2', 'o']) await store.put(key, chunked(key))
    })

    it.each([
      ['', '', 10, ['o', 'p', 'p/1', 'p/2', 'p/3', 'q'], undefined],
      ['p/', '', 10, ['p/1', 'p/2', 'p/3'], undefined],
      ['p/', '', 3, ['p/1', 'p/2', 'p/3'], undefined],
      ['p/', '', 2, ['p/1', 'p/2'], 'p/2'],
      ['p/', 'p/2', 2, ['p/3'], undefined],
      ['p/', 'p/15', 1, ['p/2'], 'p/2'],
      ['p/', 'a', 1, ['p/1'], 'p/1'],
      ['p/', 'q', 9, [], undefined],
      ['', 'p', 2, ['p/1', 'p/2'], 'p/2'],
      ['zz', '', 9, [], undefined],
    ])('prefix %j after %j limit %i', async (prefix, after, limit, keys, next) => {
      const listing = await store.list(prefix, after, limit)
      expect([listing.objects.map(({ key }) => key), listing.next]).toEqual([keys, next])
    })
  })
}
