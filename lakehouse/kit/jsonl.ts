/** A durable, append-only file of JSON lines: acknowledged means synced; a torn end is set aside, never dropped. */
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errnoOf, syncFolder, writeAll } from './files.ts'
import { messageOf } from './message-of.ts'

/** The incomplete last line of a write that was cut off, and where its bytes were put. */
export interface TornLine {
  readonly bytes: number
  readonly text: string
  readonly file: string
}

export interface Jsonl {
  /** What the file held when it was opened, in order. */
  readonly entries: readonly unknown[]
  readonly torn?: TornLine
  /** Resolves once all values are on disk, in order and adjacent. Concurrent callers share one sync. */
  append(...values: readonly unknown[]): Promise<void>
  /** Waits for what is under way. */
  close(): Promise<void>
}

interface Scan {
  readonly entries: unknown[]
  /** Length of the sound part. */
  readonly soundBytes: number
}

/** Reads all whole lines. An invalid line is torn when it is the last, otherwise the file is refused. */
function scan(content: Buffer, path: string): Scan {
  const entries: unknown[] = []
  let start = 0
  for (let line = 1; start < content.length; line += 1) {
    const end = content.indexOf(0x0a, start)
    if (end === -1) break
    try {
      entries.push(JSON.parse(content.toString('utf8', start, end)))
    } catch (error) {
      if (end === content.length - 1) break
      const reason = messageOf(error)
      throw new Error(`${path}:${line}: invalid JSON in the middle of the file: ${reason}`, { cause: error })
    }
    start = end + 1
  }
  return { entries, soundBytes: start }
}

/** Writes the bytes to the first free `<path>.torn-<n>` and syncs them. */
async function setAside(path: string, bytes: Buffer): Promise<string> {
  for (let n = 1; ; n += 1) {
    const file = `${path}.torn-${n}`
    try {
      await writeFile(file, bytes, { flag: 'wx', flush: true })
      return file
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
    }
  }
}

async function recover(path: string, file: FileHandle): Promise<{ entries: unknown[]; torn?: TornLine }> {
  const content = await file.readFile()
  const { entries, soundBytes } = scan(content, path)
  if (soundBytes === content.length) return { entries }
  const rest = content.subarray(soundBytes)
  const aside = await setAside(path, rest)
  await syncFolder(dirname(path))
  await file.truncate(soundBytes)
  await file.sync()
  return { entries, torn: { bytes: rest.length, text: rest.toString('utf8'), file: aside } }
}

/**
 * Opens the file, creating it and its folder. Throws when a line other than the last is not JSON, naming it.
 * After a failed write (disk full) the file is cut back to its last sound length and that append rejects.
 */
export async function openJsonl(path: string): Promise<Jsonl> {
  await mkdir(dirname(path), { recursive: true })
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  let recovered: { entries: unknown[]; torn?: TornLine }
  try {
    recovered = await recover(path, file)
    await syncFolder(dirname(path))
  } catch (error) {
    await file.close()
    throw error
  }
  let length = (await file.stat()).size
  let waiting: { text: string; resolve: () => void; reject: (error: unknown) => void }[] = []
  let flushing: Promise<void> | undefined
  let broken: unknown
  let closed = false

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        if (broken !== undefined) throw broken
        const bytes = Buffer.from(batch.map(({ text }) => text).join(''))
        await writeAll(file, bytes, length)
        await file.sync()
        length += bytes.length
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
        await file.truncate(length).catch((fault: unknown) => {
          // Its end is unknown now: refuse every later append rather than write after a torn line.
          broken = new Error(`${path}: cannot be appended to after a failed write`, { cause: fault })
        })
      }
    }
    flushing = undefined
  }

  return {
    ...recovered,
    append(...values) {
      if (closed) return Promise.reject(new Error(`${path} is closed`))
      const lines = values.map((value) => JSON.stringify(value))
      if (lines.some((line) => line === undefined)) {
        return Promise.reject(new TypeError(`${path}: a value without a JSON form cannot be appended`))
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      waiting.push({ text: lines.map((line) => `${line}\n`).join(''), resolve, reject })
      flushing ??= flush()
      return promise
    },
    async close() {
      closed = true
      await flushing
      await file.close()
    },
  }
}
