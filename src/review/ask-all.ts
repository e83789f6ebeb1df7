/** Every bundle to every reviewer, so many at a time; answers become rows as they come. */

import { type Asked, askReviewer, type ChatEndpoint } from './ask.ts'
import type { Bundle } from './bundle.ts'
import { describeLeftOut } from './left-out.ts'
import type { LineIndex } from './line-index.ts'
import { parseAnswer } from './parse-answer.ts'
import { buildQuestion, chooseBoundary } from './question.ts'
import type { Cleaner } from './redact.ts'
import type { AnswerRow, LeftOut, Reviewer } from './types.ts'

export interface AskOptions {
  readonly bundles: readonly Bundle[]
  readonly reviewers: readonly Reviewer[]
  readonly leftOut: readonly LeftOut[]
  readonly endpoint: ChatEndpoint
  readonly cleaner: Cleaner
  readonly index: LineIndex
  /** Questions under way at a time. */
  readonly parallel: number
  readonly signal: AbortSignal
  /** Whether the bundle holds a file of this name. */
  readonly isIn: (path: string, bundle: Bundle) => boolean
  /** Makes a fresh word of letters and digits. */
  readonly random: () => string
  /** Where the answer is kept, relative to the report's folder. */
  readonly fileOf: (bundle: Bundle, reviewer: Reviewer) => string
  /** Called for each as it comes; `answer` is verbatim, less keys. */
  readonly keep: (answered: Answered) => void
}

export interface Answered {
  readonly bundle: Bundle
  readonly reviewer: Reviewer
  readonly row: AnswerRow
  readonly answer: string | undefined
}

/** @returns the rows by bundle, then reviewer. Rejects with what `keep` throws; the questions under way are ended first. */
export async function askAll(o: AskOptions): Promise<AnswerRow[]> {
  const questions = o.bundles.flatMap((bundle) => o.reviewers.map((reviewer) => ({ bundle, reviewer })))
  const rows = new Map<number, AnswerRow>()
  const failed = new AbortController()
  const signal = AbortSignal.any([o.signal, failed.signal])
  const queue = questions.entries()
  const work = async (): Promise<void> => {
    for (const [index, { bundle, reviewer }] of queue) {
      if (signal.aborted) return
      const answered = await askOne(bundle, reviewer, { ...o, signal })
      if (signal.aborted) return
      o.keep(answered)
      rows.set(index, answered.row)
    }
  }
  const workers = Array.from({ length: Math.min(o.parallel, questions.length) }, () =>
    work().catch((error: unknown) => {
      failed.abort()
      throw error
    }),
  )
  const ends = await Promise.allSettled(workers)
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return [...rows].sort(([a], [b]) => a - b).map(([, row]) => row)
}

async function askOne(bundle: Bundle, reviewer: Reviewer, o: AskOptions): Promise<Answered> {
  const question = buildQuestion({
    diff: bundle.text,
    component: bundle.component,
    part: { number: o.bundles.indexOf(bundle) + 1, of: o.bundles.length },
    leftOut: o.leftOut.filter(({ path }) => o.isIn(path, bundle)).map(describeLeftOut),
    boundary: chooseBoundary(bundle.text, o.random),
  })
  const asked = await askReviewer(o.endpoint, reviewer, question, o.signal)
  return { bundle, reviewer, ...readAsked(asked, bundle, reviewer, o) }
}

function readAsked(
  asked: Asked,
  bundle: Bundle,
  reviewer: Reviewer,
  o: AskOptions,
): { row: AnswerRow; answer: string | undefined } {
  const { name, lineage, model } = reviewer
  const common = { bundle: bundle.name, reviewer: name, lineage, model, latencyMs: asked.latencyMs }
  const file = o.fileOf(bundle, reviewer)
  if (!asked.ok) {
    const { text: reason, redacted } = o.cleaner.clean(asked.reason)
    const row = { ...common, status: 'failed' as const, reason, findings: [], unparsed: [], redacted, file }
    return { row, answer: undefined }
  }
  const { content, ...facts } = asked.answer
  const { text: answer, redacted } = o.cleaner.clean(content)
  const { findings, unparsed, verdict } = parseAnswer(answer)
  const cut = facts.finishReason === 'length' ? 'cut off at its token limit' : undefined
  const empty = answer.trim() === ''
  const status = empty ? 'empty' : verdict === undefined ? 'no-verdict' : 'answered'
  const reason = [empty ? 'answered nothing' : verdict === undefined ? 'gave no verdict' : undefined, cut]
    .filter((each) => each !== undefined)
    .join('; ')
  const row: AnswerRow = {
    ...common,
    status,
    ...(reason === '' ? {} : { reason }),
    ...(verdict === undefined ? {} : { verdict }),
    ...facts,
    findings: findings.map((finding) => ({
      ...finding,
      ...o.index.find(finding.path, finding.line, finding.endLine),
    })),
    unparsed,
    redacted,
    file,
  }
  return { row, answer }
}
