/** Orphans, leases, folders, state: what earlier runs left behind. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { Finding } from '../finding.ts'
import type { RunProcess } from '../system.ts'
import { contextOf, makeFolder } from '../test-context.ts'
import { foldersCheck } from './folders.ts'
import { leasesCheck } from './leases.ts'
import { orphansCheck } from './orphans.ts'
import { stateCheck } from './state.ts'

const RUN = '20260101T000000.000Z-abcdef'
const member = (more: Partial<RunProcess> = {}): RunProcess => ({
  pid: 4711,
  run: RUN,
  owner: 'web',
  command: '/usr/bin/node web.ts --token swordfish',
  ...more,
})
const running = (run: string) => ({ run, supervisorPid: 1, daemons: [] })

const fixOf = (finding: Finding | undefined) =>
  finding !== undefined && finding.severity !== 'ok' ? finding.fix : undefined

describe('orphans', () => {
  const look = (processes: readonly RunProcess[], more: Parameters<typeof contextOf>[0] = {}) =>
    orphansCheck.run(
      contextOf({ ...more, system: { listRunProcesses: () => [...processes], ...more.system } }),
    )

  const dead = () => ({ run: RUN, pid: 1, since: 'x', path: '/state/owner', remove: () => undefined })

  it('are named with their PIDs, and without their arguments', async () =>
    expect(
      await look([member(), member({ pid: 4712, owner: 'smoke:d1' })], { deadSupervisor: dead }),
    ).toMatchObject([
      {
        id: 'orphans.processes',
        severity: 'error',
        evidence: [`run ${RUN}`, 'web: PID 4711 (node web.ts …)', 'smoke:d1: PID 4712 (node web.ts …)'],
        remedy: 'kill 4711 4712   (kill -9 4711 4712 if that is ignored)',
      },
    ]))
  it('are an error when they are of this project: of its daemon, too', async () => {
    const root = makeFolder()
    mkdirSync(join(root, 'logs/runs', RUN), { recursive: true })
    expect(await look([member()], { root })).toMatchObject([{ severity: 'error', daemon: 'web' }])
  })
  it('are only a warning when they are of another project', async () => {
    const found = await look([member()])
    expect(found).toMatchObject([
      { severity: 'warning', summary: expect.stringContaining('of another project') },
    ])
    expect(found[0]).not.toHaveProperty('daemon')
  })
  it('are told run by run', async () =>
    expect(await look([member(), member({ pid: 5, run: RUN.replace('abcdef', '123456') })])).toHaveLength(2))
  it.each([
    ['the stack that is up', { runningStack: () => Promise.resolve(running(RUN)) }],
    [
      'a run whose lease is held',
      { system: { listLeases: () => [{ port: 1, pid: 1, startTime: '1', run: RUN, stale: false }] } },
    ],
  ])('are none when they belong to %s', async (_, facts) =>
    expect(await look([member()], facts)).toMatchObject([{ id: 'orphans.none' }]),
  )
  it('are none while somebody is their parent, unless that is who takes orphans', async () => {
    const child = (command: string) => look([member({ parent: { pid: 9, command } })])
    expect(await child('node src/smokechain.mjs verify')).toMatchObject([{ id: 'orphans.none' }])
    expect(await child('vitest')).toMatchObject([{ id: 'orphans.none' }])
    expect(await child('/lib/systemd/systemd --user')).toMatchObject([{ id: 'orphans.processes' }])
  })
  it('are known by the record of their run, where this project has one', async () => {
    const root = makeFolder()
    const dir = join(root, 'logs/runs', RUN)
    mkdirSync(dir, { recursive: true })
    const record = (pid: number) =>
      writeFileSync(join(dir, 'owner.json'), JSON.stringify({ pid, since: 'x' }))
    record(process.pid)
    expect(await look([member()], { root })).toMatchObject([{ id: 'orphans.none' }])
    record(2 ** 22 + 1)
    const parent = { pid: 9, command: 'some subreaper' }
    expect(await look([member({ parent })], { root })).toMatchObject([{ id: 'orphans.processes' }])
  })
  it('are not sought among processes that others have marked', async () =>
    expect(await look([member({ run: 'mine' })])).toMatchObject([{ id: 'orphans.none' }]))
})

describe('leases', () => {
  const lease = (port: number, stale: boolean) => ({ port, pid: 7, startTime: '1', run: RUN, stale })
  it('that are held are well', async () =>
    expect(
      await leasesCheck.run(contextOf({ system: { listLeases: () => [lease(20_001, false)] } })),
    ).toMatchObject([{ severity: 'ok', summary: 'no stale lease (1 port leased now)' }]))
  it('that are stale are given back by the fix, and only those', async () => {
    let leases = [lease(20_001, true), lease(20_002, false)]
    const releaseLeasesOf = vi.fn(() => {
      leases = leases.filter(({ stale }) => !stale)
      return [20_001]
    })
    const [finding] = await leasesCheck.run(
      contextOf({ system: { listLeases: () => leases, releaseLeasesOf } }),
    )
    expect(finding).toMatchObject({ id: 'leases.stale', severity: 'warning' })
    expect(releaseLeasesOf).not.toHaveBeenCalled()
    expect(fixOf(finding)?.does).toBe('give back the stale leases of port 20001')
    expect(await fixOf(finding)?.apply()).toBeUndefined()
    expect(releaseLeasesOf).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ port: 20_001, pid: 7 }))
  })
  it('that cannot be given back are told', async () => {
    const [finding] = await leasesCheck.run(
      contextOf({ system: { listLeases: () => [lease(20_001, true)] } }),
    )
    expect(await fixOf(finding)?.apply()).toBe('still leased: 20001')
  })
})

describe('folders', () => {
  const old = new Date(Date.now() - 3_600_000)
  function folders(...names: readonly string[]): string[] {
    const parent = makeFolder()
    return names.map((name) => {
      const path = join(parent, name)
      mkdirSync(path)
      utimesSync(path, old, old)
      return path
    })
  }
  it('of ended runs are named and removed by the fix', async () => {
    const [left = ''] = folders(`smokechain-${RUN}`)
    const removeFolder = vi.fn(() => Promise.resolve(undefined))
    const system = { listRunFolders: () => [left], removeFolder }
    const [finding] = await foldersCheck.run(contextOf({ system }))
    expect(finding).toMatchObject({ id: 'folders.left', severity: 'warning', evidence: [left] })
    expect(removeFolder).not.toHaveBeenCalled()
    expect(await fixOf(finding)?.apply()).toBeUndefined()
    expect(removeFolder).toHaveBeenCalledExactlyOnceWith(left)
  })
  it('of live runs, of orphans, with other names, or just made are left alone', async () => {
    const [live = '', orphan = '', other = '', young = ''] = folders(
      `smokechain-${RUN}`,
      `smokechain-${RUN.replace('abcdef', '111111')}`,
      'smokechain-blackbox-x',
      `smokechain-${RUN.replace('abcdef', '222222')}`,
    )
    utimesSync(young, new Date(), new Date())
    const system = {
      listRunFolders: () => [live, orphan, other, young],
      listRunProcesses: () => [member({ run: RUN.replace('abcdef', '111111') })],
    }
    const runningStack = () => Promise.resolve(running(RUN))
    expect(await foldersCheck.run(contextOf({ system, runningStack }))).toMatchObject([
      { id: 'folders.none' },
    ])
  })
  it('that cannot be removed are told', async () => {
    const left = folders(`smokechain-${RUN}`)
    const system = { listRunFolders: () => left, removeFolder: () => Promise.resolve('busy') }
    expect(await fixOf((await foldersCheck.run(contextOf({ system })))[0])?.apply()).toBe('busy')
  })
})

describe('state', () => {
  it('of a dead supervisor is taken away by the fix', async () => {
    const remove = vi.fn()
    const deadSupervisor = () => ({ run: RUN, pid: 7, since: '2026-01-01', path: '/state/owner', remove })
    const [finding] = await stateCheck.run(contextOf({ deadSupervisor }))
    expect(finding).toMatchObject({ id: 'state.dead-supervisor', severity: 'warning' })
    expect(remove).not.toHaveBeenCalled()
    expect(await fixOf(finding)?.apply()).toBeUndefined()
    expect(remove).toHaveBeenCalledOnce()
  })
  it('is clean otherwise', async () =>
    expect(await stateCheck.run(contextOf())).toMatchObject([{ severity: 'ok' }]))
})
