/** The report that somebody signs: the verdict and why, what is new, every figure with its source, the rule. */
import { basename } from 'node:path'
import { renderClaimsTable, renderGates, renderRisks } from '../claims/markdown.ts'
import { tellTime, tellTree } from '../claims/words.ts'
import { codeMarkdown, escapeMarkdown, fenceMarkdown, tableMarkdown } from '../kernel/markdown.ts'
import { formatDuration } from '../kernel/units.ts'
import { PHASE_WORDS, RULES } from './rules.ts'
import type { GauntletReport, PhaseReport } from './types.ts'
import { listReasons, STATE_WORDS, tellState } from './words.ts'

/** Ends with a line break. */
export function renderGauntletMarkdown(report: GauntletReport): string {
  const parts = [
    renderVerdict(report),
    renderDifferences(report),
    renderPhases(report),
    renderFigures(report),
    ...(report.claims
      ? [
          `## Claims\n\n${renderRun(report.claims)}\n\n${renderClaimsTable(report.claims)}`,
          renderGates(report.claims),
          renderRisks(report.claims),
          renderDecisions(report.claims),
        ]
      : []),
    renderGaps(report),
    renderRule(report),
    report.notes.length > 0
      ? `## Notes\n\n${report.notes.map((note) => `- ${escapeMarkdown(note)}`).join('\n')}`
      : '',
    renderSignature(report),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

/** First of all the verdict and its reasons: whoever reads five lines has read why. */
function renderVerdict(report: GauntletReport): string {
  const { verdict, finished, interrupted, gaps } = report
  const reasons = listReasons(report).map(({ rule, text }) => `- ${escapeMarkdown(text)} (${rule})`)
  const intro =
    verdict === 'ship'
      ? 'Every phase passed, and nothing is known to be wrong.'
      : verdict === 'hold'
        ? 'Not to be shipped, because:'
        : 'To be shipped with what is known to be wrong:'
  return [
    `# Readiness of ${escapeMarkdown(report.stack.name)}: **${verdict}**`,
    ...(interrupted === undefined ? [] : [`**PARTIAL**: interrupted by ${interrupted}.`]),
    ...(finished ? [] : ['**PARTIAL**: this gauntlet was not over when this was written.']),
    [intro, ...(reasons.length > 0 ? ['', ...reasons] : [])].join('\n'),
    ...(verdict === 'hold' && gaps.length > 0 ? [`Beside that, ${gaps.length} known gaps (below).`] : []),
    `Assessed ${tellTime(report.at)}: ${escapeMarkdown(tellState(report))}.`,
  ].join('\n\n')
}

function renderDifferences({ last }: GauntletReport): string {
  if (last === null) return '## Since the last gauntlet\n\nThere was none before.'
  const title = `## Since the last gauntlet (${escapeMarkdown(last.file)}, ${tellTime(last.at)}: ${last.verdict})`
  const lines = last.differences.map((line) => `- ${escapeMarkdown(line)}`)
  return `${title}\n\n${lines.length > 0 ? lines.join('\n') : 'Nothing is different.'}`
}

function renderPhases({ phases }: GauntletReport): string {
  const rows = phases.map(({ phase, state, headline, ms }, index) => [
    String(index + 1),
    PHASE_WORDS[phase],
    state === 'passed' ? STATE_WORDS[state] : `**${STATE_WORDS[state]}**`,
    escapeMarkdown(headline),
    formatDuration(ms),
  ])
  const failed = phases.flatMap(renderReasons)
  const details = phases.flatMap(renderDetail)
  return [
    '## Phases',
    tableMarkdown(['#', 'Phase', 'State', 'In short', 'Took'], rows),
    ...(failed.length > 0 ? [failed.join('\n')] : []),
    ...details,
  ].join('\n\n')
}

function renderDetail({ reasons: [cause], detail = [] }: PhaseReport): string[] {
  if (cause === undefined || detail.length === 0) return []
  return [`${escapeMarkdown(cause)}:`, fenceMarkdown(detail.join('\n'))]
}

const MOST_REASONS = 20

function renderReasons({ phase, state, reasons }: PhaseReport): string[] {
  if (state === 'passed' || state === 'skipped' || state === 'gaps') return []
  const told = reasons
    .slice(0, MOST_REASONS)
    .map((reason) => `- ${PHASE_WORDS[phase]}: ${escapeMarkdown(reason)}`)
  const left = reasons.length - told.length
  return left > 0 ? [...told, `- ${PHASE_WORDS[phase]}: and ${left} more`] : told
}

/** The composite of the phases. */
function renderFigures({ phases }: GauntletReport): string {
  const rows = phases.flatMap(({ phase, figures }) =>
    figures.map(({ name, value, source }) => [
      PHASE_WORDS[phase],
      escapeMarkdown(name),
      String(value),
      `${codeMarkdown(source.file)}: ${codeMarkdown(source.field)}`,
    ]),
  )
  if (rows.length === 0) return ''
  return `## Figures\n\n${tableMarkdown(['Phase', 'Figure', 'Value', 'Source'], rows)}`
}

function renderRun({ run, file }: NonNullable<GauntletReport['claims']>): string {
  const smokes = run
    ? `Smokes are of run ${codeMarkdown(run.id)}${run.tree ? `, ${tellTree(run.tree)}` : ''}.`
    : 'No smoke is evidence: the chain has left no run.'
  return `The claims are those of ${codeMarkdown(basename(file))}. ${smokes}`
}

function renderDecisions({ decisions }: NonNullable<GauntletReport['claims']>): string {
  const open = decisions.filter(({ state }) => state === 'open')
  if (open.length === 0) return '## Open decisions\n\nNone.'
  const lines = open.map(
    ({ id, question, blocks }) =>
      `- **${escapeMarkdown(id)}**${blocks ? ' (blocks)' : ''}: ${escapeMarkdown(question)}`,
  )
  return `## Open decisions\n\n${lines.join('\n')}`
}

function renderGaps({ gaps, facts }: GauntletReport): string {
  if (gaps.length + facts.gaps.length === 0) return '## Known gaps\n\nNone.'
  const all = gaps.map(({ rule, text }) => `- ${escapeMarkdown(text)} (${rule})`).join('\n')
  const rows = facts.gaps.map(({ id, text, state, source }) => [
    escapeMarkdown(id),
    state === 'closed' ? 'closed: its row can go' : state,
    escapeMarkdown(text),
    `${codeMarkdown(source.file)}: ${codeMarkdown(source.field)}`,
  ])
  const table = tableMarkdown(['Gap between the sides', 'State', 'Reason', 'Source'], rows)
  return ['## Known gaps', all, table].filter((part) => part !== '').join('\n\n')
}

/** The whole rule, and which of its rows decided. */
function renderRule({ holds, gaps }: GauntletReport): string {
  const counts = new Map<string, number>()
  for (const { rule } of [...holds, ...gaps]) counts.set(rule, (counts.get(rule) ?? 0) + 1)
  const rows = RULES.map(({ id, verdict, sentence }) => [
    id,
    verdict,
    sentence,
    counts.has(id) ? `**${counts.get(id)}**` : '–',
  ])
  return [
    '## The rule',
    '`hold` when any row for it applies; else `ship-with-known-gap` when any row for that applies; else `ship`.',
    tableMarkdown(['Row', 'Leads to', 'When', 'Applies'], rows),
  ].join('\n\n')
}

function renderSignature({ verdict, tool }: GauntletReport): string {
  return [
    '## Signature',
    `Verdict of smokechain ${escapeMarkdown(tool.version)} (Node ${escapeMarkdown(tool.node)}, ${escapeMarkdown(tool.platform)}): **${verdict}**`,
    [
      'Released as assessed: yes / no',
      'Name: ______________________________',
      'Date: ____________',
      'Signature: ______________________________',
    ]
      .map((line) => `${line}  `)
      .join('\n')
      .trimEnd(),
  ].join('\n\n')
}
