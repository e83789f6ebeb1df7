/** Answers what `smokechain history` asks. Runs that could not add themselves are picked up first. */
import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { err, ok, type Result } from '../kernel/result.ts'
import { didYouMean, printable } from '../kernel/text.ts'
import { historyIn } from './keep.ts'
import { pickUpRuns } from './pick-up.ts'
import type { RunRecord } from './record.ts'
import { type HistoryStore, withHistory } from './store.ts'
import { type Summary, summarise } from './summary.ts'

export interface Question {
  /** Its name, its file, or the name of its file; absent: that of the newest run. */
  readonly stack?: string
  readonly smoke?: string
  /** The newest so many runs. */
  readonly last: number
}

/** The document that `--json` prints. */
export interface Answer {
  /** Version of this shape. */
  readonly schema: 1
  /** Absent: there are no runs at all. */
  readonly stack?: string
  readonly smoke?: string
  /** All there are, that of the newest run first. */
  readonly stacks: readonly { readonly stack: string; readonly file: string; readonly runs: number }[]
  readonly summary: Summary
  /** Newest first; with a smoke, each with that one alone. */
  readonly runs: readonly RunRecord[]
  /** What stood in the way of picking up runs that were killed; the answer holds all the same. */
  readonly warnings: readonly string[]
}

/** `asked`: there is no such stack or smoke. `store`: it cannot be read. */
export interface NoAnswer {
  readonly fault: 'asked' | 'store'
  readonly message: string
}

/** @param logs the tool's own folder. */
export function askHistory(logs: string, question: Question): Result<Answer, NoAnswer> {
  const path = historyIn(logs)
  const runs = join(logs, 'runs')
  if (!existsSync(path) && !existsSync(runs)) return ok(answerOf([], question, []))
  const picked = withHistory(path, { writable: true }, (store) => {
    store.add(pickUpRuns(runs, (ids) => store.knows(ids)))
    return answerFrom(store, question, [])
  })
  if (picked.ok) return picked.value
  // It may be locked, or only be read: then what is in it can still be told.
  const read = withHistory(path, { writable: false }, (store) =>
    answerFrom(store, question, [`runs that were killed may be missing: ${picked.error}`]),
  )
  return read.ok ? read.value : err({ fault: 'store', message: read.error })
}

function answerFrom(
  store: HistoryStore,
  question: Question,
  warnings: readonly string[],
): Result<Answer, NoAnswer> {
  const stacks = store.stacks()
  if (stacks.length === 0) return ok(answerOf(stacks, question, [], undefined, warnings))
  const stack = findStack(stacks, question.stack)
  if (stack === undefined) {
    const names = stacks.map((known) => known.stack)
    const hint = `${didYouMean(question.stack ?? '', names)} (known: ${names.join(', ')})`
    return noAnswer(`no run of a stack "${question.stack}" is in the history${hint}`)
  }
  const { smoke, last } = question
  const runs = store.runs({ stack, last, ...(smoke !== undefined && { smoke }) })
  if (smoke !== undefined && runs.length === 0) {
    const names = store.runs({ stack, last: 1 }).flatMap((run) => run.smokes.map((known) => known.smoke))
    return noAnswer(`no run of a smoke "${smoke}" on ${stack} is in the history${didYouMean(smoke, names)}`)
  }
  return ok(answerOf(stacks, question, runs, stack, warnings))
}

function answerOf(
  stacks: Answer['stacks'],
  { smoke }: Question,
  runs: readonly RunRecord[],
  stack?: string,
  warnings: readonly string[] = [],
): Answer {
  return {
    schema: 1,
    ...(stack !== undefined && { stack }),
    ...(smoke !== undefined && { smoke }),
    stacks,
    summary: summarise(runs),
    runs,
    warnings,
  }
}

const noAnswer = (message: string): Result<never, NoAnswer> =>
  err({ fault: 'asked', message: printable(message) })

function findStack(stacks: Answer['stacks'], wanted: string | undefined): string | undefined {
  if (wanted === undefined) return stacks[0]?.stack
  const file = resolve(wanted)
  const found =
    stacks.find((known) => known.stack === wanted) ??
    stacks.find((known) => known.file === file) ??
    stacks.find((known) => basename(known.file, '.toml') === wanted) ??
    // The newest run may have been made in another folder: of a commit that was pushed, say.
    stacks.find((known) => basename(known.file) === basename(file))
  return found?.stack
}
