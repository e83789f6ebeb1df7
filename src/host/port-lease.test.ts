import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { releaseLeasesOf } from './lease-directory.ts'
import { leasePort, listLeases, NoFreePort, type PortLease } from './port-lease.ts'
import { choosePortRange, type PortRange } from './port-range.ts'
import { identify } from './process-table.ts'
import { readUsedPorts } from './sockets-linux.ts'
import { makeFolder, type Puppet, startPuppet } from './test-support.ts'

const FIXTURE = fileURLToPath(new URL('./fixtures/lease-ports.ts', import.meta.url))
const host = '127.0.0.1'
let directory = ''

beforeEach(() => {
  directory = join(makeFolder(), 'leases')
  vi.stubEnv('SMOKECHAIN_LEASE_DIR', directory)
  onTestFinished(() => void vi.unstubAllEnvs())
})

async function lease(run = 'run-1'): Promise<PortLease> {
  const taken = await leasePort({ run, host })
  onTestFinished(() => taken.release())
  return taken
}

/** Three in a row that nobody uses, and nobody is given by chance: no ports of the kernel's, and none for leases. */
function findThreePorts(): PortRange {
  const used = readUsedPorts()
  for (;;) {
    const first = 2_000 + Math.floor(Math.random() * 7_000)
    if ([first, first + 1, first + 2].every((port) => !used.has(port))) return { first, last: first + 2 }
  }
}

describe('a lease', () => {
  it('is listed with its owner until it is released', async () => {
    const { port, release } = await lease('run/1')
    const self = identify(process.pid)
    expect(listLeases()).toEqual([{ port, ...self, run: 'run_1', stale: false }])
    const { first, last } = choosePortRange()
    expect(port).toBeGreaterThanOrEqual(first)
    expect(port).toBeLessThanOrEqual(last)
    release()
    release()
    expect(listLeases()).toEqual([])
    expect(readdirSync(directory)).toEqual([])
  })
  it('is never given twice in one process, also when asked for all at once', async () => {
    const ports = (await Promise.all(Array.from({ length: 60 }, () => lease()))).map(({ port }) => port)
    expect(new Set(ports).size).toBe(60)
    expect(listLeases()).toHaveLength(60)
  })
  it('that was released late does not end the next one on its port', async () => {
    const first = await lease()
    first.release()
    const owner = identify(process.pid)
    mkdirSync(join(directory, String(first.port)))
    writeFileSync(join(directory, String(first.port), `${owner?.pid}-${owner?.startTime}-run-1`), '')
    first.release()
    expect(listLeases().map(({ port }) => port)).toEqual([first.port])
  })
  it('of one process can be ended from outside, and no other', async () => {
    const { port } = await lease()
    expect(releaseLeasesOf({ pid: process.pid, startTime: '1' })).toEqual([])
    expect(listLeases()).toHaveLength(1)
    expect(releaseLeasesOf(identify(process.pid) ?? { pid: 0, startTime: '' })).toEqual([port])
    expect(listLeases()).toEqual([])
  })
})

describe('the range', () => {
  it('keeps out of the way of the kernel', () => {
    expect(choosePortRange({ first: 32_768, last: 60_999 })).toEqual({ first: 20_000, last: 32_767 })
    expect(choosePortRange({ first: 15_000, last: 60_999 })).toEqual({ first: 10_000, last: 14_999 })
    expect(choosePortRange({ first: 1_024, last: 50_000 })).toEqual({ first: 50_001, last: 65_535 })
    expect(choosePortRange({ first: 1_024, last: 65_535 })).toEqual({ first: 20_000, last: 32_767 })
  })
})

describe('what cannot be leased', () => {
  it('is a port that somebody listens on, and one that somebody has leased', async () => {
    const server = createServer()
    onTestFinished(() => void server.close())
    const range = findThreePorts()
    const { first, last } = range
    await leasePort({ run: 'run-1', host, range: { first, last: first } })
    await new Promise<void>((resolve) => server.listen(first + 1, host, resolve))
    expect((await leasePort({ run: 'run-2', host, range })).port).toBe(last)
    await expect(leasePort({ run: 'run-3', host, range })).rejects.toMatchObject({
      name: 'NoFreePort',
      range: `${first}-${last}`,
    })
    expect(readdirSync(directory).sort()).toEqual([String(first), String(last)].sort())
  })
  it('is told with a hint when the directory is no use', async () => {
    writeFileSync(directory, 'a file')
    await expect(lease()).rejects.toThrow(NoFreePort)
    await expect(lease()).rejects.toThrow(/leases cannot be kept in .*is no directory.*SMOKECHAIN_LEASE_DIR/)
  })
})

it('what a killed process had prepared is swept away, what a live one prepares is not', async () => {
  const self = identify(process.pid)
  const live = `.new-${process.pid}-${self?.startTime}-x`
  mkdirSync(directory)
  for (const name of [live, '.new-1073741824-5-x']) {
    mkdirSync(join(directory, name))
    writeFileSync(join(directory, name, 'owner'), '')
  }
  const { port } = await lease()
  expect(readdirSync(directory).sort()).toEqual([live, String(port)].sort())
})

it('many processes at once never get the same port, and a killed one leaves its leases to the next', async () => {
  const env = { SMOKECHAIN_LEASE_DIR: directory }
  const start = (...args: readonly (string | number)[]): ReturnType<typeof startPuppet> =>
    startPuppet({ command: [process.execPath, FIXTURE, ...args.map(String)], env })
  const portsOf = async ({ line }: Puppet): Promise<number[]> =>
    ((await line(/^leased (.*)$/))[1] ?? '').split(',').map(Number)
  // So few that they meet all the time; some may be taken by others on this machine.
  const { first } = choosePortRange()
  const last = first + 449
  const puppets = await Promise.all(Array.from({ length: 8 }, (_, i) => start(`run-${i}`, 50, first, last)))
  const ports = await Promise.all(puppets.map(portsOf))
  expect(new Set(ports.flat()).size).toBe(400)
  expect(listLeases()).toHaveLength(400)

  const [killed] = puppets
  const stale = ports[0] ?? []
  killed?.child.signalGroup('SIGKILL')
  await killed?.child.exited
  const listed = listLeases().filter((one) => one.stale)
  expect(listed.map(({ port }) => port).sort()).toEqual([...stale].sort())

  const heirs = await Promise.all([start('heir-1', 20, first, last), start('heir-2', 20, first, last)])
  const inherited = (await Promise.all(heirs.map(portsOf))).flat()
  expect(new Set(inherited).size).toBe(40)
  const held = ports.slice(1).flat()
  expect(inherited.filter((port) => held.includes(port))).toEqual([])
  expect(inherited.some((port) => stale.includes(port))).toBe(true)
})
