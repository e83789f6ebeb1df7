/** The gauntlet's end on a terminal of 80 columns: the verdict and why, what is new, the phases. */
import { relative } from 'node:path'
import { tellTime } from '../../claims/words.ts'
import { PHASE_WORDS } from '../../gauntlet/rules.ts'
import type { GauntletReport, PhaseReport, PhaseState, VerdictWord } from '../../gauntlet/types.ts'
import { listReasons, STATE_WORDS, tellState } from '../../gauntlet/words.ts'
import { printable } from '../../kernel/text.ts'
import { formatDuration } from '../../kernel/units.ts'
import type { ClaimsView } from './claims.ts'
import { wrap } from './claims.ts'
import type { Paint } from './paint.ts'

const MOST = 12

/** All of it: the first lines say why, the last one is what a script reads. */
export function renderGauntlet(report: GauntletReport, file: string, view: ClaimsView): string[] {
  const { paint, width } = view
  const { verdict, interrupted } = report
  const colour = colourOfVerdict(verdict, paint)
  const partial = interrupted === undefined ? '' : ` (partial: ${interrupted})`
  return [
    `${colour(paint.bold(verdict.toUpperCase()))}${partial}  ${printable(report.stack.name)}, ${tellTime(report.at)}`,
    ...listSome(
      listReasons(report).map(({ rule, text }) => `${text} [${rule}]`),
      width,
    ),
    ...renderDifferences(report, view),
    '',
    ...report.phases.flatMap((phase, index) => renderPhase(phase, index, view)),
    '',
    paint.dim(tellState(report)),
    `report: ${relative(view.cwd, file)}`,
    `--- gauntlet: ${verdict} ---`,
  ]
}

function renderDifferences({ last }: GauntletReport, { paint, width }: ClaimsView): string[] {
  if (last === null) return [paint.dim('there was no gauntlet before')]
  const since = `since ${last.file} (${tellTime(last.at)}, ${last.verdict}):`
  if (last.differences.length === 0) return wrap(`${since} nothing is different`, 0, width)
  return [...wrap(since, 0, width), ...listSome(last.differences, width)]
}

/** One phase: its state and, below, what it found in short. */
export function renderPhase(
  { phase, state, headline, ms }: PhaseReport,
  index: number,
  { paint, width }: ClaimsView,
): string[] {
  const colour = colourOfState(state, paint)
  const name = `${index + 1} ${PHASE_WORDS[phase]}`.padEnd(14)
  return [
    `${name}${colour(STATE_WORDS[state])}${paint.dim(`  ${formatDuration(ms)}`)}`,
    ...wrap(printable(headline), 4, width),
  ]
}

function listSome(lines: readonly string[], width: number): string[] {
  const shown = lines.slice(0, MOST).flatMap((line) => {
    const [first = '', ...rest] = wrap(printable(line), 4, width)
    return [`  - ${first.trimStart()}`, ...rest]
  })
  return lines.length > MOST ? [...shown, `  … and ${lines.length - MOST} more`] : shown
}

function colourOfVerdict(verdict: VerdictWord, paint: Paint): (text: string) => string {
  if (verdict === 'ship') return paint.good
  return verdict === 'hold' ? paint.bad : paint.warn
}

function colourOfState(state: PhaseState, paint: Paint): (text: string) => string {
  if (state === 'passed') return paint.good
  return state === 'gaps' || state === 'skipped' ? paint.warn : paint.bad
}
