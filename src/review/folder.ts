/** Where a review is kept: `<output>/<date>/verdicts/<label>_<reviewer>.md`, `<output>/<date>/<label>/tally.{json,md}`. */
import { mkdirSync, readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../host/make-folder.ts'
import { codeOf, hasCode } from '../kernel/errno.ts'

export interface ReviewFolder {
  /** Of the day. */
  readonly path: string
  /** The label, or with a number, so that nothing of an earlier review is written over. */
  readonly label: string
}

const MODE = 0o755

/** Takes a label of the day for this review alone, also while others do the same. Throws the system's error. */
export function claimFolder(output: string, date: Date, wanted: string): ReviewFolder {
  const path = join(output, date.toISOString().slice(0, 10))
  makeFolder(join(path, 'verdicts'), MODE)
  for (let n = 1; ; n += 1) {
    const label = n === 1 ? wanted : `${wanted}-${n}`
    try {
      mkdirSync(join(path, label), { mode: MODE })
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error
      continue
    }
    if (!hasAnswers(path, label)) return { path, label }
    releaseFolder({ path, label })
  }
}

/** Gives a label back whose review came to no tally. */
export function releaseFolder({ path, label }: ReviewFolder): void {
  try {
    rmdirSync(join(path, label))
  } catch (error) {
    // An empty folder that stays is no harm; why the review did not end well is told by the review.
    if (codeOf(error) === undefined) throw error
  }
}

/** Answers of an interrupted review are kept without a tally. No label holds `_`. */
const hasAnswers = (path: string, label: string): boolean =>
  readdirSync(join(path, 'verdicts')).some((name) => name.startsWith(`${label}_`))
