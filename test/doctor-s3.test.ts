/** The doctor on S3 stores: one that only refuses, and a real MinIO where it is to be had. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { findMinio, startMinio } from '../lakehouse/storaged/testing/minio-server.ts'
import { diagnose, fakeS3, s3Stack } from './support/doctor.ts'
import { createProject, findFreePort } from './support/rig.ts'

describe('an S3 store that answers as S3 does', () => {
  it('a wrong secret: which key is wrong, and nothing of it is printed', async () => {
    await using store = await fakeS3({ status: 403, code: 'SignatureDoesNotMatch' })
    const project = createProject()
    project.stack(s3Stack(store.endpoint, { secret: 'hunter2-is-no-secret' }))
    const { first, code, stdout } = await diagnose(project)
    expect(first).toMatchObject({ id: 's3.credentials', severity: 'error' })
    expect(first?.summary).toBe(
      `the S3 store ${store.endpoint} refuses the credentials (secret_access_key is wrong)`,
    )
    expect(first?.remedy).toBe(`edit [doctor.s3] of ${project.root}/stack.toml: secret_access_key`)
    expect(stdout).not.toContain('hunter2')
    expect(code).toBe(1)
  })

  it('a missing bucket: the command that makes it', async () => {
    await using store = await fakeS3({ status: 404, code: 'NoSuchBucket' })
    const project = createProject()
    project.stack(s3Stack(store.endpoint))
    const { first } = await diagnose(project)
    expect(first).toMatchObject({ id: 's3.bucket-missing', severity: 'error' })
    expect(first?.remedy).toContain(`aws s3 mb s3://shop --endpoint-url ${store.endpoint}`)
  })

  it('a clock that is an hour off', async () => {
    const date = new Date(Date.now() - 3_600_000)
    await using store = await fakeS3({ status: 403, code: 'RequestTimeTooSkewed', date })
    const project = createProject()
    project.stack(s3Stack(store.endpoint))
    const { first } = await diagnose(project)
    expect(first).toMatchObject({ id: 's3.clock-skew', severity: 'error' })
    expect(first?.remedy).toContain('timedatectl set-ntp true')
  })

  it('nobody there', async () => {
    const project = createProject()
    project.stack(s3Stack(`http://127.0.0.1:${await findFreePort()}`))
    const { first } = await diagnose(project)
    expect(first).toMatchObject({ id: 's3.unreachable', severity: 'error' })
    expect(first?.summary).toContain('nothing listens')
  })
})

const minio = findMinio()
// Visible when it is left out: MinIO ships as source, and not every machine has it.
describe.runIf(minio !== undefined)('a real MinIO', () => {
  it('a wrong secret, then a missing bucket, then a bucket that is there and writable', async () => {
    await using store = await startMinio(minio ?? '', await findFreePort())
    const project = createProject()
    const stack = (secret: string): void =>
      project.stack(s3Stack(store.endpoint, { key: store.accessKeyId, secret }))
    stack('not-the-secret')
    expect((await diagnose(project, 's3')).first).toMatchObject({ id: 's3.credentials', severity: 'error' })
    stack(store.secretAccessKey)
    expect((await diagnose(project, 's3')).first).toMatchObject({
      id: 's3.bucket-missing',
      severity: 'error',
    })
    const { CreateBucketCommand, ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } = await import(
      '@aws-sdk/client-s3'
    )
    const { accessKeyId, secretAccessKey } = store
    const client = new S3Client({
      endpoint: store.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: true,
    })
    onTestFinished(() => client.destroy())
    await client.send(new CreateBucketCommand({ Bucket: 'shop' }))
    const well = await diagnose(project, 's3')
    expect(well.findings).toMatchObject([{ id: 's3.writable', severity: 'ok' }])
    expect(well.code).toBe(0)
    expect((await client.send(new ListObjectsV2Command({ Bucket: 'shop' }))).KeyCount).toBe(0)
    const uploads = await client.send(new ListMultipartUploadsCommand({ Bucket: 'shop' }))
    expect(uploads.Uploads ?? []).toEqual([])
  })
})
