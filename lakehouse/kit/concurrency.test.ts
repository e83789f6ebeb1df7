import { describe, expect, it } from 'vitest'
import { createKeyedLock } from './keyed-lock.ts'
import { retry } from './retry.ts'

describe('the keyed lock', () => {
  it('runs work of one key in order, one at a time, and other keys meanwhile', async () => {
    const lock = createKeyedLock()
    const events: string[] = []
    const gate = Promise.withResolvers<void>()
    const first = lock.run('a', async () => {
      events.push('a1 begins')
      await gate.promise
      events.push('a1 ends')
    })
    const second = lock.run('a', async () => events.push('a2'))
    await lock.run('b', async () => events.push('b'))
    gate.resolve()
    await Promise.all([first, second])
    expect(events).toEqual(['a1 begins', 'b', 'a1 ends', 'a2'])
  })

  it('goes on after a failure, which only its caller hears of', async () => {
    const lock = createKeyedLock()
    const failed = lock.run('a', () => Promise.reject(new Error('no')))
    const next = lock.run('a', async () => 'yes')
    await expect(failed).rejects.toThrow('no')
    expect(await next).toBe('yes')
  })
})

describe('retry', () => {
  const signal = new AbortController().signal
  const failing = (causes: string[]) => async () => {
    const cause = causes.shift()
    if (cause !== undefined) throw new Error(cause)
    return 'done'
  }

  it('tries until it works, telling each new cause once', async () => {
    const told: string[] = []
    const work = failing(['down', 'down', 'slow', 'slow', 'down'])
    const options = {
      signal,
      isTemporary: () => true,
      report: (cause: string) => told.push(cause),
      firstMs: 1,
      maxMs: 2,
    }
    expect(await retry(work, options)).toBe('done')
    expect(told).toEqual(['down', 'slow', 'down'])
  })

  it('does not try again what cannot get better', async () => {
    const work = failing(['down', 'wrong'])
    const isTemporary = (error: unknown) => error instanceof Error && error.message === 'down'
    await expect(retry(work, { signal, isTemporary, firstMs: 1 })).rejects.toThrow('wrong')
  })

  it('ends in the middle of a pause when it is told to', async () => {
    const stop = new AbortController()
    const report = () => setImmediate(() => stop.abort())
    const options = {
      signal: stop.signal,
      isTemporary: () => true,
      report,
      firstMs: 3_600_000,
      maxMs: 3_600_000,
    }
    await expect(retry(failing(['down']), options)).rejects.toMatchObject({ name: 'AbortError' })
  })
})
