/** The file of one answer: a header of plain facts, a line, and the answer as it came. */
import type { AnswerRow, Reviewer } from './types.ts'

export interface VerdictFileInput {
  readonly label: string
  readonly reviewer: Reviewer
  readonly row: AnswerRow
  readonly bundle: { readonly bytes: number; readonly sha256: string }
  /** Verbatim, less keys; undefined when there is no answer. */
  readonly answer: string | undefined
}

/** YAML front matter, so that a program reads it as easily; texts of strangers as JSON strings, which YAML takes. */
export function renderVerdictFile({ label, reviewer, row, bundle, answer }: VerdictFileInput): string {
  const facts: readonly (readonly [string, string | number | undefined])[] = [
    ['label', JSON.stringify(label)],
    ['bundle', JSON.stringify(row.bundle)],
    ['diff_bytes', bundle.bytes],
    ['diff_sha256', bundle.sha256],
    ['reviewer', reviewer.name],
    ['lineage', reviewer.lineage],
    ['model', JSON.stringify(reviewer.model)],
    ['status', row.status],
    ['reason', row.reason === undefined ? undefined : JSON.stringify(row.reason)],
    ['verdict', row.verdict],
    ['latency_ms', row.latencyMs],
    ['input_tokens', row.inputTokens ?? 'unknown'],
    ['output_tokens', row.outputTokens ?? 'unknown'],
    ['finish_reason', row.finishReason === undefined ? undefined : JSON.stringify(row.finishReason)],
    ['findings', row.findings.length],
    ['unparsed', row.unparsed.length],
    ['redacted', row.redacted],
  ]
  const lines = facts.flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`]))
  return `---\n${lines.join('\n')}\n---\n\n${answer ?? ''}`
}
