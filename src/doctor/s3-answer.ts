/** Asks an S3 store through the AWS SDK, which is loaded only here and need not be installed. */

import { hasCode } from '../kernel/errno.ts'
import type { DoctorS3 } from '../stack/types.ts'

/** How one request went. `code` is S3's (`NoSuchBucket`) or the system's (`ECONNREFUSED`). */
export interface S3Answer {
  readonly ok: boolean
  readonly status?: number
  readonly code?: string
  readonly message?: string
  /** The server's clock, from its Date header. */
  readonly date?: Date
}

export interface S3Asker {
  list(): Promise<S3Answer>
  /** Begins an upload and gives it up: the right to write is proven, and no object is left. */
  tryWriting(key: string): Promise<S3Answer>
  close(): void
}

const SDK = '@aws-sdk/client-s3'

/** Undefined: the SDK is not installed. */
export async function openS3(store: DoctorS3, signal: AbortSignal): Promise<S3Asker | undefined> {
  const sdk = await loadSdk()
  if (sdk === undefined) return undefined
  const { accessKeyId, secretAccessKey, bucket: Bucket, endpoint, region } = store
  const client = new sdk.S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    // One look, no patience: the check says what it saw. Path style, because test servers have no wildcard names.
    maxAttempts: 1,
    forcePathStyle: true,
  })
  let date: Date | undefined
  client.middlewareStack.add(
    (next) => async (input) => {
      const result = await next(input)
      date = readDate(result.response) ?? date
      return result
    },
    { step: 'deserialize', name: 'doctorDate', priority: 'low' },
  )
  const ask = async (request: () => Promise<unknown>): Promise<S3Answer> => {
    try {
      await request()
      return { ok: true, ...(date && { date }) }
    } catch (error) {
      return describeError(error, date)
    }
  }
  const options = { abortSignal: signal }
  return {
    list: () => ask(() => client.send(new sdk.ListObjectsV2Command({ Bucket, MaxKeys: 1 }), options)),
    tryWriting: (Key) =>
      ask(async () => {
        const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand({ Bucket, Key }), options)
        await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }), options)
      }),
    close: () => client.destroy(),
  }
}

async function loadSdk(): Promise<typeof import('@aws-sdk/client-s3') | undefined> {
  try {
    return await import(SDK)
  } catch (error) {
    if (hasCode(error, 'ERR_MODULE_NOT_FOUND')) return undefined
    throw error
  }
}

interface SdkFault {
  readonly name?: string
  readonly code?: string
  readonly Code?: string
  readonly message?: string
  readonly errors?: readonly SdkFault[]
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: unknown
}

/** The error's shape is the SDK's: a service's answer has `$metadata`, a connection's fault a `code`. */
function describeError(error: unknown, seen: Date | undefined): S3Answer {
  if (!(error instanceof Error)) throw error
  const fault: SdkFault = error
  // A name with several addresses is tried at each; the first fault tells enough.
  const inner = fault.errors?.[0]
  const code = fault.Code ?? fault.code ?? inner?.code ?? fault.name
  const status = fault.$metadata?.httpStatusCode
  const date = readDate(fault.$response) ?? seen
  return {
    ok: false,
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    message: fault.message || inner?.message || 'no reason is told',
    ...(date === undefined ? {} : { date }),
  }
}

function readDate(response: unknown): Date | undefined {
  const headers = (response as { headers?: Readonly<Record<string, string>> } | undefined)?.headers
  const date = new Date(headers?.['date'] ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? undefined : date
}
