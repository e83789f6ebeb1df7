import { describe, expect, it } from 'vitest'
import { pauseAfter, runTicker } from './ticker.ts'

describe('the ticker', () => {
  it.each([
    [0, 500],
    [30, 470],
    [450, 50],
    [480, 50],
    [7_000, 50],
  ])('waits, after work of %i ms, %i of its 500 ms', (tookMs, pauseMs) => {
    expect(pauseAfter(tookMs, 500)).toBe(pauseMs)
  })

  it('goes on after a fault, which it tells', async () => {
    const stopping = new AbortController()
    const faults: string[] = []
    let runs = 0
    const work = async () => {
      runs += 1
      if (runs === 3) stopping.abort()
      throw new Error(`fault ${runs}`)
    }
    const onError = (error: unknown) => faults.push(String(error))
    await runTicker(work, { everyMs: 1, signal: stopping.signal, onError })
    expect(faults).toEqual(['Error: fault 1', 'Error: fault 2', 'Error: fault 3'])
  })

  it('ends while it waits', async () => {
    const stopping = new AbortController()
    let runs = 0
    const work = async () => {
      runs += 1
      setImmediate(() => stopping.abort())
    }
    await runTicker(work, {
      everyMs: 3_600_000,
      signal: stopping.signal,
      onError: () => expect.unreachable(),
    })
    expect(runs).toBe(1)
  })
})
