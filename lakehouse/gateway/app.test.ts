import { describe, expect, it } from 'vitest'
import { startListener } from '../kit/testing/http-server.ts'
import { deadUrl, send, startGateway } from './rig.ts'
import { OWNERS, UPSTREAMS } from './routes.ts'

describe('the gateway itself', () => {
  it('answers /health as itself', async () => {
    await using gateway = await startGateway({ services: {} })
    const answer = await send(gateway, { path: '/health' })
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text)).toMatchObject({ status: 'ok', service: 'gateway' })
  })

  it.each(['/', '/v1', '/v1/', '/v1/objectsx', '/v2/objects', '/objects', '/v1/nothing/here'])(
    '404 for %s, though every upstream would answer',
    async (path) => {
      await using upstream = await startListener((_request, response) => response.end('no'))
      const services = Object.fromEntries(UPSTREAMS.map((name) => [name, upstream.url]))
      await using gateway = await startGateway({ services })
      const answer = await send(gateway, { path })
      expect(answer.status).toBe(404)
      expect(JSON.parse(answer.text).error.code).toBe('not_found')
    },
  )

  it('demands the token before anything reaches an upstream', async () => {
    let reached = 0
    await using upstream = await startListener((_request, response) => {
      reached += 1
      response.end('in')
    })
    await using gateway = await startGateway({ services: { storaged: upstream.url }, token: 'secret' })
    expect((await send(gateway, { path: '/v1/objects/k' })).status).toBe(401)
    expect(reached).toBe(0)
    const headers = { authorization: 'Bearer secret' }
    expect((await send(gateway, { path: '/v1/objects/k', headers })).text).toBe('in')
  })

  it('has an owner for each prefix of the contract', () => {
    expect(Object.keys(OWNERS).sort()).toEqual(
      [
        'chat',
        'datasets',
        'embed',
        'events',
        'indexes',
        'ingest',
        'matrix',
        'objects',
        'playbooks',
        'sql',
      ].concat(['tables', 'traces', 'validate', 'workflows']),
    )
  })
})

describe('GET /v1/health', () => {
  const healthy = (service: string) =>
    startListener((_request, response) => {
      response.end(JSON.stringify({ status: 'ok', service, version: '1.2.3' }))
    })

  it('is ok when each daemon answers as itself', async () => {
    const servers = await Promise.all(UPSTREAMS.map(async (name) => [name, await healthy(name)] as const))
    await using stack = new AsyncDisposableStack()
    for (const [, server] of servers) stack.use(server)
    await using gateway = await startGateway({
      services: Object.fromEntries(servers.map(([name, { url }]) => [name, url])),
    })
    const body = JSON.parse((await send(gateway, { path: '/v1/health' })).text)
    expect(body.status).toBe('ok')
    expect(Object.keys(body.services)).toEqual([...UPSTREAMS])
    expect(body.services.storaged).toEqual({ status: 'ok', ms: expect.any(Number), version: '1.2.3' })
  })

  it('tells how each one that is not well is not well', async () => {
    await using storaged = await healthy('storaged')
    await using impostor = await healthy('somebody-else')
    await using starting = await startListener((_request, response) => {
      response.statusCode = 503
      response.end(JSON.stringify({ status: 'starting', service: 'queryd', reason: 'no catalog yet' }))
    })
    await using odd = await startListener((_request, response) => response.end('<html>'))
    await using gateway = await startGateway({
      services: {
        storaged: storaged.url,
        catalogd: impostor.url,
        queryd: starting.url,
        ingestd: odd.url,
        vectord: await deadUrl(),
      },
    })
    const answer = await send(gateway, { path: '/v1/health' })
    expect(answer.status).toBe(200)
    const { status, services } = JSON.parse(answer.text)
    expect(status).toBe('degraded')
    expect(services.storaged.status).toBe('ok')
    expect(services.catalogd).toMatchObject({
      status: 'wrong_service',
      reason: expect.stringContaining('somebody-else'),
    })
    expect(services.queryd).toMatchObject({ status: 'starting', reason: 'no catalog yet' })
    expect(services.ingestd.status).toBe('down')
    expect(services.vectord).toMatchObject({
      status: 'down',
      reason: expect.stringContaining('ECONNREFUSED'),
    })
    expect(services.embedd).toMatchObject({ status: 'not_configured', ms: null })
  })
})
