import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { listenTable } from './listen-table.ts'
import { inodesOf, type Listener } from './sockets.ts'

async function listen(host: string): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen({ host, port: 0 }, resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('it does not listen')
  return address.port
}

const everything = (): Listener[] => [...(listenTable.quick() ?? []), ...(listenTable.slow() ?? [])]

/** Those of others are told by their inodes: a port may have two listeners, and be given to somebody else once closed. */
const ownSockets = (): Listener[] => {
  const own = inodesOf([process.pid])
  return everything().filter(({ inode }) => own.has(inode))
}

test('both halves together have every socket of this process, look after look', async () => {
  const known = new Set(ownSockets().map(({ inode }) => inode))
  for (const host of ['127.0.0.1', '::1', '127.0.0.1', '127.0.0.1', '0.0.0.0', '::']) {
    const port = await listen(host)
    const found = ownSockets().filter(({ inode }) => !known.has(inode))
    expect(found).toMatchObject([{ host, port, family: host.includes(':') ? 6 : 4 }])
    for (const { inode } of found) known.add(inode)
  }
})

test('a socket that no longer listens is gone from the next look', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const inodes = ownSockets().flatMap((listener) => (listener.port === port ? listener.inode : []))
  expect(inodes).toHaveLength(1)
  await new Promise((resolve) => server.close(resolve))
  expect(everything().filter(({ inode }) => inodes.includes(inode))).toEqual([])
})

test.runIf(process.platform === 'linux')(
  'the version changes when an IPv6 socket begins to listen',
  async () => {
    // Others may come and go between two looks; one that stays shows in one of a few.
    const changed = async (): Promise<boolean> => {
      const before = listenTable.slowVersion()
      expect(before).toMatch(/^TCP6: inuse \d+$/)
      await listen('::1')
      return listenTable.slowVersion() !== before
    }
    expect((await changed()) || (await changed()) || (await changed())).toBe(true)
  },
)
