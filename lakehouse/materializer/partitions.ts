/** The evidence folder: `day=YYYY-MM-DD/part-<hash>.jsonl`. A part appears whole, synced, or not at all. */
import { createHash, type Hash } from 'node:crypto'
import { appendFile, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { errnoOf, syncFolder } from '../kit/files.ts'
import { readLines } from './lines.ts'

const STAGING = '.staging'
/** Characters kept in memory, over all days, before they go to the staged files. */
const BUFFER_CHARACTERS = 4 * 2 ** 20

const evidenceSchema = z.looseObject({ id: z.string().regex(/^[0-9a-f]{64}$/) })

export interface Partition {
  readonly day: string
  /** Relative to the evidence folder. */
  readonly file: string
  readonly records: number
}

async function listDays(out: string): Promise<string[]> {
  const entries = await readdir(out, { withFileTypes: true })
  const days = entries.filter((entry) => entry.isDirectory() && /^day=-?[\d-]+$/.test(entry.name))
  return days.map(({ name }) => name).sort()
}

/** The ids of all evidence. Throws, naming file and line, for a line that is none: it may not be overlooked. */
export async function readEvidenceIds(out: string): Promise<Set<string>> {
  const ids = new Set<string>()
  for (const day of await listDays(out)) {
    const names = (await readdir(join(out, day))).filter((name) => name.endsWith('.jsonl'))
    for (const name of names.sort()) {
      for await (const { number, bytes } of readLines(join(out, day, name), Number.POSITIVE_INFINITY)) {
        ids.add(readId(bytes, `${day}/${name}:${number}`))
      }
    }
  }
  return ids
}

function readId(bytes: Buffer, place: string): string {
  try {
    return evidenceSchema.parse(JSON.parse(bytes.toString('utf8'))).id
  } catch (error) {
    throw new Error(`${place}: not an evidence record; restore the file before running again`, {
      cause: error,
    })
  }
}

interface StagedDay {
  readonly file: string
  readonly hash: Hash
  waiting: string[]
  records: number
}

/** New evidence on its way: staged aside, then published day by day. */
export class PartitionWriter {
  readonly #out: string
  readonly #staging: string
  readonly #days = new Map<string, StagedDay>()
  #buffered = 0

  private constructor(out: string) {
    this.#out = out
    this.#staging = join(out, STAGING)
  }

  /** What a run that was killed left staged is removed: its lines are still in the source. */
  static async create(out: string): Promise<PartitionWriter> {
    const writer = new PartitionWriter(out)
    await writer.discard()
    await mkdir(writer.#staging)
    return writer
  }

  async add(day: string, text: string): Promise<void> {
    const staged = this.#days.get(day) ?? {
      file: join(this.#staging, `${day}.jsonl`),
      hash: createHash('sha256'),
      waiting: [],
      records: 0,
    }
    this.#days.set(day, staged)
    staged.waiting.push(text)
    staged.hash.update(text)
    staged.records += 1
    this.#buffered += text.length
    if (this.#buffered >= BUFFER_CHARACTERS) await this.#flush()
  }

  /** Syncs and renames. A crash in between leaves some days published whole and the others for the next run. */
  async publish(): Promise<Partition[]> {
    await this.#flush()
    const partitions: Partition[] = []
    for (const [day, { file, hash, records }] of [...this.#days].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const folder = `day=${day}`
      const name = `${folder}/part-${hash.digest('hex').slice(0, 32)}.jsonl`
      const handle = await open(file, 'r+')
      await handle.sync()
      await handle.close()
      await mkdir(join(this.#out, folder), { recursive: true })
      await rename(file, join(this.#out, name))
      await syncFolder(join(this.#out, folder))
      partitions.push({ day, file: name, records })
    }
    await syncFolder(this.#out)
    await this.discard()
    return partitions
  }

  async discard(): Promise<void> {
    await rm(this.#staging, { recursive: true, force: true })
  }

  async #flush(): Promise<void> {
    for (const staged of this.#days.values()) {
      if (staged.waiting.length > 0) await appendFile(staged.file, staged.waiting.join(''))
      staged.waiting = []
    }
    this.#buffered = 0
  }
}

/** Writes a file so that it is there whole, old or new, whatever happens. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`
  const handle = await open(temporary, 'w')
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, path)
}

/** Whether the error says that a path does not exist. */
export const isMissing = (error: unknown): boolean => errnoOf(error) === 'ENOENT'
