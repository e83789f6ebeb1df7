import { expect, it } from 'vitest'
import type { Upstream } from '../kit/upstream.ts'
import { createCatalog } from './catalog.ts'

const DATASET = {
  id: 'i',
  name: 't',
  fingerprint: 'f',
  columns: [{ name: 'a', type: 'BIGINT' }],
  objects: ['k'],
}

/** A catalogd that gives one answer and remembers what it was asked. */
function catalogd(status: number, body: unknown) {
  const asked: unknown[] = []
  const upstream = {
    name: 'catalogd',
    json: async (method: string, path: string, options: { body?: unknown; requestId?: string }) => {
      asked.push({ method, path, body: options.body, requestId: options.requestId })
      return { status, body, headers: new Headers() }
    },
  } as unknown as Upstream
  return { catalog: createCatalog(upstream), asked }
}

it('finds a dataset by name, with the request id', async () => {
  const { catalog, asked } = catalogd(200, { ...DATASET, version: 3 })
  expect(await catalog.find('t', 'r')).toEqual(DATASET)
  expect(asked).toEqual([{ method: 'GET', path: '/v1/datasets/t', body: undefined, requestId: 'r' }])
})

it('a dataset that is not there is undefined', async () => {
  expect(await catalogd(404, { error: {} }).catalog.find('t', 'r')).toBeUndefined()
})

it('registers one object', async () => {
  const { catalog, asked } = catalogd(201, DATASET)
  const registration = {
    name: 't',
    columns: [{ name: 'a', type: 'BIGINT' as const }],
    fingerprint: 'f',
    object: 'k',
  }
  expect(await catalog.register(registration, 'r')).toEqual({ ok: true, id: 'i' })
  const { object, ...rest } = registration
  expect(asked).toMatchObject([
    { method: 'POST', path: '/v1/datasets', body: { ...rest, objects: [object] } },
  ])
})

it('409 is an answer, not a fault', async () => {
  const registration = { name: 't', columns: [], fingerprint: 'f', object: 'k' }
  expect(await catalogd(409, { error: {} }).catalog.register(registration, 'r')).toEqual({ ok: false })
})

it('something that is no dataset is a fault of catalogd', async () => {
  await expect(catalogd(200, {}).catalog.find('t', 'r')).rejects.toMatchObject({
    status: 502,
    code: 'upstream_error',
  })
})
