/** The report for a terminal. Its last line is the one to quote. */
import type { Paint } from './paint.ts'
import { cut, renderView } from './side-by-side.ts'
import type { CaseReport, CaseVerdict, Divergence, ParityReport } from './types.ts'
import { describeGaps, describeNoise, summarize } from './words.ts'

const INDENT = '  '
/** Rows of each kind that are shown of one case. */
const MOST_ROWS = 20

/** @param columns of the terminal; lines are kept within them where that is possible. */
export function renderParityText(report: ParityReport, paint: Paint, columns = 80): string[] {
  const side = (name: 'left' | 'right') => {
    const { label, url } = report[name]
    return `${INDENT}${name.padEnd(5)}  ${label}${url === null || url === label ? '' : `  ${paint.dim(url)}`}`
  }
  const cases = report.cases.flatMap((one) => renderCase(one, paint, columns))
  return [
    paint.bold(`parity ${report.suite}`),
    side('left'),
    side('right'),
    '',
    ...cases,
    ...(cases.at(-1) === '' ? [] : ['']),
    ...describeGaps(report).map((line) => paint.warn(line)),
    ...report.troubles.flatMap(({ headline, detail }) => [
      paint.bad(headline),
      ...detail.map((line) => `${INDENT}${line}`),
    ]),
    summarize(report),
    paintHeadline(report, paint),
  ]
}

function paintHeadline({ verdict, headline, exitCode }: ParityReport, paint: Paint): string {
  if (exitCode !== 0) return paint.bad(headline)
  return verdict === 'match' ? paint.good(headline) : paint.warn(headline)
}

const WORDS: Readonly<Record<CaseVerdict, string>> = {
  match: 'match',
  known: 'known',
  diverges: 'DIVERGES',
  unknown: 'UNKNOWN',
}

function renderCase(one: CaseReport, paint: Paint, columns: number): string[] {
  const colour = { match: paint.good, known: paint.warn, diverges: paint.bad, unknown: paint.bad }[
    one.verdict
  ]
  const lines = [
    ...one.unknown,
    ...renderDivergences(one, paint, columns - INDENT.length),
    ...bound(one.noise, (noise) => paint.dim(`noise at ${noise.path}: ${describeNoise(noise)}`)),
    ...bound(one.unproven, ({ path, sides }) =>
      paint.dim(`unproven at ${path}: nothing was seen there (${sides.join(' and ')})`),
    ),
    ...one.notes.map((note) => paint.dim(`note: ${note}`)),
    ...renderShapes(one, paint, columns - INDENT.length),
    ...one.views.flatMap((view) => renderView(view, columns - INDENT.length, paint)),
  ]
  const head = `${colour(WORDS[one.verdict].padEnd(8))} ${one.name}`
  const more = lines.map((line) => `${INDENT}${line}`)
  return lines.length > 0 ? [head, ...more, ''] : [head]
}

/** The two type trees, where they differ. */
function renderShapes({ left, right, outcomes }: CaseReport, paint: Paint, columns: number): string[] {
  if (outcomes.shape !== 'diverges' || left.shape === undefined || right.shape === undefined) return []
  return [
    paint.dim(cut(`left shape   ${left.shape}`, columns)),
    paint.dim(cut(`right shape  ${right.shape}`, columns)),
  ]
}

/** New ones in full; known ones by the gap that covers them. */
function renderDivergences(one: CaseReport, paint: Paint, columns: number): string[] {
  const fresh = one.divergences.filter(({ gap }) => gap === undefined)
  const known = Map.groupBy(
    one.divergences.filter(({ gap }) => gap !== undefined),
    ({ gap }) => gap,
  )
  return [
    ...bound(fresh, (divergence) => paint.bad(renderDivergence(divergence, columns))),
    ...(one.moreDivergences > 0 ? [paint.bad(`and ${one.moreDivergences} more that are not listed`)] : []),
    ...[...known].map(([id, rows]) => {
      const paths = rows.map(({ path }) => path).join(' ')
      return paint.warn(cut(`known gap ${id}: ${paths}`, columns))
    }),
  ]
}

function renderDivergence({ aspect, path, places, left, right }: Divergence, columns: number): string {
  const where = path === aspect ? aspect : `${aspect} at ${path}`
  const often = places > 1 ? ` (${places} places)` : ''
  const line = `${where}${often}: left ${left}, right ${right}`
  // A path is never cut: it is what somebody will look for.
  return line.length <= columns ? line : cut(line, Math.max(columns, where.length + 40))
}

function bound<T>(rows: readonly T[], render: (row: T) => string): string[] {
  const shown = rows.slice(0, MOST_ROWS).map(render)
  return rows.length > MOST_ROWS ? [...shown, `… and ${rows.length - MOST_ROWS} more`] : shown
}
