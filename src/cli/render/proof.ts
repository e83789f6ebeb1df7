/** The report of `smokechain prove`, for people and for programs. */
import type { NullMode } from '../../chain/null-stack.ts'
import { answerOf, type PassingStep, type ProofSummary } from '../../chain/proof-summary.ts'
import type { NullResult } from '../../chain/prove.ts'
import { renderFailure } from '../../kernel/failure-text.ts'
import { count, printable } from '../../kernel/text.ts'
import type { Verdict } from '../../ledger/verdict.ts'
import type { Paint } from './paint.ts'

/**
 * One line: what a smoke did on one null stack. Not in the words of a ledger: failing is what is wanted here, and who
 * looks for FAIL in the log of a CI job must not find it.
 */
export function renderNullResult(result: NullResult, paint: Paint): string {
  const { smoke, verdict, steps, reason } = result
  const place = `on "${answerOf(result.mode)}"`
  const share = `${steps.filter((step) => step.passed).length} of ${count(steps.length, 'step')} pass`
  if (verdict === 'FAIL') return `${paint.good('ok')} ${smoke} fails ${place}: ${share}`
  if (verdict === 'PASS')
    return `${paint.bad('NOT OK')} ${smoke} passes ${place}: it proves nothing, ${share}`
  const why = reason === undefined ? '' : ` (${printable(reason)})`
  if (verdict === 'SKIP') return `${paint.warn('SKIP')} ${smoke} ${place}: proves nothing here${why}`
  return `${paint.bad(verdict)} ${smoke} ${place}: not tried${why}`
}

/** What went wrong with the null stacks themselves: one did not come up, something leaked, the tool broke. */
export function renderTroubles(
  runs: readonly { readonly mode: NullMode; readonly verdict: Verdict }[],
  paint: Paint,
): string[] {
  return runs.flatMap(({ mode, verdict }) => {
    const { boot, leaks, deaths, evidenceLost, faults } = verdict
    const failures = [...(boot?.failures ?? []), ...leaks, ...deaths, ...evidenceLost, ...faults]
    return failures.flatMap((failure) => {
      const { headline, detail } = renderFailure(failure)
      return [paint.bad(`on "${answerOf(mode)}": ${headline}`), ...detail.map((line) => `  ${line}`)]
    })
  })
}

/** The table of steps that pass, then the closing line. */
export function renderProof(summary: ProofSummary, paint: Paint, interrupted: boolean): string[] {
  const table = renderSteps(summary.passingSteps)
  const findings = summary.passing.map((smoke) => {
    const headline = `${smoke} passes on a stack that does nothing`
    return `${paint.bad(headline)}: expect something of the answers that only the real daemons give`
  })
  return [...table, ...(table.length > 0 ? [''] : []), ...findings, renderClosing(summary, interrupted)]
}

function renderClosing(summary: ProofSummary, interrupted: boolean): string {
  const { passing, smokes, passingSteps, steps, untried } = summary
  const rest = untried.length === 0 ? '' : `, ${count(untried.length, 'smoke')} not tried`
  return `--- prove: ${passing.length} of ${count(smokes, 'smoke')} pass on the null stacks, ${passingSteps.length} of ${count(steps, 'step')} do${rest}${interrupted ? ', interrupted' : ''} ---`
}

function renderSteps(steps: readonly PassingStep[]): string[] {
  if (steps.length === 0) return []
  const rows = steps.map(({ smoke, title, modes }) => [
    smoke,
    printable(title),
    modes.map(answerOf).join(', '),
  ])
  const all = [['smoke', 'step that passes on a null stack', 'null stacks'], ...rows]
  const widthOf = (column: number): number => Math.max(...all.map((row) => row[column]?.length ?? 0))
  const widths = [widthOf(0), widthOf(1)]
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** The same as one JSON document. */
export function renderProofJson(
  results: readonly NullResult[],
  summary: ProofSummary,
  more: { readonly stack: { readonly name: string; readonly file: string }; readonly exitCode: number },
): string {
  const document = {
    schema: 1,
    ...more,
    results: results.map(({ mode, smoke, verdict, reason, steps }) => ({
      answer: answerOf(mode),
      smoke,
      verdict,
      ...(reason === undefined ? {} : { reason }),
      steps: steps.length,
      passed: steps.filter((step) => step.passed).map((step) => step.title),
    })),
    smokes: { tried: summary.smokes, passing: summary.passing, untried: summary.untried },
    steps: {
      reached: summary.steps,
      passing: summary.passingSteps.map(({ smoke, title, modes }) => ({
        smoke,
        step: title,
        answers: modes.map(answerOf),
      })),
    },
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
