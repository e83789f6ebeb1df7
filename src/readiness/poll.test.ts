import { describe, expect, test } from 'vitest'
import { now } from '../kernel/clock.ts'
import { ProbeHistory } from './history.ts'
import { attemptOnce, pause, pauseAfter, pollUntil } from './poll.ts'
import type { Probe, ProbeAnswer } from './probe.ts'

const no = (saw: string): ProbeAnswer => ({ ok: false, saw })

function probeOf(attempt: Probe['attempt'], more: Partial<Probe> = {}): Probe {
  return { kind: 'test', attempt, ...more }
}

const within = (ms: number) => ({ startedAt: now(), deadline: now() + ms })

describe('pollUntil', () => {
  test('tries until the probe holds', async () => {
    let attempts = 0
    const probe = probeOf(async () => {
      attempts += 1
      return attempts < 5 ? no('cold') : { ok: true, saw: 'warm' }
    })
    expect(await pollUntil(probe, within(20_000))).toMatchObject({
      how: 'held',
      attempts: 5,
      results: [
        { ok: false, saw: expect.stringMatching(/^cold \(×4, last at /) },
        { ok: true, saw: 'warm' },
      ],
    })
  })

  test('tries at least once, also when the deadline has passed', async () => {
    const probe = probeOf(async () => ({ ok: true, saw: 'yes' }))
    expect(await pollUntil(probe, within(-1_000))).toMatchObject({ how: 'held', attempts: 1 })
  })

  test('ends at the deadline, whatever the probe does', async () => {
    const deaf = probeOf(() => new Promise(() => undefined))
    expect(await pollUntil(deaf, within(40))).toMatchObject({
      how: 'timed-out',
      attempts: 1,
      results: [{ saw: expect.stringContaining('no answer within') }],
    })
  })

  test('gives up an attempt that hangs, and tries again', async () => {
    let attempts = 0
    const probe = probeOf(() => {
      attempts += 1
      return attempts === 1 ? new Promise(() => undefined) : Promise.resolve({ ok: true, saw: 'yes' })
    })
    const outcome = await pollUntil(probe, { ...within(20_000), attemptTimeoutMs: 10 })
    expect(outcome).toMatchObject({ how: 'held', attempts: 2 })
  })

  test('an attempt that the deadline cuts short does not hide what was seen before', async () => {
    let attempts = 0
    const probe = probeOf(async () => {
      attempts += 1
      return attempts === 1 ? no('answered 503') : await new Promise<ProbeAnswer>(() => undefined)
    })
    const { how, results } = await pollUntil(probe, within(60))
    expect(how).toBe('timed-out')
    expect(results.map(({ saw }) => saw)).toEqual(['answered 503'])
  })

  test('nor does one whose own timer has fired a moment before the deadline', async () => {
    let attempts = 0
    const probe = probeOf(async (_signal, timeoutMs) => {
      attempts += 1
      if (attempts === 1) return no('answered 503')
      const end = now() + timeoutMs - 1
      while (now() < end) await new Promise((resolve) => setImmediate(resolve))
      return no(`no answer within ${timeoutMs} ms`)
    })
    const { how, results } = await pollUntil(probe, within(60))
    expect(how).toBe('timed-out')
    expect(results.map(({ saw }) => saw)).toEqual(['answered 503'])
  })

  test('ends at once when the probe can never hold', async () => {
    const probe = probeOf(async () => ({ ...no('install pg'), fatal: true }))
    expect(await pollUntil(probe, within(600_000))).toMatchObject({ how: 'fatal', attempts: 1 })
  })

  test.each(['an attempt', 'a pause', 'a closed gate'])('ends at once when aborted in %s', async (where) => {
    const abort = new AbortController()
    const attempt =
      where === 'an attempt'
        ? () => {
            abort.abort()
            return new Promise<ProbeAnswer>(() => undefined)
          }
        : async () => {
            setImmediate(() => abort.abort())
            return no('not yet')
          }
    const gate = () => {
      setImmediate(() => abort.abort())
      return 'closed'
    }
    const probe = probeOf(attempt, where === 'a closed gate' ? { gate } : {})
    expect((await pollUntil(probe, { ...within(600_000), signal: abort.signal })).how).toBe('aborted')
  })

  test('does not try while the gate is closed, and says why', async () => {
    let open = false
    let looks = 0
    const probe = probeOf(async () => ({ ok: open, saw: 'asked' }), {
      gate: () => {
        looks += 1
        open = looks > 3
        return open ? undefined : 'nothing listens'
      },
    })
    expect(await pollUntil(probe, within(20_000))).toMatchObject({
      how: 'held',
      attempts: 1,
      results: [
        { kind: 'listen', ok: false, saw: expect.stringMatching(/^nothing listens \(×3/) },
        { kind: 'test' },
      ],
    })
  })

  test('lets a bug in a probe surface', async () => {
    const probe = probeOf(() => Promise.reject(new Error('bug')))
    await expect(pollUntil(probe, within(1_000))).rejects.toThrow('bug')
  })
})

test('a pause grows with the wait and with the cost of an attempt, between its bounds', () => {
  expect(pauseAfter(0.1, 0)).toBe(5)
  expect(pauseAfter(0.1, 5_000)).toBe(10)
  expect(pauseAfter(3, 0)).toBe(12)
  expect(pauseAfter(900, 60_000)).toBe(20)
  expect(pauseAfter(900, 0, 100)).toBe(100)
})

test('a pause ends at once when aborted, before or during it', async () => {
  await pause(600_000, AbortSignal.abort())
  const abort = new AbortController()
  const paused = pause(600_000, abort.signal)
  abort.abort()
  await paused
})

test('an attempt that heeds its signal may say what it saw', async () => {
  const probe = probeOf(
    (signal) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(no('half an answer')))),
  )
  expect(await attemptOnce(probe, 1)).toEqual(no('half an answer'))
})

describe('a history', () => {
  const result = (atMs: number, saw: string) => ({ atMs, kind: 'http', ok: false, saw })

  test('merges what repeats, keeping the first time and telling the last', () => {
    const history = new ProbeHistory()
    for (const at of [5, 10, 4_130]) history.add(result(at, 'refused'))
    expect(history.list()).toEqual([result(5, 'refused (×3, last at 4.1 s)')])
    expect(history.last).toBe('refused')
  })

  test('keeps the last five that differ, the latest last', () => {
    const history = new ProbeHistory()
    for (const [i, saw] of ['a', 'b', 'c', 'd', 'e', 'a', 'f'].entries()) history.add(result(i, saw))
    expect(history.list().map(({ saw }) => saw)).toEqual(['c', 'd', 'e', 'a (×2, last at 5 ms)', 'f'])
  })

  test('bounds what a stranger says', () => {
    const history = new ProbeHistory()
    history.add(result(1, 'x'.repeat(10_000)))
    expect(history.list()[0]?.saw.length).toBeLessThan(400)
  })
})
