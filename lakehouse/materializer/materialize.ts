/** The job: every line of the sources becomes evidence, a duplicate, or is skipped with a reason. */
import { mkdir, readdir, realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { UsageError } from '../kit/command-line.ts'
import { syncFolder } from '../kit/files.ts'
import { acquireLock } from '../kit/process-lock.ts'
import { SKIP_REASONS, type SkipReason, toEvidence } from './evidence.ts'
import { readLines } from './lines.ts'
import { isMissing, type Partition, PartitionWriter, readEvidenceIds, replaceFile } from './partitions.ts'

export interface MaterializeOptions {
  readonly source: string
  readonly out: string
  /** Names of the field that tells a record's time; the first that it has counts. */
  readonly timeFields: readonly string[]
  readonly maxLineBytes: number
}

interface Counts {
  lines: number
  written: number
  duplicates: number
  skipped: number
}

export interface Receipt extends Counts {
  readonly job: 'materializer'
  readonly source: string
  readonly out: string
  readonly started_at: string
  readonly finished_at: string
  readonly skipped_by_reason: Readonly<Record<SkipReason, number>>
  readonly files: readonly ({ readonly file: string } & Counts)[]
  /** Files under the source that do not end in .jsonl. */
  readonly ignored_files: readonly string[]
  /** The first ones; `skipped` counts them all. */
  readonly skips: readonly { readonly file: string; readonly line: number; readonly reason: SkipReason }[]
  readonly skips_truncated: boolean
  readonly partitions: readonly Partition[]
}

const MAX_SKIPS = 1_000
const startCounts = (): Counts => ({ lines: 0, written: 0, duplicates: 0, skipped: 0 })

/** Every file under the folder, links to files included, with `/` between the parts, in the order of the names. */
async function listFiles(source: string): Promise<string[]> {
  const entries = await readdir(source, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => relative(source, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}

/** The path with links resolved, whether or not its last parts exist yet. */
async function resolvePath(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (!isMissing(error)) throw error
    const whole = resolve(path)
    return join(await resolvePath(dirname(whole)), basename(whole))
  }
}

/** Both folders with links resolved; out is made when it is missing. Evidence may not become its own source. */
async function openFolders({ source, out }: MaterializeOptions): Promise<{ source: string; out: string }> {
  const from = await realpath(source).catch((error: unknown) => {
    throw isMissing(error) ? new UsageError(`--source ${source}: no such folder`) : error
  })
  const to = await resolvePath(out)
  if (to === from || to.startsWith(from + sep)) {
    throw new UsageError(`--out ${out} lies within --source: evidence would be read as a source`)
  }
  await mkdir(to, { recursive: true })
  return { source: from, out: to }
}

/** Rejects, leaving the evidence as it was, when a file cannot be read or another run holds the folder. */
export async function materialize(options: MaterializeOptions): Promise<Receipt> {
  const startedAt = new Date().toISOString()
  const { source, out } = await openFolders(options)
  await using _lock = await acquireLock(join(out, '.lock'))
  const known = await readEvidenceIds(out)
  const writer = await PartitionWriter.create(out)

  const total = startCounts()
  const byReason = Object.fromEntries(SKIP_REASONS.map((reason) => [reason, 0])) as Record<SkipReason, number>
  const skips: { file: string; line: number; reason: SkipReason }[] = []
  const files: ({ file: string } & Counts)[] = []

  const readFile = async (file: string): Promise<Counts> => {
    const counts = startCounts()
    for await (const line of readLines(join(source, file), options.maxLineBytes)) {
      counts.lines += 1
      const outcome = toEvidence(file, line, options.timeFields)
      if (outcome.kind === 'skipped') {
        counts.skipped += 1
        byReason[outcome.reason] += 1
        if (skips.length < MAX_SKIPS) skips.push({ file, line: line.number, reason: outcome.reason })
      } else if (known.has(outcome.id)) {
        counts.duplicates += 1
      } else {
        counts.written += 1
        known.add(outcome.id)
        await writer.add(outcome.day, outcome.text)
      }
    }
    return counts
  }

  try {
    const all = await listFiles(source)
    for (const file of all.filter((name) => name.endsWith('.jsonl'))) {
      const counts = await readFile(file)
      files.push({ file, ...counts })
      for (const key of ['lines', 'written', 'duplicates', 'skipped'] as const) total[key] += counts[key]
    }
    const partitions = await writer.publish()
    const receipt: Receipt = {
      job: 'materializer',
      source,
      out,
      started_at: startedAt,
      finished_at: new Date().toISOString(),
      ...total,
      skipped_by_reason: byReason,
      files,
      ignored_files: all.filter((name) => !name.endsWith('.jsonl')),
      skips,
      skips_truncated: total.skipped > skips.length,
      partitions,
    }
    await replaceFile(join(out, 'receipt.json'), `${JSON.stringify(receipt, null, 2)}\n`)
    await syncFolder(out)
    return receipt
  } catch (error) {
    await writer.discard()
    throw error
  }
}
