import { expect, it } from 'vitest'
import type { UseReading } from '../host/use-meter.ts'
import type { Failure } from '../kernel/failure.ts'
import type { Limits, Resources } from '../kernel/resources.ts'
import { Metering } from './metering.ts'

/** A daemon of which the meter tells what the test says, and what was done with it, in order. */
function meterDaemon(budgets: Limits, o: { upMs?: number } = { upMs: 5 }) {
  const done: string[] = []
  const excesses: Failure[] = []
  const seen: { last?: UseReading; stretch: Resources } = { stretch: {} }
  const metering = new Metering({
    spec: { name: 'db', ...budgets },
    meter: {
      read(goodMs = 0) {
        done.push(goodMs > 0 ? 'read, or a look that is young enough' : 'read')
        return seen.last
      },
      mark: () => void done.push('mark'),
      get last() {
        return seen.last
      },
      get stretch() {
        done.push('stretch')
        return seen.stretch
      },
    },
    upMs: () => o.upMs,
    onExcess: (failure) => {
      done.push('excess')
      excesses.push(failure)
    },
  })
  return { metering, done, excesses, seen }
}

it('what was exceeded before a smoke is told before its count begins', () => {
  const { metering, done, excesses, seen } = meterDaemon({ maxFds: 10 })
  seen.last = { fds: 11 }
  metering.begin()
  expect(done).toEqual(['read, or a look that is young enough', 'excess', 'mark'])
  expect(excesses).toEqual([
    { tag: 'limit-exceeded', daemon: 'db', limit: 'max_fds', allowed: 10, seen: 11, upMs: 5 },
  ])
})

it('the end of a smoke is looked at anew, and what was used is read before the next count begins', () => {
  const { metering, done, excesses, seen } = meterDaemon({ maxFds: 10, maxCpuMs: 100 })
  seen.last = { fds: 10 }
  seen.stretch = { cpuSeconds: 0.25, fds: 10 }
  expect(metering.end('d1')).toEqual({
    resources: { cpuSeconds: 0.25, fds: 10 },
    excess: {
      tag: 'limit-exceeded',
      daemon: 'db',
      limit: 'max_cpu',
      smoke: 'd1',
      allowedMs: 100,
      seenMs: 250,
    },
  })
  expect(done).toEqual(['read', 'stretch', 'mark'])
  expect(excesses).toEqual([])
})

it('a smoke within the budget has no excess', () => {
  const { metering, seen } = meterDaemon({ maxCpuMs: 100 })
  seen.stretch = { cpuSeconds: 0.1 }
  expect(metering.end('d1')).toEqual({ resources: { cpuSeconds: 0.1 } })
})

it('what no process holds is not judged', () => {
  const gone = meterDaemon({ maxFds: 10 }, {})
  gone.seen.last = { fds: 11 }
  gone.metering.begin()
  gone.metering.end('d1')
  expect(gone.excesses).toEqual([])
})
