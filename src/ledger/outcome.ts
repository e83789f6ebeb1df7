/**
 * What formats with fewer words than ours make of a verdict: four outcomes of a smoke, and the troubles of the
 * run as a whole. Shared by them, so that they cannot disagree: a run whose exit code is not 0 always has an
 * errored or failed smoke, or a trouble; one whose exit code is 0 never has.
 */
import type { Failure, Location } from '../kernel/failure.ts'
import { renderFailure } from '../kernel/failure-text.ts'
import { count } from '../kernel/text.ts'
import { isBootFailure, renderGateLine } from './text.ts'
import type { Row, Verdict } from './verdict.ts'

/**
 * `passed` PASS · `failed` FAIL: something it expects does not hold · `errored` BLOCKED, and a NOT RUN that had
 * begun: nobody knows whether it holds · `skipped` SKIP, and a NOT RUN that never began.
 */
export type Outcome = 'passed' | 'failed' | 'errored' | 'skipped'

/** By the table of `Outcome`. A NOT RUN counts as begun once its row has a title. */
export function outcomeOf(row: Row): Outcome {
  switch (row.class) {
    case 'PASS':
      return 'passed'
    case 'FAIL':
      return 'failed'
    case 'BLOCKED':
      return 'errored'
    case 'SKIP':
      return 'skipped'
    case 'NOT RUN':
      return hasBegun(row) ? 'errored' : 'skipped'
  }
}

/** Every smoke has a title; its row gets it when the smoke begins. */
const hasBegun = (row: Row): boolean => row.title !== ''

/** Failed or errored: it speaks against the run. */
export const isRed = (row: Row): boolean => outcomeOf(row) === 'failed' || outcomeOf(row) === 'errored'

/** What is wrong with a run beside its smokes. */
export interface Trouble {
  readonly kind:
    | 'tool fault'
    | 'evidence lost'
    | 'boot'
    | 'interrupted'
    | 'unfinished'
    | 'daemon died'
    | 'leak'
    | 'nothing selected'
    | 'not green'
  readonly headline: string
  readonly detail: readonly string[]
  readonly location?: Location
}

/** In the order in which a person should read them: the cause before its consequences. */
export function listTroubles(verdict: Verdict): readonly Trouble[] {
  const { interrupted } = verdict
  const troubles: Trouble[] = [
    ...verdict.faults.map((failure) => troubleOf('tool fault', failure)),
    ...verdict.evidenceLost.map((failure) => troubleOf('evidence lost', failure)),
    ...listBootTroubles(verdict),
    ...(interrupted ? [plain('interrupted', `the run was interrupted by ${interrupted}`)] : []),
    ...(verdict.finished ? [] : [plain('unfinished', 'the run did not come to its end')]),
    ...verdict.deaths.map((failure) => troubleOf('daemon died', failure)),
    ...verdict.leaks.map((failure) => troubleOf('leak', failure)),
    ...(verdict.rows.length === 0 ? [plain('nothing selected', 'no smoke was selected')] : []),
  ]
  if (troubles.length > 0 || verdict.exitCode === 0 || verdict.rows.some(isRed)) return troubles
  return [describeRest(verdict)]
}

function listBootTroubles(verdict: Verdict): readonly Trouble[] {
  if (!isBootFailure(verdict)) return []
  const failures = verdict.boot?.failures ?? []
  if (failures.length === 0) return [plain('boot', 'the stack did not come up')]
  return failures.map((failure) => troubleOf('boot', failure))
}

/** The exit code says no, and nothing above says why: it is told all the same. */
function describeRest(verdict: Verdict): Trouble {
  const notRun = verdict.rows.filter((row) => row.class === 'NOT RUN').map((row) => row.smoke)
  const headline =
    notRun.length > 0
      ? `${count(notRun.length, 'smoke')} did not run: ${notRun.join(', ')}`
      : `the run ended with exit code ${verdict.exitCode}`
  return { kind: 'not green', headline, detail: [renderGateLine(verdict)] }
}

const plain = (kind: Trouble['kind'], headline: string): Trouble => ({ kind, headline, detail: [] })

function troubleOf(kind: Trouble['kind'], failure: Failure): Trouble {
  const location = locationOf(failure)
  return { kind, ...renderFailure(failure), ...(location && { location }) }
}

/** Where in a source file it happened, for the failures that have such a place. */
export function locationOf(failure: Failure): Location | undefined {
  return 'location' in failure ? failure.location : undefined
}

/** Why a smoke was skipped or did not run. */
export function reasonOf(row: Row, verdict: Verdict): string {
  if (row.class === 'SKIP') return row.reason ?? 'without a reason'
  return row.reason ?? `not run: ${whyNotRun(verdict)}`
}

function whyNotRun(verdict: Verdict): string {
  if (verdict.interrupted !== undefined) return `the run was interrupted by ${verdict.interrupted}`
  if (verdict.boot?.ok === false) return 'the stack did not come up'
  return verdict.finished ? 'the run ended before it' : 'the run did not come to its end'
}
