import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createObjectClient, type ObjectClient } from './objects.ts'
import { createUpstream } from './upstream.ts'

let server: Server
let client: ObjectClient
let urls: string[] = []
let status = 200
beforeEach(async () => {
  urls = []
  status = 200
  server = createServer((request, response) => {
    urls.push(request.url ?? '')
    const { searchParams } = new URL(request.url ?? '', 'http://x')
    const first = { objects: [{ key: 'a', size: 1 }], truncated: true, next: 'a' }
    const last = { objects: [{ key: 'b', size: 2 }], truncated: false, next: null }
    request.resume()
    response.writeHead(status).end(JSON.stringify(searchParams.has('after') ? last : first))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  client = createObjectClient(createUpstream({ name: 'storaged', baseUrl: `http://127.0.0.1:${port}` }))
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

it('sends a key as one segment, so that nothing on the way resolves or splits it', async () => {
  for (const key of ['a/../b', 'a/./b', 'ö ?#%+', './x']) await client.delete(key)
  expect(urls).toEqual([
    '/v1/objects/a%2F..%2Fb',
    '/v1/objects/a%2F.%2Fb',
    '/v1/objects/%C3%B6%20%3F%23%25%2B',
    '/v1/objects/.%2Fx',
  ])
})

it.each(['.', '..'])('refuses the key "%s", which no URL can carry', async (key) => {
  await expect(client.get(key)).rejects.toMatchObject({ status: 400, code: 'bad_key' })
  expect(urls).toEqual([])
})

it('lists page after page', async () => {
  expect(await Array.fromAsync(client.list('p/'))).toEqual([
    { key: 'a', size: 1 },
    { key: 'b', size: 2 },
  ])
  expect(urls).toEqual(['/v1/objects?prefix=p%2F', '/v1/objects?prefix=p%2F&after=a'])
})

it('takes 404 for absence and anything else for an error', async () => {
  status = 404
  expect([await client.get('k'), await client.head('k'), await client.delete('k')]).toEqual([
    undefined,
    undefined,
    false,
  ])
  await expect(client.put('k', 'x')).rejects.toMatchObject({ status: 502, code: 'upstream_error' })
  status = 500
  for (const call of [client.get('k'), client.head('k'), client.delete('k'), client.put('k', 'x')]) {
    await expect(call).rejects.toMatchObject({
      status: 502,
      details: { upstream: 'storaged', upstream_status: 500 },
    })
  }
})
