/**
 * One input into the lakehouse. Order matters for what a crash may leave: the object is put before the catalog
 * names it, and an object that no dataset names is invisible; a retry writes the same key again.
 */
import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { ApiError } from '../kit/errors.ts'
import { createKeyedLock } from '../kit/keyed-lock.ts'
import type { ObjectClient } from '../kit/objects.ts'
import type { Catalog, Dataset } from './catalog.ts'
import type { ParquetWriter } from './parquet.ts'
import { type ColumnDifference, fitColumns, inferColumns, type Profile, profileInput } from './profile.ts'
import type { Format } from './rows.ts'
import { type Spooled, temporaryPath } from './spool.ts'
import type { Column } from './types.ts'

export interface IngestJob {
  readonly dataset: string
  readonly format: Format
  readonly input: Spooled
  readonly requestId: string
}

/** The answer, as it goes over the wire. */
export interface Ingested {
  readonly dataset: string
  readonly dataset_id: string
  readonly rows: number
  readonly columns: readonly Column[]
  readonly object: string
  readonly sha256: string
  readonly deduplicated: boolean
}

export interface IngestDeps {
  readonly catalog: Catalog
  readonly objects: ObjectClient
  readonly writer: () => Promise<ParquetWriter>
  /** For Parquet on its way to storaged. */
  readonly folder: string
}

/** The same columns in the same order have the same fingerprint: SHA-256 (hex) of their JSON. */
function fingerprintColumns(columns: readonly Column[]): string {
  return createHash('sha256')
    .update(JSON.stringify(columns.map(({ name, type }) => [name, type])))
    .digest('hex')
}

const objectKey = (dataset: string, sha256: string): string => `data/${dataset}/${sha256}.parquet`

export function createIngest(deps: IngestDeps): (job: IngestJob) => Promise<Ingested> {
  // One input of a dataset at a time, so that drift and duplicates are decided on what is really registered.
  const lock = createKeyedLock()
  return async (job) => {
    const profile = await profileInput(job.format, job.input.path)
    return lock.run(job.dataset, () => store(deps, job, profile))
  }
}

async function store(deps: IngestDeps, job: IngestJob, profile: Profile): Promise<Ingested> {
  const { catalog } = deps
  const { dataset: name, input, requestId } = job
  const existing = await catalog.find(name, requestId)
  const columns = columnsFor(name, profile, existing)
  const object = objectKey(name, input.sha256)
  const answer = { dataset: name, rows: profile.rows, columns, object, sha256: input.sha256 }
  if (existing?.objects.includes(object)) {
    return { ...answer, dataset_id: existing.id, deduplicated: true }
  }
  await putParquet(deps, job, profile.rows, columns, object)
  const registration = {
    name,
    columns,
    fingerprint: existing?.fingerprint ?? fingerprintColumns(columns),
    object,
  }
  const registered = await catalog.register(registration, requestId)
  if (registered.ok) return { ...answer, dataset_id: registered.id, deduplicated: false }
  // Somebody else registered other columns meanwhile. The object is invisible already; do not leave it lying.
  await deps.objects.delete(object, { requestId })
  const now = await catalog.find(name, requestId)
  const fit = now === undefined ? undefined : fitColumns(profile, now.columns)
  throw schemaDrift(name, fit === undefined || fit.ok ? [] : fit.differences)
}

function columnsFor(name: string, profile: Profile, existing: Dataset | undefined): readonly Column[] {
  if (existing === undefined) return inferColumns(profile)
  const fit = fitColumns(profile, existing.columns)
  if (fit.ok) return fit.columns
  throw schemaDrift(name, fit.differences)
}

async function putParquet(
  deps: IngestDeps,
  job: IngestJob,
  rows: number,
  columns: readonly Column[],
  object: string,
): Promise<void> {
  const output = temporaryPath(deps.folder)
  try {
    const writer = await deps.writer()
    const written = await writer.write({ format: job.format, input: job.input.path, columns, output })
    if (written !== rows) throw new Error(`${object}: ${rows} rows were read but ${written} written`)
    await deps.objects.put(object, await readFile(output), { requestId: job.requestId })
  } finally {
    await rm(output, { force: true })
  }
}

function schemaDrift(name: string, differences: readonly ColumnDifference[]): ApiError {
  const words = differences.map(({ name: column, change, expected, received }) => {
    if (change === 'added') return `"${column}" (${received}) is new`
    if (change === 'removed') return `"${column}" (${expected}) is missing`
    return `"${column}" is ${received}, not ${expected}`
  })
  const which = words.length === 0 ? '' : `: ${words.join('; ')}`
  return new ApiError(
    409,
    'schema_drift',
    `the input does not fit the columns of dataset "${name}"${which}`,
    {
      details: { columns: differences },
    },
  )
}
