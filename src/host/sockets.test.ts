import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { surveySockets } from './ownership.ts'
import {
  answersFor,
  formatAddress,
  holdersOf,
  inodesOf,
  isLoopback,
  isPortFree,
  type Listener,
  listListeners,
  readAllListeners,
} from './sockets.ts'
import { decodeAddress, parseListeners, readUsedPorts } from './sockets-linux.ts'
import { startPuppet } from './test-support.ts'

async function listen(host: string, port = 0): Promise<number> {
  const server: Server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

const hasIpv6 = (): boolean => /^0{31}1 /m.test(readFileSync('/proc/net/if_inet6', 'utf8'))

describe('decodeAddress', () => {
  it.each([
    ['0100007F', '127.0.0.1', 4],
    ['00000000', '0.0.0.0', 4],
    ['00000000000000000000000000000000', '::', 6],
    ['00000000000000000000000001000000', '::1', 6],
    ['0000000000000000FFFF00000100007F', '127.0.0.1', 4],
    ['B80D0120000000000000000001000000', '2001:db8::1', 6],
    ['000080FE00000000FF57A6705A4FD5FE', 'fe80::70a6:57ff:fed5:4f5a', 6],
    ['B80D01200100000000000000010000FF', '2001:db8:0:1::ff00:1', 6],
    ['B80D0120010002000300040005000600', '2001:db8:2:1:4:3:6:5', 6],
  ])('%s is %s', (hex, host, family) => expect(decodeAddress(hex)).toEqual({ host, family }))
})

describe('parseListeners', () => {
  const header =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
  const row = (address: string, state: string, inode: string): string =>
    `   0: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 100 0 0 10 0`

  it('tells two sockets that share a port apart, and leaves other states out', () => {
    const lines = [
      header,
      row('0100007F:0C8B', '0A', '111'),
      row('0100007F:0C8B', '0A', '222'),
      row('0100007F:0C8B', '01', '333'),
      row('0100007F:0C8C', '06', '0'),
      '',
      'cut',
    ]
    const found = parseListeners(lines)
    expect(found.map(({ port, inode }) => [port, inode])).toEqual([
      [3211, '111'],
      [3211, '222'],
    ])
  })
  it('is fast enough for a machine full of sockets', () => {
    const lines = Array.from({ length: 50_000 }, (_, i) =>
      row('0100007F:0C8B', i === 49_999 ? '0A' : '01', String(i)),
    )
    expect(parseListeners(lines)).toHaveLength(1)
  })
})

describe('addresses', () => {
  it('knows loopback', () => {
    for (const host of ['127.0.0.1', '127.9.9.9', '::1', '[::1]', 'localhost', '::ffff:127.0.0.1'])
      expect(isLoopback(host), host).toBe(true)
    for (const host of [
      '0.0.0.0',
      '::',
      '10.0.0.1',
      '::ffff:10.0.0.1',
      '127.0.0.1.example.org',
      '1270.0.0.1',
      '',
    ])
      expect(isLoopback(host), host).toBe(false)
  })
  it('writes IPv6 in brackets', () => {
    expect(formatAddress('127.0.0.1', 80)).toBe('127.0.0.1:80')
    expect(formatAddress('::1', 80)).toBe('[::1]:80')
  })
  it('knows which listener a connection reaches', () => {
    const at = (host: string): Listener => ({ host, port: 1, family: host.includes(':') ? 6 : 4, inode: '1' })
    expect(answersFor(at('127.0.0.1'), '127.0.0.1')).toBe(true)
    expect(answersFor(at('0.0.0.0'), '127.0.0.1')).toBe(true)
    expect(answersFor(at('::'), '127.0.0.1')).toBe(true)
    expect(answersFor(at('::1'), '127.0.0.1')).toBe(false)
    expect(answersFor(at('0.0.0.0'), '::1')).toBe(false)
    expect(answersFor(at('::1'), 'localhost')).toBe(true)
    expect(answersFor(at('10.0.0.1'), 'localhost')).toBe(false)
  })
})

describe('on this machine', () => {
  it('sees our own listener, and who holds it', async () => {
    const port = await listen('127.0.0.1')
    const mine = readAllListeners()?.filter((listener) => listener.port === port) ?? []
    expect(mine).toMatchObject([{ host: '127.0.0.1', family: 4 }])
    expect(inodesOf([process.pid]).has(mine[0]?.inode ?? '')).toBe(true)
    expect(inodesOf([1 << 30]).size).toBe(0)
    expect(holdersOf(port)).toMatchObject([{ pid: process.pid, address: `127.0.0.1:${port}` }])
    expect(readUsedPorts().has(port)).toBe(true)
    expect(await isPortFree('127.0.0.1', port)).toBe(false)
  })
  it('sees an IPv4-mapped listener as what it answers for', async () => {
    if (!hasIpv6()) return
    const port = await listen('::ffff:127.0.0.1')
    expect(readAllListeners()?.filter((one) => one.port === port)).toMatchObject([
      { host: '127.0.0.1', family: 4 },
    ])
  })
  it('shares one reading among callers at the same time', () => {
    const moment = performance.now()
    const clock = vi.spyOn(performance, 'now').mockReturnValue(moment)
    onTestFinished(() => void clock.mockRestore())
    const reading = listListeners()
    expect(listListeners()).toBe(reading)
    clock.mockReturnValue(moment + 3)
    expect(listListeners()).not.toBe(reading)
  })
  it('finds a port free again once it is closed, and one that is not ours to take not free', async () => {
    const port = await listen('127.0.0.1')
    expect(await isPortFree('127.0.0.1', port)).toBe(false)
    expect(holdersOf(1)).toEqual([])
    expect(await isPortFree('203.0.113.1', 0)).toBe(false)
    expect(await isPortFree('127.0.0.1', 0)).toBe(true)
  })
})

describe('surveySockets', () => {
  it('gives a socket that only a grandchild holds to the family, and one of ours to nobody', async () => {
    const script = `
      const { spawn } = require('node:child_process')
      const inner = "require('node:net').createServer().listen(0, '127.0.0.1', function () { console.log('port', this.address().port) })"
      if (process.argv[1] === undefined) spawn(process.execPath, ['-e', inner], { stdio: 'inherit', detached: true })
      setInterval(() => {}, 1000)`
    const puppet = await startPuppet({ script })
    const port = Number((await puppet.line(/^port (\d+)$/))[1])
    const foreignPort = await listen('127.0.0.1')
    const { pid, startTime } = puppet.child.identity
    const survey = surveySockets({ pid, sid: pid, startTime, marker: puppet.marker }, [port, foreignPort])
    expect(survey?.own.map((listener) => listener.port)).toEqual([port])
    expect(survey?.foreign.map((listener) => listener.port)).toEqual([foreignPort])
    expect(survey?.family.length).toBe(2)
    expect(surveySockets({ pid: 1 << 30 }, [port])?.foreign.map((listener) => listener.port)).toEqual([port])
  })
})
