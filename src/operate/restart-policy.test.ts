import { expect, it } from 'vitest'
import { decideRestart, type NextStep } from './restart-policy.ts'

const pauses = (limit: number, backoffMs: number): NextStep[] =>
  Array.from({ length: limit + 1 }, (_, attempts) => decideRestart({ limit, backoffMs }, attempts))

it('leaves a daemon alone that has no policy', () => {
  expect(decideRestart(undefined, 0)).toEqual({ what: 'leave' })
})

it('doubles the pause, then gives up', () => {
  expect(pauses(3, 500)).toEqual([
    { what: 'restart', attempt: 1, afterMs: 500 },
    { what: 'restart', attempt: 2, afterMs: 1_000 },
    { what: 'restart', attempt: 3, afterMs: 2_000 },
    { what: 'give-up', attempts: 3 },
  ])
})

it('pauses for a minute at most, unless the file asks for more', () => {
  const longest = (backoffMs: number): number =>
    Math.max(...pauses(1_000, backoffMs).map((step) => (step.what === 'restart' ? step.afterMs : 0)))
  expect(longest(500)).toBe(60_000)
  expect(longest(90_000)).toBe(90_000)
})
