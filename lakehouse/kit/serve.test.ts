import { once } from 'node:events'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isLoopback } from './bind.ts'
import { makeTemporaryFolder, startDaemon } from './testing/daemon-process.ts'

const main = fileURLToPath(new URL('./testing/echo-daemon.ts', import.meta.url))
let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>
beforeAll(async () => {
  folder = await makeTemporaryFolder()
})
afterAll(async () => {
  await folder[Symbol.asyncDispose]()
})
const start = (toml: string) => startDaemon(main, toml, folder.path)

describe('a daemon process', () => {
  it('says where it listens in its first line, and ends with 0 on SIGTERM', async () => {
    await using daemon = await start('[echod]\nbind = "127.0.0.1:0"')
    const entry = await daemon.logged('listening')
    expect(entry).toMatchObject({ service: 'echod', address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) })
    const answer = await fetch(`${await daemon.url()}/health`)
    expect(await answer.json()).toMatchObject({ status: 'ok', service: 'echod' })
    expect(await daemon.kill('SIGTERM')).toEqual({ code: 0, signal: null })
    await daemon.logged('closed its data')
  })

  it('finishes the request in flight before it ends', async () => {
    await using daemon = await start('[echod]\nbind = "127.0.0.1:0"')
    const call = request(`${await daemon.url()}/v1/hold`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': 7 },
    })
    call.write('{"a"')
    await daemon.logged('receiving')
    daemon.child.kill('SIGTERM')
    await daemon.logged('stopping')
    call.end(':1}')
    const [answer] = await once(call, 'response')
    expect(answer.statusCode).toBe(200)
    expect(JSON.parse(await text(answer))).toEqual({ echo: { a: 1 } })
    expect(await daemon.exited).toEqual({ code: 0, signal: null })
  })

  it('dies with one line that names a taken address', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    await using daemon = await start(`[echod]\nbind = "127.0.0.1:${port}"`)
    expect(await daemon.exited).toEqual({ code: 1, signal: null })
    expect(daemon.stderr()).toBe(
      `echod: cannot listen on 127.0.0.1:${port}: the address is already in use (EADDRINUSE)\n`,
    )
    other.close()
  })

  it('refuses to leave loopback without a token, and does with one [claim:loopback-only]', async () => {
    await using bare = await start('[echod]\nbind = "0.0.0.0:0"')
    expect(await bare.exited).toEqual({ code: 2, signal: null })
    expect(bare.stderr()).toBe(
      'echod: refuses to bind 0.0.0.0:0: off loopback it needs [auth] token in the configuration\n',
    )
    await using guarded = await start('[auth]\ntoken = "t0ken"\n[echod]\nbind = "0.0.0.0:0"')
    await guarded.logged('listening')
  })

  it('refuses an invalid configuration with one line and exit 2', async () => {
    await using daemon = await start('[echod]\nbind = "127.0.0.1:99999"\nsurplus = 1')
    expect(await daemon.exited).toEqual({ code: 2, signal: null })
    expect(daemon.stderr()).toMatch(
      /^echod: .*config-\d+\.toml: .*echod\.bind: "127\.0\.0\.1:99999" is no address.*\n$/,
    )
    expect(daemon.stderr()).toContain('unknown field "echod.surplus"')
  })

  it('dies with one line when its data cannot be opened', async () => {
    await using daemon = await start('[echod]\nbind = "127.0.0.1:0"\nfail = true')
    expect(await daemon.exited).toEqual({ code: 1, signal: null })
    expect(daemon.stderr()).toBe('echod: cannot start: the data is damaged\n')
  })
})

it.each([
  ['127.0.0.1', true],
  ['127.8.0.1', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.0.1', false],
  ['127.example.org', false],
])('knows whether %s is loopback', (host, expected) => expect(isLoopback(host)).toBe(expected))
