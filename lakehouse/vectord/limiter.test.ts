import { expect, it } from 'vitest'
import { Limiter } from './limiter.ts'

it('never runs more than its limit, in order of arrival, and survives failures', async () => {
  const limiter = new Limiter(2)
  const started: number[] = []
  let running = 0
  let most = 0
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) =>
      limiter.run(async () => {
        started.push(n)
        running += 1
        most = Math.max(most, running)
        await new Promise((resolve) => setImmediate(resolve))
        running -= 1
        if (n % 3 === 0) throw new Error('no')
        return n
      }),
    ),
  )
  expect(most).toBe(2)
  expect(started).toEqual(Array.from({ length: 20 }, (_, n) => n))
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(7)
  expect(await limiter.run(() => 'free')).toBe('free')
})
