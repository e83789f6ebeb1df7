/**
 * Objects in a bucket of an S3-compatible server, through the AWS SDK; path style.
 *
 * A key is stored under an escaped, flat name. Under its own name MinIO, which keeps keys as paths, would refuse
 * some (`.`, empty or long components) and silently leave `a/b` out of listings as soon as `a` exists. Escaped
 * names sort differently, so the order comes from an index in memory, read from the bucket at the start.
 */
import { Readable } from 'node:stream'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { createKeyedLock } from '../kit/keyed-lock.ts'
import { retry } from '../kit/retry.ts'
import type { S3Config } from './config.ts'
import { KeyIndex } from './key-index.ts'
import { fileName, keyOfName } from './object-file.ts'
import { describeFault, isMissing, readFault, toStoreError } from './s3-errors.ts'
import { spool } from './spool.ts'
import type { ObjectStore, StoredObject } from './store.ts'

/** Larger objects go in parts of this size; so many at once. */
const PART_BYTES = 8 * 2 ** 20
const PARTS_AT_ONCE = 2

function createClient(config: S3Config): S3Client {
  return new S3Client({
    endpoint: config.endpoint,
    region: config.region,
    forcePathStyle: true,
    credentials: { accessKeyId: config.access_key_id, secretAccessKey: config.secret_access_key },
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 30_000 },
    // Not every server knows the newer trailing checksums; the hash in the metadata is ours.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
}

/** Where our objects are in the bucket; what else is there is not ours. */
const FOLDER = 'storaged/'
const nameOf = (key: string): string => FOLDER + fileName(key)

interface Facts {
  readonly ContentLength?: number | undefined
  readonly Metadata?: Record<string, string> | undefined
}

const toInfo = (key: string, { ContentLength, Metadata }: Facts): StoredObject => ({
  key,
  size: ContentLength ?? 0,
  sha256: Metadata?.['sha256'] ?? '',
})

/** `report` hears why the bucket is not reachable yet, once for each new cause. */
export function createS3Store(config: S3Config, report: (cause: string) => void): ObjectStore {
  const client = createClient(config)
  const Bucket = config.bucket
  const lock = createKeyedLock()
  const index = new KeyIndex()
  const uncertain = new Set<string>()

  async function ensureBucket(): Promise<void> {
    // A listing, not a HEAD: only its refusal has a body that names the reason.
    const list = () => client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }))
    try {
      await list().catch(async (error: unknown) => {
        if (readFault(error).code !== 'NoSuchBucket' || !config.create_bucket) throw error
        await client.send(new CreateBucketCommand({ Bucket }))
        await list()
      })
    } catch (error) {
      const cause = describeFault(error)
      throw new Error(`bucket "${Bucket}" at ${config.endpoint} is not usable: ${cause}`, { cause: error })
    }
  }

  /** The answer; undefined when there is no such object. */
  async function ask<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      if (isMissing(error)) return undefined
      throw toStoreError(error)
    }
  }

  async function head(key: string): Promise<StoredObject | undefined> {
    const facts = await ask(() => client.send(new HeadObjectCommand({ Bucket, Key: nameOf(key) })))
    return facts && toInfo(key, facts)
  }

  /** A hashed name does not tell its key; the metadata does. */
  async function keyInside(name: string): Promise<string> {
    const { Metadata } = await client.send(new HeadObjectCommand({ Bucket, Key: FOLDER + name }))
    const encoded = Metadata?.['key']
    if (encoded === undefined) throw new Error(`${FOLDER}${name} in bucket "${Bucket}" lacks its key`)
    return Buffer.from(encoded, 'base64url').toString('utf8')
  }

  async function readIndex(): Promise<void> {
    let token: string | undefined
    do {
      const query = { Bucket, Prefix: FOLDER, ...(token !== undefined && { ContinuationToken: token }) }
      const page = await client.send(new ListObjectsV2Command(query))
      for (const { Key = '', Size = 0 } of page.Contents ?? []) {
        const name = Key.slice(FOLDER.length)
        index.set(keyOfName(name) ?? (await keyInside(name)), Size)
      }
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined
    } while (token !== undefined)
  }

  /** Changes one key; when the server's answer is lost, the index asks again before the next listing. */
  function change<T>(key: string, work: () => Promise<T>): Promise<T> {
    return lock.run(key, async () => {
      try {
        return await work()
      } catch (error) {
        uncertain.add(key)
        throw toStoreError(error)
      }
    })
  }

  async function settle(key: string): Promise<void> {
    await lock.run(key, async () => {
      const info = await head(key)
      if (info === undefined) index.delete(key)
      else index.set(key, info.size)
      uncertain.delete(key)
    })
  }

  return {
    async open(signal) {
      await retry(
        async () => {
          await ensureBucket()
          await readIndex()
        },
        { signal, report, isTemporary: () => true },
      )
    },

    async put(key, body) {
      await using received = await spool(body)
      const { size, sha256 } = received
      return await change(key, async () => {
        const small = size <= PART_BYTES
        const upload = new Upload({
          client,
          params: {
            Bucket,
            Key: nameOf(key),
            Body: small ? Buffer.concat(await received.read().toArray()) : received.read(),
            ContentType: 'application/octet-stream',
            Metadata: { sha256, key: Buffer.from(key).toString('base64url') },
          },
          partSize: PART_BYTES,
          queueSize: PARTS_AT_ONCE,
        })
        await upload.done()
        index.set(key, size)
        return { key, size, sha256 }
      })
    },

    async get(key) {
      const found = await ask(() => client.send(new GetObjectCommand({ Bucket, Key: nameOf(key) })))
      if (found === undefined) return undefined
      if (!(found.Body instanceof Readable)) throw new TypeError('the SDK gave a body that is no Node stream')
      return { info: toInfo(key, found), body: found.Body }
    },

    head,

    delete: (key) =>
      change(key, async () => {
        // S3 does not tell whether there was an object.
        if ((await head(key)) === undefined) return false
        await client.send(new DeleteObjectCommand({ Bucket, Key: nameOf(key) }))
        index.delete(key)
        return true
      }),

    async list(prefix, after, limit) {
      for (const key of [...uncertain]) await settle(key)
      const { keys, next } = index.page(prefix, after, limit)
      return { objects: keys.map((key) => ({ key, size: index.size(key) ?? 0 })), next }
    },

    async close() {
      client.destroy()
    },
  }
}
