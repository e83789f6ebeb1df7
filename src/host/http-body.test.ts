import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { requestHttp } from './http.ts'

async function ask(content: Buffer, maxBodyBytes?: number) {
  const server = createServer((_request, response) => void response.end(content)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const limit = maxBodyBytes === undefined ? {} : { maxBodyBytes }
  const answer = await requestHttp({
    host: '127.0.0.1',
    port,
    path: '/',
    timeoutMs: 30_000,
    hashBody: true,
    ...limit,
  })
  server.close()
  if (!answer.ok) throw new Error(answer.error.kind)
  return answer.value
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

describe('an answer that is hashed as it comes', () => {
  it('keeps the beginning of a long body, and length and hash of all of it', async () => {
    const content = Buffer.alloc(300_001, 'all of these bytes count; ')
    const { body, digest, truncated } = await ask(content)
    expect(digest).toEqual({ length: 300_001, sha256: sha256(content) })
    expect([body.length, body.equals(content.subarray(0, 65_536)), truncated]).toEqual([65_536, true, false])
  })

  it('keeps all of a short one', async () => {
    const { body, digest } = await ask(Buffer.from('{"error":"gone"}'))
    expect(body.toString()).toBe('{"error":"gone"}')
    expect(digest).toEqual({ length: 16, sha256: sha256(body) })
  })

  it('is cut at the limit like any other', async () => {
    const { digest, truncated } = await ask(Buffer.alloc(100_000), 70_000)
    expect([digest?.length, truncated]).toEqual([70_000, true])
  })
})
