/** Why a run is not green, the cause before its consequences: in the order in which the terminal tells it. */
import type { Failure } from '../kernel/failure.ts'
import { type FailureText, renderFailure } from '../kernel/failure-text.ts'
import { count } from '../kernel/text.ts'
import type { Row, Verdict } from '../ledger/verdict.ts'

export interface Cause {
  /** `the run`, `the boot`, or the smoke's class and name. */
  readonly where: string
  /** Present: the smoke that it stopped. */
  readonly row?: Row
  readonly texts: readonly FailureText[]
}

/**
 * Empty for a run in which nothing went wrong.
 *
 * @param rows those of the verdict, perhaps with shorter texts.
 */
export function causesOf(verdict: Verdict, rows: readonly Row[] = verdict.rows): Cause[] {
  const causes: Cause[] = []
  const add = (where: string, failures: readonly Failure[]): void => {
    for (const failure of failures) causes.push({ where, texts: [renderFailure(failure)] })
  }
  add('the tool', verdict.faults)
  add('the evidence', verdict.evidenceLost)
  add('the boot', verdict.boot?.failures ?? [])
  add('the stack', verdict.deaths)
  for (const row of rows.filter((each) => each.class === 'FAIL')) causes.push(causeOf(row))
  for (const row of rows.filter((each) => each.class === 'BLOCKED')) causes.push(causeOf(row))
  add('after the stop', verdict.leaks)
  return causes
}

function causeOf(row: Row): Cause {
  const texts = row.failures.map((failure) => renderFailure(failure))
  const none = { headline: row.reason ?? 'it gave no reason: see its log', detail: [] }
  return { where: `${row.class} ${row.smoke}`, row, texts: texts.length > 0 ? texts : [none] }
}

/** The verdict in a few words, for the page's first line. Says nothing that the verdict does not. */
export function summarise(verdict: Verdict): {
  readonly text: string
  readonly tone: 'good' | 'bad' | 'mixed'
} {
  const { counts, rows, chain } = verdict
  const whole = `${rows.length === chain.length ? 'all' : `${rows.length} of`} ${count(chain.length, 'smoke')}`
  if (verdict.green)
    return {
      text: rows.length === 1 ? 'The one smoke passed' : `All ${rows.length} smokes passed`,
      tone: 'good',
    }
  if (!verdict.finished) {
    return {
      text: `Not finished: ${rows.length - counts['NOT RUN']} of ${count(rows.length, 'smoke')} came to an end`,
      tone: 'bad',
    }
  }
  if (verdict.interrupted !== undefined) return { text: `Interrupted by ${verdict.interrupted}`, tone: 'bad' }
  if (verdict.faults.length > 0) return { text: 'The tool itself failed', tone: 'bad' }
  if (verdict.boot?.ok === false) return { text: 'The stack did not come up', tone: 'bad' }
  if (rows.length === 0) return { text: 'Nothing was run', tone: 'bad' }
  if (verdict.exitCode !== 0) return { text: describeRed(verdict), tone: 'bad' }
  if (counts.SKIP > 0) return { text: `${counts.PASS} passed, ${counts.SKIP} skipped`, tone: 'mixed' }
  const note = verdict.attachedTo === undefined ? 'not the whole chain' : 'on a stack that was up already'
  return { text: `${upperFirst(whole)} passed: ${note}`, tone: 'mixed' }
}

function describeRed(verdict: Verdict): string {
  const { counts, rows, leaks, deaths, evidenceLost } = verdict
  const parts = [
    counts.FAIL > 0 ? `${counts.FAIL} of ${count(rows.length, 'smoke')} failed` : '',
    counts.BLOCKED > 0 ? `${counts.BLOCKED} blocked` : '',
    deaths.length > 0 ? 'a daemon died' : '',
    leaks.length > 0 ? 'something was left behind' : '',
    evidenceLost.length > 0 ? 'evidence was lost' : '',
  ].filter((part) => part !== '')
  return upperFirst(parts.join(', ') || 'Not green')
}

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
