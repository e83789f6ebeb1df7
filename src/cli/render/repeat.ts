/** The summary of several runs in a row. */
import type { RunRecord } from '../../history/record.ts'
import type { RepeatEnd, RepeatReport } from '../../history/repeat.ts'
import { oneLine } from '../../kernel/failure-words.ts'
import { count } from '../../kernel/text.ts'
import { formatDuration } from '../../kernel/units.ts'
import { describeDurations, renderFlaky, renderSmokes } from './history.ts'
import type { Paint } from './paint.ts'

/** Red runs that are named. */
const NAMED = 20

const ENDS: Readonly<Record<RepeatEnd, string | undefined>> = {
  runs: undefined,
  time: undefined,
  red: 'ended by the first red run',
  interrupted: 'interrupted',
  'not begun': 'ended by a run that could not begin',
}

/** Line by line; the last one is the sum. */
export function renderRepeat(report: RepeatReport, paint: Paint): string[] {
  const { summary, runs } = report
  const red = runs.filter((run) => run.exitCode !== 0)
  const sum = `--- ${summary.passed} of ${count(summary.runs, 'run')} passed ---`
  return [
    '',
    paint.bold(describeFacts(report)),
    ...(summary.smokes.length > 0 ? ['', ...renderSmokes(summary.smokes, paint)] : []),
    ...(red.length > 0 ? ['', ...renderRed(red, paint)] : []),
    ...withGap(summary.smokes.flatMap((smoke) => renderFlaky(smoke, paint))),
    '',
    report.exitCode === 0 ? paint.good(sum) : paint.bad(sum),
  ]
}

function describeFacts({ ended, stressed, ms, summary, stack }: RepeatReport): string {
  const how = ENDS[ended]
  return [
    `${count(summary.runs, 'run')} of ${oneLine(stack, 80)} in ${formatDuration(ms)}`,
    ...(stressed ? ['cores kept busy'] : []),
    ...(how === undefined ? [] : [how]),
    ...(summary.durations ? [`whole and green: ${describeDurations(summary.durations)}`] : []),
  ].join(' · ')
}

function renderRed(red: readonly RunRecord[], paint: Paint): string[] {
  const lines = red
    .slice(0, NAMED)
    .map((run) => paint.bad(`red ${oneLine(run.run, 80)}  exit ${run.exitCode}  ${oneLine(run.gateLine)}`))
  return red.length > NAMED ? [...lines, paint.bad(`and ${red.length - NAMED} more`)] : lines
}

const withGap = (lines: readonly string[]): string[] => (lines.length > 0 ? ['', ...lines] : [])
