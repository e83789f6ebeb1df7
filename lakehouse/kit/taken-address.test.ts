import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { makeTemporaryFolder, startDaemon } from './testing/daemon-process.ts'
import { findFreePort } from './testing/free-port.ts'

const main = fileURLToPath(new URL('./testing/careful-daemon.ts', import.meta.url))

async function holdPort(): Promise<AsyncDisposable & { port: number }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, [Symbol.asyncDispose]: async () => void server.close() }
}

describe('refuseTakenAddress', () => {
  it('ends a daemon whose address is taken, before anything else', async () => {
    await using folder = await makeTemporaryFolder()
    await using other = await holdPort()
    await using daemon = await startDaemon(main, `[echod]\nbind = "127.0.0.1:${other.port}"`, folder.path)
    expect(await daemon.exited).toEqual({ code: 1, signal: null })
    expect(daemon.stderr()).toBe(
      `echod: cannot listen on 127.0.0.1:${other.port}: the address is already in use (EADDRINUSE)\n`,
    )
    await expect(daemon.logged('goes on')).rejects.toThrow()
  })

  it('binds nothing off loopback, where a daemon may not be without a token [claim:loopback-only]', async () => {
    await using folder = await makeTemporaryFolder()
    await using other = await holdPort()
    await using daemon = await startDaemon(main, `[echod]\nbind = "0.0.0.0:${other.port}"`, folder.path)
    expect(await daemon.logged('goes on')).toEqual({ msg: 'goes on' })
    expect(await daemon.exited).toEqual({ code: 2, signal: null })
  })

  it('leaves a free address to the daemon itself', async () => {
    await using folder = await makeTemporaryFolder()
    const port = await findFreePort()
    await using daemon = await startDaemon(main, `[echod]\nbind = "127.0.0.1:${port}"`, folder.path)
    expect(await daemon.url()).toBe(`http://127.0.0.1:${port}`)
  })

  it.each([
    ['port 0', '[echod]\nbind = "127.0.0.1:0"'],
    ['an address of another machine', '[echod]\nbind = "192.0.2.1:3999"'],
    ['no address', '[echod]\nbind = 3'],
    ['no section', ''],
    ['no TOML', '= ='],
  ])('goes on with %s, which others judge', async (_, toml) => {
    await using folder = await makeTemporaryFolder()
    await using daemon = await startDaemon(main, toml, folder.path)
    expect(await daemon.logged('goes on')).toEqual({ msg: 'goes on' })
  })
})
