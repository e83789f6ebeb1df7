/** What a run asks of the history before it begins, and leaves in it at its end. Each failure is one line of warning. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../kernel/errno.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import type { FindSlow, TimeTaken } from '../kernel/slowness.ts'
import type { Verdict } from '../ledger/verdict.ts'
import { pickUpRuns } from './pick-up.ts'
import { recordOf } from './record.ts'
import { type Conditions, judgeSlowness } from './slow.ts'
import { type StoreOptions, withHistory } from './store.ts'

/** Where the store is, in the tool's own folder. */
export const historyIn = (logs: string): string => join(logs, 'history.db')

/** What smokes took in earlier runs of the same kind, by smoke, newest first. */
export type Samples = ReadonlyMap<string, readonly TimeTaken[]>

/**
 * Reads what earlier runs under these conditions took.
 *
 * @returns nothing where there is no store yet; the error is one line.
 */
export function readSamples(logs: string, like: Conditions): Result<Samples, string> {
  const path = historyIn(logs)
  if (!existsSync(path)) return ok(new Map())
  const samples = guarded(path, { writable: false }, (store) => store.samples(like))
  return samples.ok ? samples : err(`nobody can tell what is slow: ${samples.error}`)
}

export interface SlowFinder {
  readonly find: FindSlow
  /** Smokes it was asked about and could not tell. */
  unknown(): readonly string[]
}

/** The rule of slow.ts on these samples. */
export function createSlowFinder(samples: Samples): SlowFinder {
  const unknown: string[] = []
  return {
    unknown: () => unknown,
    find(smoke, taken) {
      const verdict = judgeSlowness(taken, samples.get(smoke) ?? [])
      if (verdict === 'unknown') unknown.push(smoke)
      return typeof verdict === 'string' ? undefined : verdict
    },
  }
}

/**
 * Adds this run, and those that could not add themselves.
 *
 * @returns why it is not in the history; undefined: it is.
 */
export function addToHistory(logs: string, verdict: Verdict): string | undefined {
  const record = recordOf(verdict)
  if (record === undefined) return undefined
  const added = guarded(historyIn(logs), { writable: true }, (store) => {
    const others = pickUpRuns(join(logs, 'runs'), (runs) => store.knows(runs), record.run)
    store.add([...others, record])
  })
  return added.ok ? undefined : `this run is not in the history: ${added.error}`
}

/** A comfort must not cost a verdict: whatever goes wrong is told, not thrown. */
function guarded<T>(
  path: string,
  options: StoreOptions,
  use: Parameters<typeof withHistory<T>>[2],
): Result<T, string> {
  try {
    return withHistory(path, options, use)
  } catch (error) {
    return err(`${path}: ${messageOf(error)}`)
  }
}
