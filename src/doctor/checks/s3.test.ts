import { expect, it } from 'vitest'
import type { S3Answer } from '../s3-answer.ts'
import { contextOf, stackOf } from '../test-context.ts'
import { createS3Check } from './s3.ts'

const store = (endpoint: string, more = '') =>
  stackOf(
    `${more}[doctor.s3]\nendpoint = "${endpoint}"\nbucket = "shop"\naccess_key_id = "shopkeeper"\nsecret_access_key = "{env.S3_SECRET:-swordfish}"`,
  )
const STACK = store('http://s3.test')

function look(list: S3Answer, write: S3Answer = { ok: true }, options: Parameters<typeof contextOf>[0] = {}) {
  let closed = 0
  const check = createS3Check(() =>
    Promise.resolve({
      list: () => Promise.resolve(list),
      tryWriting: () => Promise.resolve(write),
      close: () => {
        closed += 1
      },
    }),
  )
  return { findings: check.run(contextOf({ stack: STACK, ...options })), closed: () => closed }
}

it('is well, and is closed again', async () => {
  const { findings, closed } = look({ ok: true })
  expect(await findings).toMatchObject([{ id: 's3.writable', severity: 'ok' }])
  expect(closed()).toBe(1)
})

it.each([
  [
    { status: 403, code: 'SignatureDoesNotMatch' },
    's3.credentials',
    'variable S3_SECRET: export S3_SECRET=…',
  ],
  [
    { status: 403, code: 'InvalidAccessKeyId' },
    's3.credentials',
    'edit [doctor.s3] of /project/stack.toml: access_key_id',
  ],
  [{ status: 403, code: 'AccessDenied' }, 's3.denied', 's3:PutObject on "shop"'],
  [
    { status: 404, code: 'NoSuchBucket' },
    's3.bucket-missing',
    'aws s3 mb s3://shop --endpoint-url http://s3.test',
  ],
  [{ status: 400, code: 'AuthorizationHeaderMalformed' }, 's3.region', 'region'],
  [{ status: 503, code: 'SlowDown' }, 's3.fault', 'curl -i http://s3.test'],
  [{ code: 'ECONNREFUSED' }, 's3.unreachable', 'curl -i http://s3.test'],
  [{ code: 'CERT_HAS_EXPIRED' }, 's3.unreachable', 'curl -i http://s3.test'],
])('%j → %s', async (answer, id, remedy) =>
  expect(await look({ ok: false, message: 'no', ...answer }).findings).toMatchObject([
    { id, severity: 'error', remedy: expect.stringContaining(remedy) },
  ]),
)

it('can be read and not written', async () =>
  expect(await look({ ok: true }, { ok: false, status: 403, code: 'AccessDenied' }).findings).toMatchObject([
    { id: 's3.not-writable', severity: 'error', remedy: expect.stringContaining('s3:PutObject') },
  ]))

it('is full', async () =>
  expect(
    await look({ ok: true }, { ok: false, status: 507, code: 'XMinioStorageFull' }).findings,
  ).toMatchObject([{ id: 's3.not-writable', summary: 'the S3 store http://s3.test is full' }]))

it.each([
  [30, undefined],
  [120, 'warning'],
  [3_600, 'error'],
])('a clock that is %s s off: %s', async (seconds, severity) => {
  const date = new Date(Date.now() + seconds * 1_000)
  const found = (await look({ ok: true, date }).findings).find(({ id }) => id === 's3.clock-skew')
  expect(found?.severity).toBe(severity)
  if (found) expect(found.summary).toContain('behind')
})

it('tells the clock before the refusal that follows from it', async () => {
  const date = new Date(Date.now() - 3_600_000)
  const { findings } = look({ ok: false, status: 403, code: 'RequestTimeTooSkewed', date })
  expect((await findings).map(({ id }) => id)).toEqual(['s3.clock-skew', 's3.denied'])
})

it('is not asked where the SDK is missing, the file is broken, or names no store', async () => {
  const without = createS3Check(() => Promise.resolve(undefined))
  expect(await without.run(contextOf({ stack: STACK }))).toMatchObject([
    { severity: 'could-not-check', remedy: 'npm install --no-save @aws-sdk/client-s3' },
  ])
  expect(await without.run(contextOf())).toMatchObject([{ severity: 'could-not-check' }])
  expect(await without.run(contextOf({ stack: stackOf('name = "x"') }))).toMatchObject([{ id: 's3.none' }])
})

it('has no port while the daemon that is the store does not run, and one while it does', async () => {
  const stack = store('{url.minio}', '[daemons.minio]\ncommand = ["minio"]\nbind = "127.0.0.1:0"\n')
  expect(await look({ ok: true }, { ok: true }, { stack }).findings).toMatchObject([
    {
      severity: 'could-not-check',
      summary: 'the S3 store is {url.minio}, whose port is leased only while minio runs',
      remedy: 'smokechain up; smokechain doctor s3',
    },
  ])
  const sockets = [{ name: 'main', host: '127.0.0.1', port: 4001 }]
  const minio = { name: 'minio', state: 'ready', sockets, restarts: 0, logFile: '/none' }
  const runningStack = () => Promise.resolve({ run: 'r', supervisorPid: 1, daemons: [minio] })
  expect(await look({ ok: true }, { ok: true }, { stack, runningStack }).findings).toMatchObject([
    { id: 's3.writable', summary: expect.stringContaining('http://127.0.0.1:4001 answers') },
  ])
})

it('says which variable is not set', async () => {
  const stack = store('{env.S3_ENDPOINT}')
  expect(await look({ ok: true }, { ok: true }, { stack }).findings).toMatchObject([
    { severity: 'could-not-check', remedy: 'export S3_ENDPOINT=…' },
  ])
})
