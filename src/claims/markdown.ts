/** The claims report as Markdown: for a report, a pull request, a page. */
import { codeMarkdown, escapeMarkdown, fenceMarkdown, tableMarkdown } from '../kernel/markdown.ts'
import type { ClaimReport, ClaimsReport, Evidence } from './types.ts'
import {
  STATE_WORDS,
  sortClaims,
  tellCounts,
  tellNothing,
  tellOutcome,
  tellSource,
  tellTime,
  tellTree,
} from './words.ts'

/** The whole report; ends with a line break. */
export function renderClaimsMarkdown(report: ClaimsReport): string {
  const parts = [
    `# Claims of ${escapeMarkdown(report.stack)}`,
    `**${escapeMarkdown(tellCounts(report))}**`,
    renderSource(report),
    renderClaimsTable(report),
    renderStrangers(report),
    renderGates(report),
    renderRisks(report),
    ...(report.notes.length > 0
      ? [`## Notes\n\n${report.notes.map((note) => `- ${escapeMarkdown(note)}`).join('\n')}`]
      : []),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function renderSource({ run, tree }: ClaimsReport): string {
  if (!run) return 'There is no run of this stack: no smoke is evidence.'
  const at = [tellTime(run.at), ...(run.tree ? [tellTree(run.tree)] : [])].join(', ')
  const moved =
    run.tree && tree && run.tree.id !== tree.id ? ` The working state is another now: ${tellTree(tree)}.` : ''
  return `Run ${codeMarkdown(run.id)} of ${at}: ${codeMarkdown(run.gateLine)}${run.whole ? '' : ', a part of the chain'}.${moved}`
}

/** The claims and their evidence, those that are not proven first. */
export function renderClaimsTable({ claims }: Pick<ClaimsReport, 'claims'>): string {
  return tableMarkdown(
    ['Claim', 'Severity', 'State', 'Evidence'],
    sortClaims(claims).map((claim) => [
      `**${escapeMarkdown(claim.id)}**: ${escapeMarkdown(claim.sentence)}${claim.state === 'proven' ? '' : `<br>at stake: ${escapeMarkdown(claim.risk)}`}`,
      claim.severity,
      claim.state === 'proven' ? 'proven' : `**${STATE_WORDS[claim.state]}**`,
      renderEvidence(claim),
    ]),
  )
}

function renderEvidence(claim: ClaimReport): string {
  if (claim.evidence.length === 0) return tellNothing(claim)
  return claim.evidence.flatMap(renderOne).join('<br>')
}

function renderOne(evidence: Evidence): string[] {
  const note = evidence.note === undefined ? '' : ` (${escapeMarkdown(evidence.note)})`
  const at = evidence.kind !== 'smoke' && evidence.at !== undefined ? `, ${tellTime(evidence.at)}` : ''
  const steps = evidence.kind === 'smoke' ? evidence.steps : []
  return [
    `${evidence.result}: ${escapeMarkdown(tellSource(evidence))}${at}${note}`,
    ...steps.map(({ title, ok }) => `${ok ? '✓' : '✗'} ${escapeMarkdown(title)}`),
  ]
}

function renderStrangers({ strangers }: ClaimsReport): string {
  if (strangers.length === 0) return ''
  const lines = strangers.map(
    ({ claim, named, nearest }) =>
      `- ${escapeMarkdown(named)} names ${codeMarkdown(claim)}${nearest === undefined ? '' : `; ${codeMarkdown(nearest)} may be meant`}`,
  )
  return ['## Evidence without a claim', '', ...lines].join('\n')
}

/** The acceptance gates, and of those that failed what they wrote. */
export function renderGates({ gates }: Pick<ClaimsReport, 'gates'>): string {
  if (gates.length === 0) return ''
  const table = tableMarkdown(
    ['Gate', 'Proves', 'Result', 'When', 'Tree', 'Command'],
    gates.map((gate) => {
      const { last } = gate
      const result = last === undefined ? 'not run' : escapeMarkdown(tellOutcome(last, gate))
      return [
        escapeMarkdown(gate.id),
        escapeMarkdown(gate.claims.join(', ')),
        `${last?.outcome === 'passed' ? result : `**${result}**`}${gate.stale === undefined ? '' : ` (${escapeMarkdown(gate.stale)})`}`,
        last === undefined ? '' : tellTime(last.at),
        last?.tree ? last.tree.id.slice(0, 10) : '',
        codeMarkdown(gate.command.join(' ')),
      ]
    }),
  )
  const outputs = gates.flatMap(({ id, last }) =>
    last === undefined || last.outcome === 'passed' || last.output.length === 0
      ? []
      : [`Last lines of ${escapeMarkdown(id)}:`, fenceMarkdown(last.output.join('\n'))],
  )
  return ['## Acceptance gates', table, ...outputs].join('\n\n')
}

/** The risk register, open risks first. */
export function renderRisks({ risks }: Pick<ClaimsReport, 'risks'>): string {
  if (risks.length === 0) return ''
  const order = ['open', 'accepted', 'mitigated', 'closed']
  const table = tableMarkdown(
    ['Risk', 'Severity', 'State', 'What closes it', 'Claims'],
    risks
      .toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
      .map((risk) => [
        `**${escapeMarkdown(risk.id)}**: ${escapeMarkdown(risk.sentence)}`,
        risk.severity,
        risk.state === 'open' ? '**open**' : risk.state,
        escapeMarkdown(risk.closes),
        escapeMarkdown(risk.claims.join(', ')),
      ]),
  )
  return `## Risk register\n\n${table}`
}
