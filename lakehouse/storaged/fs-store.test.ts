import { mkdir, readdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeTemporaryFolder } from '../kit/testing/daemon-process.ts'
import { createFsStore } from './fs-store.ts'
import { chunked, describeStoreContract } from './testing/store-contract.ts'

async function openStore(root: string) {
  const store = createFsStore(root)
  await store.open(new AbortController().signal)
  return store
}

describe('the fs store', () => {
  describeStoreContract(async () => {
    const folder = await makeTemporaryFolder()
    return {
      reopen: () => openStore(join(folder.path, 'deep', 'objects')),
      dispose: async () => folder[Symbol.asyncDispose](),
    }
  })

  it('removes at the start what a killed process was receiving', async () => {
    await using folder = await makeTemporaryFolder()
    await mkdir(join(folder.path, 'uploads'))
    await writeFile(join(folder.path, 'uploads', 'left-over'), 'half an object')
    const store = await openStore(folder.path)
    expect(await readdir(join(folder.path, 'uploads'))).toEqual([])
    expect((await store.list('', '', 10)).objects).toEqual([])
  })

  it('leaves no file of an upload that fails', async () => {
    await using folder = await makeTemporaryFolder()
    const store = await openStore(folder.path)
    const body = (async function* () {
      yield Buffer.from('x')
      throw new Error('cut off')
    })()
    await expect(store.put('k', body)).rejects.toThrow('cut off')
    expect([
      await readdir(join(folder.path, 'uploads')),
      await readdir(join(folder.path, 'objects')),
    ]).toEqual([[], []])
  })

  it('refuses a file that is damaged rather than serve part of it', async () => {
    await using folder = await makeTemporaryFolder()
    const store = await openStore(folder.path)
    await store.put('k', chunked('some bytes'))
    await truncate(join(folder.path, 'objects', 'kk'), 20)
    await expect(store.get('k')).rejects.toThrow('not an object file, or it is damaged')
    await expect(store.head('k')).rejects.toThrow('damaged')
  })

  it('goes on reading the old object while it is replaced and deleted', async () => {
    await using folder = await makeTemporaryFolder()
    const store = await openStore(folder.path)
    await store.put('k', chunked('the old one'))
    const found = await store.get('k')
    await store.put('k', chunked('new'))
    await store.delete('k')
    expect(Buffer.concat((await found?.body.toArray()) ?? []).toString()).toBe('the old one')
  })

  it('tells why its folder cannot be had', async () => {
    await using folder = await makeTemporaryFolder()
    await writeFile(join(folder.path, 'a-file'), '')
    await expect(openStore(join(folder.path, 'a-file', 'objects'))).rejects.toThrow('ENOTDIR')
  })
})
