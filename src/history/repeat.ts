/** Several runs in a row as one result: when to stop, the worst exit code, what they tell together. Pure. */
import type { RunRecord } from './record.ts'
import { type Summary, summarise } from './summary.ts'

/** When to stop. Each that is given ends the runs; none at all is one run. */
export interface RepeatLimits {
  readonly runs?: number
  /** After the first run that is red. */
  readonly untilRed: boolean
  /** No run begins later, milliseconds. */
  readonly forMs?: number
}

/** Why no further run was made. `not begun`: the last one could not even begin. */
export type RepeatEnd = 'runs' | 'red' | 'time' | 'interrupted' | 'not begun'

export interface RepeatState {
  readonly runs: number
  /** Of the last run. */
  readonly exitCode: number
  readonly begun: boolean
  readonly interrupted: boolean
  readonly elapsedMs: number
}

/** To be asked after each run. @returns undefined: make another one. */
export function endOf(limits: RepeatLimits, state: RepeatState): RepeatEnd | undefined {
  if (state.interrupted) return 'interrupted'
  if (!state.begun) return 'not begun'
  if (limits.untilRed && state.exitCode !== 0) return 'red'
  if (limits.runs !== undefined && state.runs >= limits.runs) return 'runs'
  if (limits.forMs !== undefined && state.elapsedMs >= limits.forMs) return 'time'
  return undefined
}

/** Most serious first (docs/exit-codes.md). */
const BY_WEIGHT = [2, 70, 130, 143, 3, 1, 4, 0]

/** 0 for none. */
export function worstOf(exitCodes: readonly number[]): number {
  return exitCodes.reduce((worst, code) => (weigh(code) < weigh(worst) ? code : worst), 0)
}

/** An unknown code is at least as serious as any other. */
const weigh = (code: number): number => BY_WEIGHT.indexOf(code)

/** The document that `--json` prints. */
export interface RepeatReport {
  /** Version of this shape. */
  readonly schema: 1
  readonly stack: string
  readonly ended: RepeatEnd
  /** The worst of all runs. */
  readonly exitCode: number
  readonly ms: number
  /** The cores were kept busy. */
  readonly stressed: boolean
  readonly summary: Summary
  /** In the order in which they were made. */
  readonly runs: readonly RunRecord[]
}

export interface RepeatFacts {
  readonly stack: string
  readonly ended: RepeatEnd
  readonly exitCodes: readonly number[]
  readonly ms: number
  readonly stressed: boolean
  readonly runs: readonly RunRecord[]
}

/**
 * @param facts `runs` oldest first; `exitCodes` also those of runs without a record, since the worst of all counts.
 */
export function reportRepeat({ exitCodes, ...facts }: RepeatFacts): RepeatReport {
  const summary = summarise([...facts.runs].reverse(), { inARow: true })
  return { schema: 1, ...facts, exitCode: worstOf(exitCodes), summary }
}
