/** `smokechain review`: what several reviewers say of a diff. The work is in src/review. */
import { readFileSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { messageOf } from '../../kernel/errno.ts'
import { err, ok, type Result } from '../../kernel/result.ts'
import { count, printable } from '../../kernel/text.ts'
import { LABEL, LABEL_HINT, toLabel } from '../../review/names.ts'
import type { ReviewInput } from '../../review/prepare.ts'
import { renderPlan, renderText } from '../../review/render-text.ts'
import { planReview, type ReviewOptions, runReview } from '../../review/run.ts'
import type { AnswerRow, ReviewProblem, ReviewReport } from '../../review/types.ts'
import { describeVerdict, oneLine } from '../../review/words.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import {
  type NoReviewGround,
  openReviewConfig,
  openReviewGround,
  type ReviewGround,
} from '../review-ground.ts'
import { watchSignals } from '../signals.ts'

export interface ReviewCommandOptions {
  readonly label?: string
  readonly range?: string
  readonly reviewers?: string
  readonly chat?: string
  readonly output: string
  readonly allowLarge?: boolean
  readonly dryRun?: boolean
  readonly parallel: number
  readonly json?: boolean
}

/** Runs the command. @returns the exit code. */
export async function review(diff: string | undefined, options: ReviewCommandOptions): Promise<number> {
  const label = chooseLabel(diff, options)
  if (!label.ok) return refuse(label.error)
  const ground = await (options.dryRun ? openDryGround(options) : openReviewGround(options, process.env))
  if (!ground.ok) return complain([ground.error.message], ground.error.exitCode)
  const input = await readInput(diff, options)
  if (!input.ok) return refuse(input.error)

  const signals = watchSignals()
  let interruptedBy: string | undefined
  signals.onFirst((signal) => {
    interruptedBy = signal
  })
  const common = {
    input: input.value,
    label: label.value,
    allowLarge: options.allowLarge ?? false,
    env: process.env,
    signal: signals.stop,
  }
  try {
    const { config, endpoint } = ground.value
    const done = await (endpoint === undefined
      ? plan({ ...common, config }, options)
      : ask({ ...common, config, endpoint }, options))
    return done.ok ? done.value : explain(done.error, interruptedBy)
  } finally {
    signals.dispose()
  }
}

/** Nobody is asked, so that nobody need be configured. */
type DryGround = Omit<ReviewGround, 'endpoint'> & { readonly endpoint: undefined }

async function openDryGround(o: ReviewCommandOptions): Promise<Result<DryGround, NoReviewGround>> {
  const config = await openReviewConfig(o.reviewers)
  return config.ok ? ok({ config: config.value, endpoint: undefined }) : config
}

type Common = Pick<ReviewOptions, 'input' | 'label' | 'allowLarge' | 'env' | 'signal' | 'config'>

async function plan(common: Common, { json }: ReviewCommandOptions): Promise<Result<number, ReviewProblem>> {
  const planned = await planReview(common)
  if (!planned.ok) return planned
  process.stdout.write(json ? `${JSON.stringify(planned.value, null, 2)}\n` : renderPlan(planned.value))
  return ok(ExitCode.ok)
}

async function ask(
  common: Common & Pick<ReviewOptions, 'endpoint'>,
  options: ReviewCommandOptions,
): Promise<Result<number, ReviewProblem>> {
  const note = (text: string): void => void process.stderr.write(`${oneLine(text)}\n`)
  const { reviewers } = common.config
  const done = await runReview({
    ...common,
    output: options.output,
    parallel: options.parallel,
    onPrepared: ({ bundles, warnings }) => {
      for (const warning of warnings) note(`warning: ${warning}`)
      note(`asking ${count(reviewers.length, 'reviewer')} about ${count(bundles.length, 'bundle')}`)
    },
    onAnswer: (row) => note(describeArrival(row)),
  })
  return done.ok ? ok(tell(done.value, options)) : done
}

function chooseLabel(
  diff: string | undefined,
  { label, range, dryRun }: ReviewCommandOptions,
): Result<string, string> {
  if ((diff === undefined) === (range === undefined)) {
    return err('name either a file that holds a diff (- for standard input), or --range A..B')
  }
  if (label !== undefined) {
    return LABEL.test(label) ? ok(label) : err(`"${label}" is no label: ${LABEL_HINT}`)
  }
  if (range !== undefined) return ok(toLabel(range))
  return dryRun ? ok('diff') : err('a diff needs a name: --label LABEL')
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
    return err(`the diff cannot be read: ${messageOf(error)}`)
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
