import { expect, it } from 'vitest'
import { findHoldingTooMuch, findUsedTooMuch, limitsOf } from './limits.ts'

const spec = { name: 'db', maxRssBytes: 1_000, maxCpuMs: 200, maxFds: 10 }

it('a budget that is used up is not exceeded', () => {
  expect(findHoldingTooMuch(spec, { peakRssBytes: 1_000, fds: 10 }, 5)).toBeUndefined()
  expect(findUsedTooMuch(spec, { cpuSeconds: 0.2 }, 'd1')).toBeUndefined()
})

it('one more is', () => {
  const about = { tag: 'limit-exceeded', daemon: 'db', upMs: 5 }
  expect(findHoldingTooMuch(spec, { peakRssBytes: 1_001, fds: 11 }, 5)).toEqual({
    ...about,
    limit: 'max_rss',
    allowedBytes: 1_000,
    seenBytes: 1_001,
  })
  expect(findHoldingTooMuch(spec, { peakRssBytes: 1, fds: 11 }, 5)).toEqual({
    ...about,
    limit: 'max_fds',
    allowed: 10,
    seen: 11,
  })
  expect(findUsedTooMuch(spec, { cpuSeconds: 0.21 }, 'd1')).toMatchObject({ seenMs: 210, allowedMs: 200 })
})

it('what is not known exceeds nothing, and what has no budget neither', () => {
  expect(findHoldingTooMuch(spec, {}, 5)).toBeUndefined()
  expect(findUsedTooMuch(spec, {}, 'd1')).toBeUndefined()
  expect(findHoldingTooMuch({ name: 'db' }, { peakRssBytes: 1e9, fds: 1e9 }, 5)).toBeUndefined()
  expect(findUsedTooMuch({ name: 'db' }, { cpuSeconds: 1e9 }, 'd1')).toBeUndefined()
})

it('the budgets alone', () => {
  expect(limitsOf(spec)).toEqual({ maxRssBytes: 1_000, maxCpuMs: 200, maxFds: 10 })
  expect(limitsOf({ name: 'db' } as object)).toBeUndefined()
})
