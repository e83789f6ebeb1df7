import type * as Os from 'node:os'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { measureOthers, readMachineLoad } from './load.ts'

const machine = vi.hoisted(() => ({ idleMs: 0, nowMs: 0, cores: 4 }))

vi.mock('node:os', async (load) => ({
  ...(await load<typeof Os>()),
  cpus: () =>
    Array.from({ length: machine.cores }, () => ({
      model: ' A Processor ',
      times: { idle: machine.idleMs / machine.cores },
    })),
  loadavg: () => [1.23456, 0, 0],
}))
vi.mock('../kernel/clock.ts', () => ({ now: () => machine.nowMs }))

afterEach(() => vi.restoreAllMocks())

/** In one second of `cores` cores. */
function othersIn(o: { cores: number; idleMs: number; toolMs?: number; ownSeconds: number }): number {
  Object.assign(machine, { idleMs: 1e9, nowMs: 5_000, cores: o.cores })
  vi.spyOn(process, 'cpuUsage').mockImplementation((before) => ({
    user: before ? ((o.toolMs ?? 0) * 1_000) / 2 : 0,
    system: before ? ((o.toolMs ?? 0) * 1_000) / 2 : 0,
  }))
  const othersOf = measureOthers()
  machine.nowMs += 1_000
  machine.idleMs += o.idleMs
  return othersOf(o.ownSeconds)
}

describe('the share of others', () => {
  it.each([
    ['none on an idle machine', { cores: 4, idleMs: 4_000, ownSeconds: 0 }, 0],
    ['none when all that is used is our own', { cores: 4, idleMs: 1_000, toolMs: 100, ownSeconds: 2.9 }, 0],
    ['what is left', { cores: 4, idleMs: 1_000, toolMs: 100, ownSeconds: 0.9 }, 0.5],
    ['all', { cores: 2, idleMs: 0, ownSeconds: 0 }, 1],
    ['never less than none: ticks of the kernel are coarse', { cores: 2, idleMs: 1_990, ownSeconds: 0.5 }, 0],
    ['three digits', { cores: 3, idleMs: 2_000, ownSeconds: 0 }, 0.333],
  ])('%s', (_what, o, share) => expect(othersIn(o)).toBe(share))
})

it('the machine has a name, cores and a load', () =>
  expect(readMachineLoad()).toMatchObject({ cpu: 'A Processor', load: 1.23, cores: expect.any(Number) }))
