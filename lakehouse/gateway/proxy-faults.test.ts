import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { startListener } from '../kit/testing/http-server.ts'
import { deadUrl, send, startGateway } from './rig.ts'

describe('upstreams that fail', () => {
  it('502 names the one that is down, and it recovers without a restart', async () => {
    const url = await deadUrl()
    await using gateway = await startGateway({ services: { queryd: url } })
    const down = await send(gateway, { method: 'POST', path: '/v1/sql', body: '{}' })
    expect(down.status).toBe(502)
    expect(JSON.parse(down.text).error).toMatchObject({ code: 'upstream_unavailable', upstream: 'queryd' })
    expect(down.headers['x-request-id']).toMatch(/./)
    await using _revived = await startListener(
      (_request, response) => response.end('back'),
      Number(new URL(url).port),
    )
    expect((await send(gateway, { method: 'POST', path: '/v1/sql', body: '{}' })).text).toBe('back')
  })

  it('502 names the one that is not configured', async () => {
    await using gateway = await startGateway({ services: {} })
    const answer = await send(gateway, { path: '/v1/tables' })
    expect(answer.status).toBe(502)
    expect(JSON.parse(answer.text).error).toMatchObject({ code: 'upstream_unavailable', upstream: 'queryd' })
    expect(answer.text).toContain('not configured')
  })

  it.each([
    ['resets the connection', (request: IncomingMessage) => request.socket.resetAndDestroy()],
    ['hangs up', (request: IncomingMessage) => request.socket.end()],
    ['answers with something else', (request: IncomingMessage) => request.socket.end('SSH-2.0-OpenSSH\r\n')],
  ])('502 when it %s', async (_how, misbehave) => {
    await using queryd = await startListener(misbehave)
    await using gateway = await startGateway({ services: { queryd: queryd.url } })
    const answer = await send(gateway, { method: 'POST', path: '/v1/sql', body: '{"sql":"SELECT 1"}' })
    expect(answer.status).toBe(502)
    expect(JSON.parse(answer.text).error).toMatchObject({ upstream: 'queryd' })
  })

  it('504 when it says nothing', async () => {
    await using queryd = await startListener((request) => request.resume())
    await using gateway = await startGateway({ services: { queryd: queryd.url }, timeoutMs: 50 })
    const answer = await send(gateway, { method: 'POST', path: '/v1/sql', body: '{}' })
    expect(answer.status).toBe(504)
    expect(JSON.parse(answer.text).error).toMatchObject({ code: 'upstream_timeout', upstream: 'queryd' })
  })

  it('has patience of its own for a single owner', async () => {
    await using silent = await startListener((request) => request.resume())
    const services = { queryd: silent.url, embedd: silent.url }
    await using gateway = await startGateway({ services, timeoutMs: 15_000, timeoutsMs: { queryd: 50 } })
    const slow = send(gateway, { path: '/v1/embed' }).then(({ status }) => status)
    expect((await send(gateway, { path: '/v1/tables' })).status).toBe(504)
    silent.server.closeAllConnections()
    expect(await slow).toBe(502)
  })

  it('504 when it never reads the body', async () => {
    await using storaged = await startListener((request) => request.pause())
    await using gateway = await startGateway({ services: { storaged: storaged.url }, timeoutMs: 1_000 })
    const body = Readable.from(Array.from({ length: 512 }, () => Buffer.alloc(64 * 1024)))
    const answer = await send(gateway, { method: 'PUT', path: '/v1/objects/k', body })
    expect(answer.status).toBe(504)
    expect(JSON.parse(answer.text).error.upstream).toBe('storaged')
  })

  it('408, not 504, when it is the client that stops sending', async () => {
    await using storaged = await startListener((request) => request.resume())
    await using gateway = await startGateway({ services: { storaged: storaged.url }, timeoutMs: 50 })
    const body = new Readable({ read: () => undefined })
    body.push('abc')
    const answer = await send(gateway, {
      method: 'PUT',
      path: '/v1/objects/k',
      headers: { 'content-length': '10' },
      body,
    })
    expect(answer.status).toBe(408)
  })

  it.each([
    ['breaks off', (response: ServerResponse) => response.socket?.resetAndDestroy()],
    ['stalls', () => undefined],
  ])('an answer that %s midway is cut short, never completed', async (_how, misbehave) => {
    await using storaged = await startListener((_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => misbehave(response))
    })
    await using gateway = await startGateway({ services: { storaged: storaged.url }, timeoutMs: 1_000 })
    const answer = await send(gateway, { path: '/v1/objects/k' })
    expect(answer).toMatchObject({ status: 200, truncated: true })
  })
})
