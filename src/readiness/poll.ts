/**
 * The readiness loop: asks a probe until it holds, under one deadline. It never sleeps blindly: each pause is
 * at most the latency that may be added to what is being waited for (docs/readiness.md has the figures).
 */
import { now } from '../kernel/clock.ts'
import type { ProbeResult } from '../kernel/failure.ts'
import { formatDuration } from '../kernel/units.ts'
import { ProbeHistory } from './history.ts'
import type { Probe, ProbeAnswer } from './probe.ts'

/** Pauses, in milliseconds. A longer one would add its half to the median latency, its whole to the worst. */
const MIN_PAUSE_MS = 5
/** Between two looks at a gate. It costs next to nothing. */
const GATE_PAUSE_MS = 3
const MAX_PAUSE_MS = 20
/** How long one attempt may take, in milliseconds. */
const ATTEMPT_TIMEOUT_MS = 1_000

/** A pause grows with the wait so far, by this share: 5 ms in the first 2.5 s, 20 ms after 10 s. */
const SHARE_OF_WAIT = 1 / 500
/** Probing takes at most about a fifth of the time, however dear an attempt is. */
const PAUSE_PER_ATTEMPT = 4
/** An attempt that begins at the deadline still gets a moment, so that even a starved loop looks once more. */
const LAST_LOOK_MS = 25
/** A timer counts whole milliseconds from the beginning of a turn of the event loop: it may fire this much early. */
const TIMER_EARLY_MS = 2
/** A probe answers its own time-out; only one that does not is given up, this much later. */
const BACKSTOP_MS = 20

export interface PollOptions {
  /** `now()` that `ProbeResult.atMs` counts from. */
  readonly startedAt: number
  /** `now()` after which no further attempt begins. */
  readonly deadline: number
  readonly attemptTimeoutMs?: number
  readonly signal?: AbortSignal
  /** Where results are kept, for a caller that wants them before the end. */
  readonly history?: ProbeHistory
}

export interface PollOutcome {
  readonly how: 'held' | 'fatal' | 'timed-out' | 'aborted'
  readonly attempts: number
  /** The last few distinct results, oldest first. */
  readonly results: readonly ProbeResult[]
}

/**
 * Polls until the probe holds, can never hold, the deadline has passed, or the signal fires. At least one
 * attempt is made unless the signal has fired or the gate stays closed.
 */
export async function pollUntil(probe: Probe, o: PollOptions): Promise<PollOutcome> {
  const history = o.history ?? new ProbeHistory()
  const since = now()
  let attempts = 0
  let isAnswered = false
  const end = (how: PollOutcome['how']): PollOutcome => ({ how, attempts, results: history.list() })
  const note = (kind: string, answer: ProbeAnswer): void => {
    history.add({ atMs: Math.round(now() - o.startedAt), kind, ok: answer.ok, saw: answer.saw })
  }

  for (;;) {
    if (o.signal?.aborted) return end('aborted')
    const beganAt = now()
    const lacking = probe.gate?.()
    if (lacking !== undefined) {
      note('listen', { ok: false, saw: lacking })
    } else {
      attempts += 1
      const left = Math.max(o.deadline - beganAt, LAST_LOOK_MS)
      const timeoutMs = Math.min(left, o.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS)
      const answer = await attemptOnce(probe, timeoutMs, o.signal)
      if (o.signal?.aborted) return end('aborted')
      // Cut short by the deadline, it says less than what was seen before.
      const isCut = !answer.ok && timeoutMs === left && now() - beganAt >= left - TIMER_EARLY_MS
      if (!isCut || !isAnswered) note(probe.kind, answer)
      isAnswered = true
      if (answer.ok) return end('held')
      if (answer.fatal) return end('fatal')
    }
    const endedAt = now()
    if (endedAt >= o.deadline) return end('timed-out')
    const tried = lacking === undefined
    const wanted = probe.waits ? 1 : pauseAfter(endedAt - beganAt, endedAt - since, probe.maxPauseMs)
    await pause(Math.min(tried ? wanted : GATE_PAUSE_MS, o.deadline - endedAt), o.signal)
  }
}

/** How long to pause after an attempt of `attemptMs`, having waited `waitedMs` in all. Milliseconds. */
export function pauseAfter(attemptMs: number, waitedMs: number, max = MAX_PAUSE_MS): number {
  return Math.min(Math.max(attemptMs * PAUSE_PER_ATTEMPT, waitedMs * SHARE_OF_WAIT, MIN_PAUSE_MS), max)
}

/** Resolves after `ms`, or at once when the signal fires. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve()
      return
    }
    const finish = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    signal?.addEventListener('abort', finish, { once: true })
  })
}

/** One attempt, given up after `timeoutMs` even when the probe does not heed its signal. */
export async function attemptOnce(
  probe: Probe,
  timeoutMs: number,
  outer?: AbortSignal,
): Promise<ProbeAnswer> {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  outer?.addEventListener('abort', abort, { once: true })
  const timer = setTimeout(abort, timeoutMs + BACKSTOP_MS)
  const givenUp = new Promise<ProbeAnswer>((resolve) => {
    controller.signal.addEventListener('abort', () => {
      // One turn later: a probe that heeds the signal says more than we can.
      setImmediate(() => resolve({ ok: false, saw: `no answer within ${formatDuration(timeoutMs)}` }))
    })
  })
  try {
    return await Promise.race([probe.attempt(controller.signal, timeoutMs), givenUp])
  } finally {
    clearTimeout(timer)
    outer?.removeEventListener('abort', abort)
  }
}
