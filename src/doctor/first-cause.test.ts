import { describe, expect, it } from 'vitest'
import type { Event, EventBody } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { findFirstCause } from './first-cause.ts'

const stamp = (...bodies: readonly EventBody[]): Event[] => bodies.map((body, atMs) => ({ ...body, atMs }))

const stepFailed: Failure = { tag: 'step-failed', smoke: 'd1', step: 's', mismatches: [] }
const step: EventBody = {
  type: 'step.finished',
  smoke: 'd1',
  step: 's',
  index: 0,
  ok: false,
  ms: 1,
  expectations: 1,
  failure: stepFailed,
}
const exit = (daemon: string, during: string | null, expected = false): EventBody => ({
  type: 'daemon.exited',
  daemon,
  incarnation: 1,
  code: null,
  signal: 'SIGKILL',
  expected,
  during,
})
const failed = (daemon: string, failure: Failure): EventBody => ({ type: 'daemon.failed', daemon, failure })

describe('findFirstCause', () => {
  it('finds none in a green run, nor in expected exits', () =>
    expect(findFirstCause(stamp(exit('web', 'd1', true), { type: 'stop.started' }))).toBeUndefined())
  it('takes the failure that came first', () =>
    expect(
      findFirstCause(
        stamp(
          failed('db', { tag: 'bind-taken', daemon: 'db', address: 'a', holders: [] }),
          failed('api', { tag: 'exposed', daemon: 'api', addresses: [] }),
        ),
      ),
    ).toMatchObject({ daemon: 'db', failure: { tag: 'bind-taken' } }))
  it('passes over what only follows: needs and blocked smokes', () =>
    expect(
      findFirstCause(
        stamp(
          failed('api', { tag: 'needs-failed', daemon: 'api', needs: ['db'] }),
          failed('db', { tag: 'exposed', daemon: 'db', addresses: [] }),
        ),
      ),
    ).toMatchObject({ daemon: 'db' }))
  it("prefers a daemon's death to the step that it broke, though the step is told first", () =>
    expect(findFirstCause(stamp(step, exit('web', 'd1')))).toMatchObject({
      daemon: 'web',
      smoke: 'd1',
      failure: { tag: 'died', signal: 'SIGKILL' },
    }))
  it('leaves a failed step its own when the daemon died in a later smoke', () =>
    expect(findFirstCause(stamp(step, exit('web', 'd2')))).toEqual({ failure: stepFailed, smoke: 'd1' }))
  it('names a leak when nothing else failed', () =>
    expect(
      findFirstCause(stamp({ type: 'leak.found', failure: { tag: 'leak', kind: 'process', what: 'x' } })),
    ).toMatchObject({ failure: { tag: 'leak' } }))
})
