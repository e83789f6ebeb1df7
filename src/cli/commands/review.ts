/** `smokechain review`: what several reviewers say of a diff. The work is in src/review. */
import { readFileSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { err, ok, type Result } from '../../kernel/result.ts'
import { count, printable } from '../../kernel/text.ts'
import { LABEL, LABEL_HINT, toLabel } from '../../review/names.ts'
import type { ReviewInput } from '../../review/prepare.ts'
import { renderText } from '../../review/render-text.ts'
import { runReview } from '../../review/run.ts'
import type { AnswerRow, ReviewProblem, ReviewReport } from '../../review/types.ts'
import { describeVerdict, oneLine } from '../../review/words.ts'
import { asError, complain, describeError } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { openReviewGround } from '../review-ground.ts'
import { watchSignals } from '../signals.ts'

export interface ReviewCommandOptions {
  readonly label?: string
  readonly range?: string
  readonly reviewers?: string
  readonly chat?: string
  readonly output: string
  readonly allowLarge?: boolean
  readonly parallel: number
  readonly json?: boolean
}

/** Runs the command. @returns the exit code. */
export async function review(diff: string | undefined, options: ReviewCommandOptions): Promise<number> {
  const label = chooseLabel(diff, options)
  if (!label.ok) return refuse(label.error)
  const ground = await openReviewGround(options, process.env)
  if (!ground.ok) return complain([ground.error.message], ground.error.exitCode)
  const { config, endpoint } = ground.value
  const input = await readInput(diff, options)
  if (!input.ok) return refuse(input.error)

  const signals = watchSignals()
  let interruptedBy: string | undefined
  signals.onFirst((signal) => {
    interruptedBy = signal
  })
  const note = (text: string): void => void process.stderr.write(`${oneLine(text)}\n`)
  try {
    const done = await runReview({
      input: input.value,
      label: label.value,
      config,
      endpoint,
      output: options.output,
      allowLarge: options.allowLarge ?? false,
      parallel: options.parallel,
      env: process.env,
      signal: signals.stop,
      onPrepared: ({ bundles, warnings }) => {
        for (const warning of warnings) note(`warning: ${warning}`)
        note(`asking ${count(config.reviewers.length, 'reviewer')} about ${count(bundles.length, 'bundle')}`)
      },
      onAnswer: (row) => note(describeArrival(row)),
    })
    if (!done.ok) return explain(done.error, interruptedBy)
    return tell(done.value, options)
  } finally {
    signals.dispose()
  }
}

function chooseLabel(
  diff: string | undefined,
  { label, range }: ReviewCommandOptions,
): Result<string, string> {
  if ((diff === undefined) === (range === undefined)) {
    return err('name either a file that holds a diff (- for standard input), or --range A..B')
  }
  if (label !== undefined) {
    return LABEL.test(label) ? ok(label) : err(`"${label}" is no label: ${LABEL_HINT}`)
  }
  return range === undefined ? err('a diff needs a name: --label LABEL') : ok(toLabel(range))
}

async function readInput(
  diff: string | undefined,
  { range }: ReviewCommandOptions,
): Promise<Result<ReviewInput, string>> {
  if (range !== undefined) return ok({ kind: 'range', range, cwd: process.cwd() })
  if (diff === '-') {
    return ok({ kind: 'diff', file: 'standard input', bytes: await buffer(process.stdin) })
  }
  try {
    return ok({ kind: 'diff', file: diff ?? '', bytes: readFileSync(diff ?? '') })
  } catch (error) {
    return err(`the diff cannot be read: ${describeError(error)}`)
  }
}

function describeArrival(row: AnswerRow): string {
  const { reviewer, bundle, findings } = row
  return `${reviewer} on ${bundle}: ${describeVerdict(row)}, ${count(findings.length, 'finding')}`
}

function tell(report: ReviewReport, { json }: ReviewCommandOptions): number {
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : renderText(report))
  process.stderr.write(`kept in ${report.files.folder}: ${report.files.tallyMarkdown}, verdicts/\n`)
  return report.outcome === 'clear' ? ExitCode.ok : ExitCode.failed
}

function explain({ kind, message }: ReviewProblem, interruptedBy: string | undefined): number {
  return complain([asError(message)], exitCodeOf(kind, interruptedBy))
}

function exitCodeOf(kind: ReviewProblem['kind'], interruptedBy: string | undefined): number {
  switch (kind) {
    case 'no-reviewers':
    case 'nothing-to-review':
      return ExitCode.nothingToRun
    case 'usage':
    case 'too-large':
      return ExitCode.usage
    case 'unwritable':
      return ExitCode.toolFault
    case 'interrupted':
      return interruptedBy === 'SIGINT' ? 130 : 143
  }
}

const refuse = (message: string): number => complain([asError(printable(message))], ExitCode.usage)
