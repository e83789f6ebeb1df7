/** The datasets: in memory for reading, each one a manifest object in storaged for keeping. */
import { randomUUID } from 'node:crypto'
import { ApiError, conflict } from '../kit/errors.ts'
import { createKeyedLock } from '../kit/keyed-lock.ts'
import { messageOf } from '../kit/message-of.ts'
import type { ObjectClient } from '../kit/objects.ts'
import { retry } from '../kit/retry.ts'
import { type Dataset, datasetSchema, describeDrift, findDrift, type Registration } from './dataset.ts'

const MANIFESTS = 'catalog/datasets/'
/** Manifests read at once at the start. */
const READERS = 8

interface Registered {
  readonly dataset: Dataset
  readonly created: boolean
  /** The objects that the dataset did not have before. */
  readonly added: readonly string[]
}

export interface Catalog {
  /** Reads all manifests; waits for storaged. Throws when a manifest is damaged, naming it. */
  load(options: { signal: AbortSignal; report?: (cause: string) => void }): Promise<void>
  /** Changes with every change of any dataset, and with every start. */
  readonly revision: string
  /** By name. */
  list(): readonly Dataset[]
  get(name: string): Dataset | undefined
  /** Durable once resolved. Throws 409 `schema_drift`. Registrations of one name happen one after the other. */
  register(registration: Registration, requestId?: string): Promise<Registered>
  /** The dataset that was removed, if there was one. Its objects stay in storaged. */
  delete(name: string, requestId?: string): Promise<Dataset | undefined>
}

const manifestKey = (name: string): string => `${MANIFESTS}${name}.json`

/** storaged is not up yet, or busy. */
const isTemporary = (error: unknown): boolean =>
  error instanceof ApiError && [502, 503, 504].includes(error.status) && error.code !== 'upstream_error'

function readManifest(key: string, bytes: Buffer): Dataset {
  try {
    const dataset = datasetSchema.parse(JSON.parse(bytes.toString('utf8')))
    if (manifestKey(dataset.name) !== key) throw new Error(`it describes "${dataset.name}"`)
    return dataset
  } catch (error) {
    const reason = messageOf(error)
    throw new Error(`the manifest ${key} is damaged: ${reason}`, { cause: error })
  }
}

function merge(old: Dataset | undefined, given: Registration): Registered {
  const now = new Date().toISOString()
  const objects = [...new Set(given.objects)]
  if (old === undefined) {
    const { name, columns, fingerprint } = given
    const facts = { version: 1, created_at: now, updated_at: now }
    const dataset = { id: randomUUID(), name, columns, fingerprint, objects, ...facts }
    return { dataset, created: true, added: objects }
  }
  const drift = findDrift(old.columns, given.columns)
  if (drift.length > 0) {
    throw conflict(`the columns differ from those of dataset "${old.name}": ${describeDrift(drift)}`, {
      code: 'schema_drift',
      details: { dataset: old.name, id: old.id, columns: drift },
    })
  }
  const known = new Set(old.objects)
  const added = objects.filter((key) => !known.has(key))
  if (added.length === 0) return { dataset: old, created: false, added }
  const changes = { objects: [...old.objects, ...added], version: old.version + 1, updated_at: now }
  return { dataset: { ...old, ...changes }, created: false, added }
}

export function createCatalog(objects: ObjectClient): Catalog {
  const datasets = new Map<string, Dataset>()
  const lock = createKeyedLock()
  const start = randomUUID()
  let changes = 0

  async function readAll(): Promise<Dataset[]> {
    const keys = (await Array.fromAsync(objects.list(MANIFESTS))).map(({ key }) => key)
    const found: Dataset[] = []
    const rest = keys.values()
    const reader = async () => {
      for (const key of rest) {
        const bytes = await objects.get(key)
        if (bytes === undefined) throw new Error(`the manifest ${key} is listed but missing`)
        found.push(readManifest(key, bytes))
      }
    }
    await Promise.all(Array.from({ length: READERS }, reader))
    return found
  }

  return {
    async load(options) {
      const found = await retry(readAll, { ...options, isTemporary })
      for (const dataset of found) datasets.set(dataset.name, dataset)
    },

    get revision() {
      return `${start}-${changes}`
    },

    list: () => [...datasets.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),

    get: (name) => datasets.get(name),

    register: (given, requestId) =>
      lock.run(given.name, async () => {
        const result = merge(datasets.get(given.name), given)
        if (result.added.length === 0 && !result.created) return result
        const manifest = `${JSON.stringify(result.dataset, null, 2)}\n`
        await objects.put(manifestKey(given.name), manifest, requestId === undefined ? {} : { requestId })
        datasets.set(given.name, result.dataset)
        changes += 1
        return result
      }),

    delete: (name, requestId) =>
      lock.run(name, async () => {
        const old = datasets.get(name)
        if (old === undefined) return undefined
        await objects.delete(manifestKey(name), requestId === undefined ? {} : { requestId })
        datasets.delete(name)
        changes += 1
        return old
      }),
  }
}
