/** The claims report for a terminal: 80 columns, those that are not proven first. */
import { relative } from 'node:path'
import type { ClaimReport, ClaimState, ClaimsReport, Evidence, GateRecord } from '../../claims/types.ts'
import {
  STATE_WORDS,
  sortClaims,
  tellCounts,
  tellNothing,
  tellOutcome,
  tellSource,
  tellTime,
  tellTree,
} from '../../claims/words.ts'
import { count, printable } from '../../kernel/text.ts'
import { createPaint, type Paint, wantsColor } from './paint.ts'

const SIGNS: Readonly<Record<ClaimState, string>> = {
  proven: '✓',
  partly: '~',
  unproven: '?',
  'no-evidence': '?',
  broken: '✗',
}

export interface ClaimsView {
  readonly paint: Paint
  /** Columns of the terminal. */
  readonly width: number
  /** Paths are shown relative to it. */
  readonly cwd: string
}

/** As it is at this moment: a window may change its width. */
export function claimsViewOf(out: NodeJS.WriteStream): ClaimsView {
  return { paint: createPaint(wantsColor(out, process.env)), width: out.columns ?? 80, cwd: process.cwd() }
}

/** All of it; the last line counts. */
export function renderClaims(report: ClaimsReport, view: ClaimsView): string[] {
  return [
    ...renderHead(report, view),
    '',
    renderColumns(view),
    ...sortClaims(report.claims).flatMap((claim) => renderClaim(claim, view)),
    ...renderStrangers(report, view),
    ...renderNotes(report, view),
    '',
    renderClosing(report),
  ]
}

function renderHead({ stack, file, run, tree }: ClaimsReport, view: ClaimsView): string[] {
  const { paint } = view
  const title = `${paint.bold(`claims of ${printable(stack)}`)}  ${paint.dim(relative(view.cwd, file))}`
  if (!run) return [title, paint.warn('there is no run of this stack; make one: smokechain verify')]
  const about = [tellTime(run.at), ...(run.tree ? [tellTree(run.tree)] : [])].join(', ')
  const moved =
    run.tree && tree && run.tree.id !== tree.id
      ? [paint.warn(`the working state is now ${tellTree(tree)}`)]
      : []
  return [title, `run ${run.id}`, `${about}  ${run.gateLine}`, ...moved]
}

function renderClaim(claim: ClaimReport, view: ClaimsView): string[] {
  const { paint } = view
  const colour = colourOf(claim.state, paint)
  const state = claim.state === 'proven' ? '' : `  ${STATE_WORDS[claim.state].toUpperCase()}`
  const head = `${colour(SIGNS[claim.state])} ${paint.bold(claim.id)} ${paint.dim(`(${claim.severity})`)}${colour(state)}`
  const more =
    claim.state === 'proven'
      ? []
      : [
          ...wrap(`promised: ${claim.sentence}`, 4, view.width),
          ...wrap(`at stake: ${claim.risk}`, 4, view.width),
        ]
  const evidence = claim.evidence.flatMap((one) => renderEvidence(one, view))
  return [head, ...more, ...(evidence.length > 0 ? evidence : [`    ${tellNothing(claim)}`])]
}

/** The columns of a piece of evidence: result, where it comes from, when, on which tree. */
const COLUMNS = { indent: 4, result: 7, when: 16, tree: 10, gap: 2 } as const

const sourceWidth = (width: number): number =>
  Math.max(20, width - COLUMNS.indent - COLUMNS.result - COLUMNS.when - COLUMNS.tree - 3 * COLUMNS.gap)

function renderColumns({ paint, width }: ClaimsView): string {
  return paint.dim(joinColumns(width, 'RESULT'.padEnd(COLUMNS.result), 'EVIDENCE', 'WHEN (UTC)', 'TREE'))
}

function joinColumns(width: number, result: string, source: string, when: string, tree: string): string {
  const gap = ' '.repeat(COLUMNS.gap)
  const cells = [result, source.padEnd(sourceWidth(width)), when.padEnd(COLUMNS.when), tree]
  return `${' '.repeat(COLUMNS.indent)}${cells.join(gap)}`.trimEnd()
}

function renderEvidence(evidence: Evidence, { paint, width }: ClaimsView): string[] {
  const { result, note, at, tree } = evidence
  const why = note === undefined ? '' : `: ${printable(note)}`
  const [first = '', ...rest] = wrap(`${printable(tellSource(evidence))}${why}`, 0, sourceWidth(width))
  const when =
    at === undefined ? [] : [tellTime(at).replace(' UTC', ''), tree?.id.slice(0, COLUMNS.tree) ?? '–']
  const label = paint.verdict(result, result.padEnd(COLUMNS.result))
  const indent = COLUMNS.indent + COLUMNS.result + COLUMNS.gap
  const steps = evidence.kind === 'smoke' ? evidence.steps : []
  return [
    joinColumns(width, label, first, when[0] ?? '', when[1] ?? ''),
    ...rest.map((line) => `${' '.repeat(indent)}${line}`),
    ...steps.flatMap(({ title, ok }) => {
      const [head = '', ...more] = wrap(printable(title), indent + 4, width)
      const sign = ok ? paint.good('✓') : paint.bad('✗')
      return [`${' '.repeat(indent + 2)}${sign} ${head.trimStart()}`, ...more]
    }),
  ]
}

function renderStrangers({ strangers }: ClaimsReport, { paint, width }: ClaimsView): string[] {
  if (strangers.length === 0) return []
  const lines = strangers.flatMap(({ claim, named, nearest }) =>
    wrap(
      printable(`${named} names "${claim}"${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`),
      4,
      width,
    ),
  )
  return [paint.bad('✗ evidence for claims that the file does not have'), ...lines]
}

function renderNotes({ notes }: ClaimsReport, { paint, width }: ClaimsView): string[] {
  return notes.flatMap((note) => wrap(`note: ${printable(note)}`, 0, width).map(paint.dim))
}

function renderClosing(report: ClaimsReport): string {
  const strangers = report.strangers.length
  const unknown = strangers === 0 ? '' : `, ${count(strangers, 'unknown claim')}`
  return `--- claims: ${tellCounts(report)}${unknown} ---`
}

/** One gate that is over. */
export function renderGate(record: GateRecord, { paint, width }: ClaimsView): string[] {
  const passed = record.outcome === 'passed'
  const sign = passed ? paint.good('✓') : paint.bad('✗')
  const head = `${sign} gate ${record.gate}: ${clip(printable(tellOutcome(record)), width - record.gate.length - 9)}`
  if (passed) return [head]
  return [head, ...record.output.map((line) => paint.dim(`    ${clip(line, width - 4)}`))]
}

function colourOf(state: ClaimState, paint: Paint): (text: string) => string {
  if (state === 'proven') return paint.good
  return state === 'broken' ? paint.bad : paint.warn
}

const clip = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`

/** Words in lines of at most `width`, each indented; a word that is longer than a line stays whole. */
export function wrap(text: string, indent: number, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((one) => ' '.repeat(indent) + one)
}
