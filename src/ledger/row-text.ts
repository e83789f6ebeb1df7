/** A row in words, for the formats that have room for text: why it is red, its steps, the logs that belong to it. */
import { renderFailure } from '../kernel/failure-text.ts'
import { oneLine } from '../kernel/failure-words.ts'
import { describeSlowness } from '../kernel/slowness.ts'
import { count } from '../kernel/text.ts'
import { formatDuration } from '../kernel/units.ts'
import { reasonOf } from './outcome.ts'
import type { Row, Verdict } from './verdict.ts'

/** How many failures of one smoke, and lines of one log, a report tells. */
const SHOWN = { failures: 20, logLines: 50 } as const

/** Why it is not PASS, in one line, which names the smoke: an annotation stands alone. */
export function headlineOf(row: Row, verdict: Verdict): string {
  const [failure] = row.failures
  if (failure) return renderFailure(failure).headline
  const why = row.class === 'FAIL' ? 'it failed without a reason' : oneLine(reasonOf(row, verdict))
  return `${oneLine(row.smoke)}: ${why}`
}

/** Every failure with its detail, what is at stake, the logs, and how to run it again. Each line is printable. */
export function renderCauseLines(row: Row, verdict: Verdict): string[] {
  const shown = row.failures.slice(0, SHOWN.failures)
  const left = row.failures.length - shown.length
  return [
    ...(shown.length === 0 ? [headlineOf(row, verdict)] : []),
    ...shown.flatMap((failure) => {
      const { headline, detail } = renderFailure(failure)
      return [headline, ...detail.map((line) => `  ${line}`)]
    }),
    ...(left > 0 ? [`and ${count(left, 'more failure')}`] : []),
    ...(row.why === undefined ? [] : [`why it matters: ${oneLine(row.why)}`]),
    ...renderLogLines(row),
    ...(verdict.rerun === '' ? [] : [`rerun: ${rerunOf(row, verdict)}`]),
  ]
}

/** The command that runs this smoke alone. */
export function rerunOf(row: Row, verdict: Verdict): string {
  return oneLine(`${verdict.rerun} ${row.smoke}`, 500)
}

/** The last lines of the daemons concerned, each log under its name. */
export function renderLogLines(row: Row): string[] {
  // A death is told with the log of the daemon that died; telling it twice helps nobody.
  const told = new Set(row.failures.flatMap((f) => (f.tag === 'died' && f.log.length > 0 ? [f.daemon] : [])))
  return Object.entries(row.logs)
    .filter(([daemon, lines]) => lines.length > 0 && !told.has(daemon))
    .flatMap(([daemon, lines]) => [
      `log of ${oneLine(daemon)}:`,
      ...lines.slice(-SHOWN.logLines).map((line) => `  ${oneLine(line)}`),
    ])
}

/** Why a smoke that kept its promise is told all the same: it was slow. Where that is a FAIL, it is a failure. */
export function describeSlow(row: Row): string | undefined {
  return row.class === 'PASS' && row.slow ? `slow: ${describeSlowness(row.slow)}` : undefined
}

/** One line a step, as `--verbose` shows them. */
export function renderStepLines(row: Row): string[] {
  return [
    ...row.stepList.map(
      (step) =>
        `${step.ok ? 'ok' : 'not ok'} ${oneLine(step.title)}  ${formatDuration(step.ms)}, ${count(step.expectations, 'expectation')}`,
    ),
    ...(row.stepsLeftOut > 0 ? [`and ${count(row.stepsLeftOut, 'more step')}`] : []),
  ]
}

/** What has to be known to read a ledger right: that it is of a part of the chain, or of a stack that was up. */
export function listLimits({ attachedTo, rows, chain }: Verdict): string[] {
  const attached = `on the stack that PID ${attachedTo} has up: the gate does not count it`
  const part = `${rows.length} of ${count(chain.length, 'smoke')} selected: not the whole chain, so the gate does not count it`
  return [...(attachedTo === undefined ? [] : [attached]), ...(rows.length < chain.length ? [part] : [])]
}

/** The same, and the warnings. */
export function listNotes(verdict: Verdict): string[] {
  return [...listLimits(verdict), ...verdict.warnings.map((warning) => `warning: ${oneLine(warning)}`)]
}
