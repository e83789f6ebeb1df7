/** A review from beginning to end. Prints nothing; what it writes lies in one folder of the day. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { now } from '../kernel/clock.ts'
import { messageOf } from '../kernel/errno.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { writeFileAtomic } from '../ledger/write-atomic.ts'
import type { ChatEndpoint } from './ask.ts'
import { type Answered, askAll } from './ask-all.ts'
import { type Bundle, summariseBundle } from './bundle.ts'
import type { ReviewConfig } from './config.ts'
import { claimFolder, type ReviewFolder, releaseFolder } from './folder.ts'
import { indexLines } from './line-index.ts'
import { toDistinctLabels } from './names.ts'
import { countHeard, decideOutcome } from './outcome.ts'
import { hash, type Prepared, type PrepareOptions, prepareReview, type ReviewInput } from './prepare.ts'
import { createCleaner } from './redact.ts'
import { renderMarkdown } from './render-markdown.ts'
import { REFUSE_BYTES, WARN_BYTES } from './size-guard.ts'
import { tallyFindings } from './tally.ts'
import type { AnswerRow, Reviewer, ReviewPlan, ReviewProblem, ReviewReport } from './types.ts'
import { renderVerdictFile } from './verdict-file.ts'

export type { ReviewReport } from './types.ts'

export interface ReviewOptions {
  readonly input: ReviewInput
  /** As `LABEL` allows it. */
  readonly label: string
  readonly config: ReviewConfig
  readonly endpoint: ChatEndpoint
  /** Folder of all reviews: `reports/review`. Made when missing. */
  readonly output: string
  /** Send a diff over 100 KB all the same. */
  readonly allowLarge?: boolean
  /** Questions under way at a time; default 4. */
  readonly parallel?: number
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  /** Called once the bundles are known, before anybody is asked. */
  readonly onPrepared?: (prepared: Prepared, folder: ReviewFolder) => void
  /** Called for each answer as it comes. */
  readonly onAnswer?: (row: AnswerRow) => void
}

const PARALLEL = 4

/** Asks every reviewer about every bundle. Whatever reviewers do is in the report; only what keeps it from being is an error. */
export async function runReview(o: ReviewOptions): Promise<Result<ReviewReport, ReviewProblem>> {
  const startedAt = new Date()
  const begun = now()
  const { config, signal } = o
  if (config.reviewers.length === 0)
    return err({ kind: 'no-reviewers', message: 'no reviewer is configured' })
  const { input, label, env } = o
  const prepared = await prepareReview({
    input,
    config,
    label,
    allowLarge: o.allowLarge ?? false,
    env,
    signal,
  })
  if (!prepared.ok) return prepared

  let folder: ReviewFolder | undefined
  let told = false
  try {
    folder = claimFolder(o.output, startedAt, o.label)
    o.onPrepared?.(prepared.value, folder)
    const answers = await collectAnswers(prepared.value, folder, o)
    if (signal.aborted) return err({ kind: 'interrupted', message: describeInterrupted(answers, folder) })
    const elapsedMs = now() - begun
    const report = buildReport({ o, prepared: prepared.value, folder, answers, startedAt, elapsedMs })
    writeFileAtomic(join(folder.path, report.files.tallyMarkdown), renderMarkdown(report))
    writeFileAtomic(join(folder.path, report.files.tallyJson), `${JSON.stringify(report, null, 2)}\n`)
    told = true
    return ok(report)
  } catch (error) {
    if (!isSystemError(error)) throw error
    return err({ kind: 'unwritable', message: `the review cannot be kept: ${messageOf(error)}` })
  } finally {
    if (folder !== undefined && !told) releaseFolder(folder)
  }
}

const describeInterrupted = (answers: readonly AnswerRow[], { path }: ReviewFolder): string =>
  answers.length === 0
    ? 'interrupted before anybody answered; nothing is kept'
    : `interrupted; what was answered is in ${join(path, 'verdicts')}`

/** What would be sent, and whether it may be: asks nobody, and writes nothing. */
export async function planReview(
  o: Pick<ReviewOptions, 'input' | 'label' | 'allowLarge' | 'env' | 'signal'> &
    Pick<PrepareOptions, 'config'>,
): Promise<Result<ReviewPlan, ReviewProblem>> {
  const prepared = await prepareReview({ ...o, allowLarge: o.allowLarge ?? false })
  if (!prepared.ok) return prepared
  const { source, summary: diff, hunks, bundles, leftOut, warnings } = prepared.value
  return ok({ source, diff, hunks, bundles: bundles.map(summariseBundle), leftOut, warnings })
}

const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error

async function collectAnswers(
  prepared: Prepared,
  folder: ReviewFolder,
  o: ReviewOptions,
): Promise<AnswerRow[]> {
  const { bundles, source, diff, leftOut } = prepared
  const labels = toDistinctLabels(bundles.map(({ name }) => name))
  // No label and no reviewer's name holds `_`: no two answers can have one file.
  const labelOf = (bundle: Bundle): string =>
    source.kind === 'diff' ? folder.label : `${folder.label}_${labels[bundles.indexOf(bundle)] ?? ''}`
  const hashes = new Map(bundles.map((bundle) => [bundle, hash(bundle.text)]))
  const pathsOf = new Map(
    bundles.map((bundle) => [bundle, new Set(bundle.stretches.map(({ file }) => diff.files[file]?.path))]),
  )
  const keep = ({ bundle, reviewer, row, answer }: Answered): void => {
    const facts = { bytes: bundle.bytes, sha256: hashes.get(bundle) ?? '' }
    const text = renderVerdictFile({ label: labelOf(bundle), reviewer, row, bundle: facts, answer })
    writeFileAtomic(join(folder.path, row.file), text)
    o.onAnswer?.(row)
  }
  return askAll({
    bundles,
    reviewers: o.config.reviewers,
    leftOut,
    endpoint: o.endpoint,
    cleaner: createCleaner(o.endpoint.token, o.env),
    index: indexLines(diff),
    parallel: o.parallel ?? PARALLEL,
    signal: o.signal,
    isIn: (path, bundle) => pathsOf.get(bundle)?.has(path) ?? false,
    random: () => randomBytes(12).toString('hex'),
    fileOf: (bundle, reviewer) => join('verdicts', `${labelOf(bundle)}_${reviewer.name}.md`),
    keep,
  })
}

interface ReportInput {
  readonly o: ReviewOptions
  readonly prepared: Prepared
  readonly folder: ReviewFolder
  readonly answers: readonly AnswerRow[]
  readonly startedAt: Date
  readonly elapsedMs: number
}

function buildReport({ o, prepared, folder, answers, startedAt, elapsedMs }: ReportInput): ReviewReport {
  const { source, summary, hunks, bundles, leftOut, overridden } = prepared
  const locations = tallyFindings(answers)
  const denominator = countHeard(answers)
  const { reviewers } = o.config
  return {
    schema: 1,
    label: folder.label,
    startedAt: startedAt.toISOString(),
    elapsedMs: Math.round(elapsedMs),
    source,
    diff: summary,
    hunks,
    guard: { warnBytes: WARN_BYTES, refuseBytes: REFUSE_BYTES, overridden },
    bundles: bundles.map(summariseBundle),
    leftOut,
    reviewers: reviewers.map(({ name, lineage, model }) => ({ name, lineage, model })),
    answers,
    denominator,
    locations,
    ...decideOutcome(answers, locations, denominator),
    warnings: [...prepared.warnings, ...remarkOnLineages(reviewers), ...remarkOnLabel(o.label, folder)],
    files: {
      folder: folder.path,
      tallyJson: join(folder.label, 'tally.json'),
      tallyMarkdown: join(folder.label, 'tally.md'),
    },
  }
}

function remarkOnLineages(reviewers: readonly Reviewer[]): string[] {
  const lineages = new Set(reviewers.map(({ lineage }) => lineage))
  return lineages.size > 1
    ? []
    : [`all reviewers are of one lineage (${[...lineages].join()}): nothing can be convergent`]
}

const remarkOnLabel = (wanted: string, { label }: ReviewFolder): string[] =>
  label === wanted ? [] : [`there is a review "${wanted}" of this day; this one is "${label}"`]
