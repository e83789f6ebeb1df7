import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { HttpAnswer } from '../kit/http-client.ts'
import type { Upstream } from '../kit/upstream.ts'
import { openCache } from './cache.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'queryd-cache-'))
})
afterEach(() => rm(folder, { recursive: true }))

function respond(body: string, o: { status?: number; headers?: Record<string, string> } = {}): HttpAnswer {
  const { status: statusCode = 200, headers = {} } = o
  const message = Object.assign(Readable.from([Buffer.from(body)]), { statusCode, headers })
  return new HttpAnswer(message as unknown as IncomingMessage)
}

/** A storaged in memory: each GET is answered by `answer`, and written down. */
function storaged(answer: (path: string) => HttpAnswer): Upstream & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    name: 'storaged',
    baseUrl: 'http://storaged',
    asked,
    json: () => Promise.reject(new Error('not used')),
    raw: async (method, path) => {
      asked.push(`${method} ${path}`)
      return answer(path)
    },
  }
}

const etag = (text: string): string => `"${createHash('sha256').update(text).digest('hex')}"`

it('fetches once and keeps the bytes', async () => {
  const upstream = storaged(() =>
    respond('parquet', { headers: { 'content-length': '7', etag: etag('parquet') } }),
  )
  const cache = await openCache(folder, upstream, 5_000)
  const path = await cache.fetch('data/a/../b.parquet')
  expect(path.startsWith(`${folder}/`)).toBe(true)
  expect(path).toBe(cache.pathOf('data/a/../b.parquet'))
  expect(await readFile(path, 'utf8')).toBe('parquet')
  expect(await cache.fetch('data/a/../b.parquet')).toBe(path)
  const reopened = await openCache(folder, upstream, 5_000)
  await reopened.fetch('data/a/../b.parquet')
  expect(upstream.asked).toEqual(['GET /v1/objects/data%2Fa%2F..%2Fb.parquet'])
})

it.each<[string, () => HttpAnswer, number]>([
  ['is missing', () => respond('{}', { status: 404 }), 404],
  ['is refused', () => respond('{}', { status: 500 }), 502],
  ['is shorter than announced', () => respond('par', { headers: { 'content-length': '7' } }), 502],
  ['has other bytes than announced', () => respond('parquet', { headers: { etag: etag('else') } }), 502],
])('an object that %s leaves no file', async (_how, answer, status) => {
  const cache = await openCache(folder, storaged(answer), 5_000)
  await expect(cache.fetch('k')).rejects.toMatchObject({ status })
  expect(await readdir(folder)).toEqual([])
})

it('removes everything but what it is told to keep, leftovers of a killed fetch too', async () => {
  const cache = await openCache(
    folder,
    storaged(() => respond('x')),
    5_000,
  )
  const kept = await cache.fetch('a')
  await cache.fetch('b')
  await writeFile(join(folder, 'c.parquet.1.partial'), '')
  await cache.keepOnly(new Set([kept]))
  expect((await readdir(folder)).map((name) => join(folder, name))).toEqual([kept])
})
