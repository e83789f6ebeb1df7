import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTemporaryFolder, startDaemon } from '../kit/testing/daemon-process.ts'
import { findFreePort } from '../kit/testing/free-port.ts'
import type { S3Config } from './config.ts'
import { createS3Store } from './s3-store.ts'
import { findMinio, type MinioServer, startMinio } from './testing/minio-server.ts'
import { chunked, describeStoreContract } from './testing/store-contract.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const minio = findMinio()
if (minio === undefined) {
  process.stderr.write('s3-store.test.ts: did NOT run, no MinIO: go install github.com/minio/minio@latest\n')
}

describe.runIf(minio !== undefined)('the s3 store on MinIO (needs `minio` on PATH or in GOPATH/bin)', () => {
  let server: MinioServer
  beforeAll(async () => {
    server = await startMinio(minio ?? '', await findFreePort())
  }, 60_000)
  afterAll(() => server[Symbol.asyncDispose]())

  const config = (changes: Partial<S3Config> = {}): S3Config => ({
    kind: 's3',
    endpoint: server.endpoint,
    region: 'us-east-1',
    bucket: `lake-${randomUUID()}`,
    access_key_id: server.accessKeyId,
    secret_access_key: server.secretAccessKey,
    create_bucket: true,
    ...changes,
  })

  /** Opens, but gives up at the first cause, and returns it. */
  async function firstCause(changes: Partial<S3Config>): Promise<string> {
    const stop = new AbortController()
    const store = createS3Store(config(changes), (cause) => stop.abort(new Error(cause)))
    try {
      return await store.open(stop.signal).then(
        () => 'opened',
        (error: unknown) => (error instanceof Error ? String(error.cause ?? error.message) : String(error)),
      )
    } finally {
      await store.close()
    }
  }

  describeStoreContract(async () => {
    const mine = config()
    return {
      async reopen() {
        const store = createS3Store(mine, () => undefined)
        await store.open(new AbortController().signal)
        return store
      },
      dispose: async () => undefined,
    }
  })

  it.each([
    [{ secret_access_key: 'wrong' }, /SignatureDoesNotMatch/],
    [{ access_key_id: 'nobody' }, /InvalidAccessKeyId/],
    [{ create_bucket: false }, /bucket "lake-.*" at http:.* is not usable: NoSuchBucket/],
  ])('names the cause when it cannot open with %j', async (changes, cause) => {
    expect(await firstCause(changes)).toMatch(cause)
  })

  it('answers 502 naming s3 when the server is gone, and lists the truth again afterwards', async () => {
    await using data = await makeTemporaryFolder()
    const port = await findFreePort()
    await using first = await startMinio(minio ?? '', port, data.path)
    const store = createS3Store(config({ endpoint: first.endpoint }), () => undefined)
    await store.open(new AbortController().signal)
    await store.put('kept', chunked('x'))
    await store.put('replaced', chunked('old'))
    await first[Symbol.asyncDispose]()
    const gone = { status: 502, code: 'upstream_unavailable', details: { upstream: 's3' } }
    await expect(store.put('lost', chunked('y'))).rejects.toMatchObject(gone)
    await expect(store.put('replaced', chunked('newer'))).rejects.toMatchObject(gone)
    await expect(store.delete('kept')).rejects.toMatchObject(gone)
    await expect(store.get('kept')).rejects.toMatchObject(gone)
    // What became of the three changes is not known: a listing must not guess.
    await expect(store.list('', '', 10)).rejects.toMatchObject(gone)
    await using _again = await startMinio(minio ?? '', port, data.path)
    expect((await store.list('', '', 10)).objects).toEqual([
      { key: 'kept', size: 1 },
      { key: 'replaced', size: 3 },
    ])
    await store.close()
  })

  it('lets storaged wait with 503 until the server is there, then serve', async () => {
    await using folder = await makeTemporaryFolder()
    const port = await findFreePort()
    await using daemon = await startDaemon(
      main,
      `[storaged]
      bind = "127.0.0.1:0"
      [storaged.store]
      kind = "s3"
      endpoint = "http://127.0.0.1:${port}"
      bucket = "lake"
      access_key_id = "${server.accessKeyId}"
      secret_access_key = "${server.secretAccessKey}"
      create_bucket = true`,
      folder.path,
    )
    const url = await daemon.url()
    const { cause } = await daemon.logged('the store is not reachable yet')
    expect(cause).toContain('ECONNREFUSED')
    const health = await fetch(`${url}/health`)
    expect([health.status, await health.json()]).toMatchObject([503, { status: 'starting', reason: cause }])
    await using _late = await startMinio(minio ?? '', port)
    await daemon.logged('ready')
    expect((await fetch(`${url}/health`)).status).toBe(200)
    const put = await fetch(`${url}/v1/objects/a%2Fb`, { method: 'PUT', body: 'bytes' })
    expect(await put.json()).toMatchObject({ key: 'a/b', size: 5 })
    expect(await daemon.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  })

  it('stops at once on SIGTERM while it still waits', async () => {
    await using folder = await makeTemporaryFolder()
    const store = `{ kind = "s3", endpoint = "http://127.0.0.1:${await findFreePort()}", bucket = "lake", access_key_id = "x", secret_access_key = "y" }`
    const toml = `[storaged]\nbind = "127.0.0.1:0"\nstore = ${store}`
    await using daemon = await startDaemon(main, toml, folder.path)
    await daemon.logged('the store is not reachable yet')
    expect(await daemon.kill('SIGTERM')).toEqual({ code: 0, signal: null })
    expect(daemon.stderr()).toBe('')
  })
})
