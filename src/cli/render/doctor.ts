/** The doctor's report, for people and for programs. Both print the fields of a finding and nothing else. */
import type { Check } from '../../doctor/check.ts'
import { type CheckReport, type Finding, SEVERITIES, type Severity } from '../../doctor/finding.ts'
import { sortFindings } from '../../doctor/runner.ts'
import { count } from '../../kernel/text.ts'
import type { Paint } from './paint.ts'

const LABELS: Record<Severity, string> = {
  error: 'ERROR',
  warning: 'WARN',
  'could-not-check': 'UNKNOWN',
  ok: 'ok',
}
const WIDTH = Math.max(...Object.values(LABELS).map((label) => label.length))

function colourOf(severity: Severity, paint: Paint): (text: string) => string {
  if (severity === 'error') return paint.bad
  return severity === 'ok' ? paint.good : paint.warn
}

/** A fix, and how it went; `obstacle` undefined: it is done. */
export interface AppliedFix {
  readonly id: string
  readonly does: string
  readonly obstacle?: string
}

/** All findings, errors first, then the closing line. */
export function renderReport(reports: readonly CheckReport[], paint: Paint): string[] {
  const findings = sortFindings(reports)
  return [...findings.flatMap((finding) => renderFinding(finding, paint)), '', renderClosing(findings)]
}

function renderFinding(finding: Finding, paint: Paint): string[] {
  const { severity, id, summary, evidence = [] } = finding
  const label = colourOf(severity, paint)(LABELS[severity].padEnd(WIDTH))
  const indent = ' '.repeat(WIDTH + 2)
  const head = `${label}  ${summary} ${paint.dim(`[${id}]`)}`
  // What is well needs no proof.
  if (finding.severity === 'ok') return [head]
  return [
    head,
    ...evidence.map((line) => `${indent}${paint.dim(line)}`),
    `${indent}${paint.bold('remedy:')} ${finding.remedy}`,
    ...(finding.fix ? [`${indent}with --fix: ${finding.fix.does}`] : []),
  ]
}

function renderClosing(findings: readonly Finding[]): string {
  const numbers = SEVERITIES.map((severity) => findings.filter((one) => one.severity === severity).length)
  const [errors = 0, warnings = 0, unknown = 0, well = 0] = numbers
  const rest = unknown === 0 ? '' : `, ${unknown} could not be checked`
  return `--- doctor: ${count(errors, 'error')}, ${count(warnings, 'warning')}${rest}, ${well} ok ---`
}

/** What `--fix` is about to do. */
export function renderPlan(fixes: readonly { readonly does: string }[]): string[] {
  if (fixes.length === 0) return ['nothing here can be fixed by the doctor', '']
  return ['the doctor will:', ...fixes.map(({ does }) => `  ${does}`)]
}

/** What `--fix` has done: one line a fix, then an empty one. */
export function renderApplied(applied: readonly AppliedFix[], paint: Paint): string[] {
  const lines = applied.map(({ does, obstacle }) =>
    obstacle === undefined
      ? `${paint.good('done')}: ${does}`
      : `${paint.bad('failed')}: ${does}: ${obstacle}`,
  )
  return [...lines, '']
}

/** `--list`: the checks by name. */
export function renderList(checks: readonly Check[]): string[] {
  const rows = [['check', 'group', 'looks at'], ...checks.map(({ id, group, title }) => [id, group, title])]
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  return rows.map(
    ([id = '', group = '', title = '']) => `${id.padEnd(width(0))}  ${group.padEnd(width(1))}  ${title}`,
  )
}

/** One JSON document: `schema` changes when a field changes its meaning or goes. */
export function renderReportJson(
  reports: readonly CheckReport[],
  more: {
    readonly stack: { readonly name?: string; readonly file: string }
    readonly fixes?: readonly AppliedFix[]
    readonly exitCode: number
  },
): string {
  const document = {
    schema: 1,
    ...more,
    checks: reports.map(({ id, group, state, ms }) => ({ id, group, state, ms: Math.round(ms) })),
    findings: sortFindings(reports).map(toJson),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function toJson(finding: Finding): object {
  const { id, severity, daemon, summary, evidence = [] } = finding
  return {
    id,
    severity,
    ...(daemon === undefined ? {} : { daemon }),
    summary,
    evidence,
    ...(finding.severity === 'ok'
      ? {}
      : { remedy: finding.remedy, ...(finding.fix && { fix: finding.fix.does }) }),
  }
}
