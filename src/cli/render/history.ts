/** The history for people: all smokes of a stack, or the runs of one. */
import type { Answer } from '../../history/ask.ts'
import type { RunRecord } from '../../history/record.ts'
import { renderSparkline } from '../../history/sparkline.ts'
import type { Durations, FlakyTree, SmokeSummary } from '../../history/summary.ts'
import { oneLine } from '../../kernel/failure-words.ts'
import { count } from '../../kernel/text.ts'
import { formatDuration } from '../../kernel/units.ts'
import type { Paint } from './paint.ts'
import { renderTable } from './table.ts'

/** Runs that the overview lists one by one. */
const LISTED = 10
/** Runs that are named for one flaky smoke. */
const NAMED = 5
const NONE = '-'

/** Lines without newlines, of whichever was asked for; a single one when there is no run at all. */
export function renderHistory(answer: Answer, paint: Paint): string[] {
  if (answer.stack === undefined) return ['no run is in the history yet']
  const lines = answer.smoke === undefined ? renderOverview(answer, paint) : renderSmoke(answer, paint)
  const flaky = answer.summary.smokes.flatMap((smoke) => renderFlaky(smoke, paint))
  return [...lines, ...(flaky.length > 0 ? ['', ...flaky] : [])]
}

function renderOverview({ stack, stacks, summary, runs }: Answer, paint: Paint): string[] {
  const all = stacks.find((known) => known.stack === stack)?.runs ?? runs.length
  const others = stacks.filter((known) => known.stack !== stack)
  const facts = [
    `${name(stack)}: the last ${summary.runs} of ${count(all, 'run')}, ${summary.passed} passed`,
    ...(summary.unfinished > 0 ? [`${summary.unfinished} not finished`] : []),
    ...(summary.durations ? [`whole and green: ${describeDurations(summary.durations)}`] : []),
  ]
  return [
    paint.bold(facts.join(' · ')),
    ...(others.length > 0
      ? [paint.dim(`other stacks: ${others.map((o) => `${name(o.stack)} (${o.runs})`).join(', ')}`)]
      : []),
    '',
    ...renderSmokes(summary.smokes, paint),
    '',
    ...renderRuns(runs.slice(0, LISTED), paint),
    ...(runs.length > LISTED ? [paint.dim(`and ${count(runs.length - LISTED, 'earlier run')}`)] : []),
  ]
}

/** One line a smoke, in chain order. */
export function renderSmokes(smokes: readonly SmokeSummary[], paint: Paint): string[] {
  const header = ['smoke', 'runs', 'passed', 'median', 'worst', 'trend', '']
  const rows = smokes.map((smoke) => [
    name(smoke.smoke),
    String(smoke.passed + smoke.failed),
    smoke.passRate === undefined ? NONE : describeRate(smoke.passRate),
    smoke.durations ? formatDuration(smoke.durations.medianMs) : NONE,
    smoke.durations ? formatDuration(smoke.durations.worstMs) : NONE,
    renderSparkline(smoke.trend),
    [smoke.flaky.length > 0 ? 'FLAKY' : '', smoke.slow > 0 ? `slow ${smoke.slow}×` : '']
      .filter((mark) => mark !== '')
      .join(', '),
  ])
  return renderTable([header, ...rows], new Set([1, 2, 3, 4])).map((line, i) => {
    const smoke = smokes[i - 1]
    if (smoke === undefined) return paint.dim(line)
    if (smoke.flaky.length > 0) return paint.warn(line)
    return smoke.failed > 0 ? paint.bad(line) : line
  })
}

/** Never rounded up to all, nor down to none. */
function describeRate(rate: number): string {
  const percent = Math.round(rate * 100)
  if (percent === 100 && rate < 1) return '>99%'
  return percent === 0 && rate > 0 ? '<1%' : `${percent}%`
}

function renderRuns(runs: readonly RunRecord[], paint: Paint): string[] {
  const header = ['when (UTC)', 'tree', 'load', 'time', 'ledger', 'run']
  const rows = runs.map((run) => [
    describeTime(run.at),
    describeTree(run),
    describeLoad(run),
    formatDuration(run.ms),
    `${oneLine(run.gateLine)}${describeKind(run)}`,
    name(run.run),
  ])
  return renderTable([header, ...rows], new Set([2, 3])).map((line, i) =>
    i === 0 ? paint.dim(line) : runs[i - 1]?.exitCode === 0 ? line : paint.bad(line),
  )
}

function describeKind(run: RunRecord): string {
  const kinds = [run.attached ? 'attached' : '', run.stressed ? 'under stress' : ''].filter(
    (kind) => kind !== '',
  )
  return kinds.length === 0 ? '' : `  (${kinds.join(', ')})`
}

function renderSmoke({ stack, smoke, summary, runs }: Answer, paint: Paint): string[] {
  const [found] = summary.smokes
  const facts = [
    `${name(smoke)} on ${name(stack)}: ${found?.passed ?? 0} of ${(found?.passed ?? 0) + (found?.failed ?? 0)} passed`,
    ...(found?.durations ? [describeDurations(found.durations)] : []),
    ...(found ? [renderSparkline(found.trend)] : []),
  ]
  const rows = runs.map((run) => {
    const [record] = run.smokes
    return [
      describeTime(run.at),
      describeTree(run),
      record?.class ?? NONE,
      record === undefined || record.class === 'NOT RUN' ? NONE : formatDuration(record.ms),
      describeLoad(run),
      name(run.run),
      `${record?.slow === 'no' ? '' : 'slow'}${describeKind(run)}`.trim(),
    ]
  })
  const header = ['when (UTC)', 'tree', 'class', 'time', 'load', 'run', '']
  const table = renderTable([header, ...rows], new Set([3, 4]))
  return [
    paint.bold(facts.join(' · ')),
    '',
    ...table.map((line, i) => {
      const verdict = runs[i - 1]?.smokes[0]?.class
      return i === 0 ? paint.dim(line) : verdict === 'FAIL' || verdict === 'BLOCKED' ? paint.bad(line) : line
    }),
  ]
}

/** On which trees it did both, and in which runs it failed. */
export function renderFlaky(smoke: SmokeSummary, paint: Paint): string[] {
  return smoke.flaky.map((tree) => {
    const named = tree.failed.slice(0, NAMED).map(name).join(', ')
    const more = tree.failed.length > NAMED ? ` and ${tree.failed.length - NAMED} more` : ''
    return `${paint.warn('FLAKY')} ${name(smoke.smoke)}: ${tree.passed} PASS and ${tree.failed.length} FAIL ${where(tree)}; failed in ${named}${more}`
  })
}

const where = ({ tree }: FlakyTree): string =>
  tree === undefined ? 'in a row' : `on tree ${name(tree.slice(0, 8))}`

export const describeDurations = ({ medianMs, worstMs }: Durations): string =>
  `median ${formatDuration(medianMs)}, worst ${formatDuration(worstMs)}`

const name = (text = ''): string => oneLine(text, 80)

/** `1a2b3c4d`, with a star when it was not what was committed. */
const describeTree = (run: RunRecord): string =>
  run.tree === undefined ? NONE : `${name(run.tree.slice(0, 8))}${run.dirty ? '*' : ''}`

const describeLoad = (run: RunRecord): string => (run.load === undefined ? NONE : run.load.toFixed(1))

const describeTime = (iso: string): string =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso) ? iso.slice(0, 16).replace('T', ' ') : name(iso)
