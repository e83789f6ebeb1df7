/** Objects as files: written aside, synced, renamed into place; the folder is the only truth. */
import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf, syncFolder } from '../kit/files.ts'
import { consume } from './consume.ts'
import { FileWriter, readStart } from './direct-file.ts'
import { KeyIndex } from './key-index.ts'
import { fileName, keyOfName, makeTrailer, readTrailer, trailerBytes } from './object-file.ts'
import { explainDiskFault, type ObjectInfo, type ObjectStore, type StoredObject } from './store.ts'

/**
 * A store in the folder `root`: `objects/` holds one file an object (`object-file.ts`), `uploads/` what is being
 * received. Both are in one file system, so that a rename is atomic. One process at a time.
 */
export function createFsStore(root: string): ObjectStore {
  const objects = join(root, 'objects')
  const uploads = join(root, 'uploads')
  let index = new KeyIndex()
  let last: Promise<unknown> = Promise.resolve()

  /** Changes to the folder and to the index happen one after the other, so that they agree. */
  function serialise<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work)
    // A failed change is its caller's to hear of; the next one goes ahead.
    last = result.catch(() => undefined)
    return result
  }

  async function openObject(key: string): Promise<FileHandle | undefined> {
    try {
      return await open(join(objects, fileName(key)), 'r')
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw error
    }
  }

  /** Closes the file when its trailer is not that of `key`. */
  async function readInfo(file: FileHandle, key: string): Promise<StoredObject> {
    try {
      const info = await readTrailer(file, join(objects, fileName(key)))
      if (info.key !== key) throw new Error(`${fileName(key)} holds another key`)
      return info
    } catch (error) {
      await file.close()
      throw error
    }
  }

  async function keyInside(name: string): Promise<string> {
    const path = join(objects, name)
    const file = await open(path, 'r')
    try {
      return (await readTrailer(file, path)).key
    } finally {
      await file.close()
    }
  }

  async function sizeOf(key: string): Promise<number | undefined> {
    const known = index.size(key)
    if (known !== undefined) return known
    try {
      return (await stat(join(objects, fileName(key)))).size - trailerBytes(key)
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw error
    }
  }

  return {
    async open() {
      await mkdir(objects, { recursive: true })
      // What a killed process was receiving was never acknowledged.
      await rm(uploads, { recursive: true, force: true })
      await mkdir(uploads)
      await syncFolder(root)
      const found: string[] = []
      for (const name of await readdir(objects)) found.push(keyOfName(name) ?? (await keyInside(name)))
      index = new KeyIndex(found)
    },

    async put(key, body) {
      const temporary = join(uploads, randomUUID())
      try {
        const writer = new FileWriter(await open(temporary, 'wx', 0o600))
        let received: { size: number; sha256: Buffer }
        try {
          received = await consume(body, (chunks) => writer.write(chunks))
          await writer.finish(makeTrailer(key, received.sha256))
        } finally {
          await writer.close()
        }
        const { size } = received
        await serialise(async () => {
          await rename(temporary, join(objects, fileName(key)))
          index.set(key, size)
          await syncFolder(objects)
        })
        return { key, size, sha256: received.sha256.toString('hex') }
      } catch (error) {
        await rm(temporary, { force: true })
        throw explainDiskFault(error)
      }
    },

    async get(key) {
      const file = await openObject(key)
      if (file === undefined) return undefined
      const info = await readInfo(file, key)
      return { info, body: await readStart(file, info.size) }
    },

    async head(key) {
      const file = await openObject(key)
      if (file === undefined) return undefined
      const info = await readInfo(file, key)
      await file.close()
      return info
    },

    delete: (key) =>
      serialise(async () => {
        try {
          await unlink(join(objects, fileName(key)))
        } catch (error) {
          if (errnoOf(error) === 'ENOENT') return false
          throw error
        }
        index.delete(key)
        await syncFolder(objects)
        return true
      }),

    async list(prefix, after, limit) {
      const { keys, next } = index.page(prefix, after, limit)
      const infos = await Promise.all(keys.map(async (key) => ({ key, size: await sizeOf(key) })))
      // An object deleted while its size was being read is no longer listed.
      const objects = infos.filter((info): info is ObjectInfo => info.size !== undefined)
      for (const { key, size } of objects) index.learn(key, size)
      return { objects, next }
    },

    async close() {
      await last
    },
  }
}
