import { expect, it } from 'vitest'
import { type NextStep, RestartRecord } from './restart-policy.ts'

/** What is decided on so many ends, each soon after the daemon was ready. */
function endOften(record: RestartRecord, times: number): NextStep[] {
  return Array.from({ length: times }, (_, index) => {
    record.noteReady(index)
    return record.noteEnd(index + 0.5)
  })
}

const THREE = { limit: 3, backoffMs: 500 }
const FIRST: NextStep = { what: 'restart', attempt: 1, afterMs: 500 }

it('leaves a daemon alone that has no policy', () => {
  expect(new RestartRecord(undefined).noteEnd(0)).toEqual({ what: 'leave' })
})

it('doubles the pause, then gives up, and stays at that', () => {
  expect(endOften(new RestartRecord(THREE), 5)).toEqual([
    FIRST,
    { what: 'restart', attempt: 2, afterMs: 1_000 },
    { what: 'restart', attempt: 3, afterMs: 2_000 },
    { what: 'give-up', attempts: 3 },
    { what: 'give-up', attempts: 3 },
  ])
})

it('counts from one again when the daemon was ready for a minute, and not for less', () => {
  const record = new RestartRecord(THREE)
  endOften(record, 2)
  record.noteReady(1_000)
  expect(record.noteEnd(60_999)).toMatchObject({ attempt: 3 })
  record.noteReady(100_000)
  expect(record.noteEnd(160_000)).toEqual(FIRST)
})

it('does not take the time of a start that failed for a recovery', () => {
  const record = new RestartRecord(THREE)
  record.noteReady(0)
  expect(record.noteEnd(10)).toEqual(FIRST)
  // It has not become ready since.
  expect(record.noteEnd(900_000)).toMatchObject({ attempt: 2 })
})

it('counts from one again when somebody has taken it in hand', () => {
  const record = new RestartRecord(THREE)
  endOften(record, 4)
  record.reset()
  expect(record.noteEnd(0)).toEqual(FIRST)
})

it('pauses for a minute at most, unless the file asks for more', () => {
  const longest = (backoffMs: number): number =>
    Math.max(
      ...endOften(new RestartRecord({ limit: 1_000, backoffMs }), 1_000).map((step) =>
        step.what === 'restart' ? step.afterMs : Number.NaN,
      ),
    )
  expect(longest(500)).toBe(60_000)
  expect(longest(90_000)).toBe(90_000)
})
