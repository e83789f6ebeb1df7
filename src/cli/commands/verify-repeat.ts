/** `verify --repeat`, `--until-fail`, `--stress`: runs in a row, to hunt what fails only sometimes. */
import { type RunRecord, recordOf } from '../../history/record.ts'
import { endOf, type RepeatEnd, type RepeatLimits, reportRepeat } from '../../history/repeat.ts'
import { type Burners, startBurners } from '../../host/burners.ts'
import { now } from '../../kernel/clock.ts'
import { messageOf } from '../../kernel/errno.ts'
import type { Result } from '../../kernel/result.ts'
import type { AttachedStack } from '../../operate/attach.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { createBriefReporter } from '../render/brief.ts'
import { createReporter } from '../render/create.ts'
import { createPaint, wantsColor } from '../render/paint.ts'
import { renderRepeat } from '../render/repeat.ts'
import type { Reporter } from '../render/reporter.ts'
import { createSink, type Out } from '../render/sink.ts'
import type { ReportRequest } from '../reporters/requests.ts'
import { type RunOutcome, type RunPlan, verifyOnce } from './verify-once.ts'
import type { VerifyOptions } from './verify-options.ts'

/** What cannot be asked for together with several runs; one line each. */
export function findRepeatClashes(options: VerifyOptions, reports: readonly ReportRequest[]): string[] {
  const onStdout = reports.find(({ name, file }) => file === undefined && name !== 'json')
  return [
    ...(onStdout
      ? [
          `several runs make no ${onStdout.name} on standard output; give it a file: --reporter ${onStdout.name}=FILE`,
        ]
      : []),
    ...(options.failOnSlow && options.stress !== undefined
      ? ['--fail-on-slow tells nothing under --stress: durations with busy cores compare with nothing']
      : []),
  ]
}

/** Goes to the stack that is up; says itself why it cannot, and gives the exit code. */
export type Visit = () => Promise<Result<AttachedStack, number>>

/** Makes the runs and prints what they tell together. @returns the worst of their exit codes. */
export async function verifyRepeatedly(plan: RunPlan, limits: RepeatLimits, visit?: Visit): Promise<number> {
  const startedAt = now()
  const stressed = limits.forMs !== undefined
  let burners: Burners | undefined
  try {
    if (stressed) burners = await startBurners()
  } catch (error) {
    return complain([asError(messageOf(error))], ExitCode.toolFault)
  }
  const asJson = plan.reports.some(({ file }) => file === undefined)
  const out = asJson ? process.stderr : process.stdout
  const paint = createPaint(wantsColor(out, process.env))
  const sink = createSink(out, (error) => complain([asError(`cannot write the report: ${error.message}`)], 0))
  const live = out.isTTY && process.env['TERM'] !== 'dumb'
  let series: Series
  try {
    series = await makeRuns({ ...plan, stressed }, limits, visit, (n) =>
      isDetailed(plan.options)
        ? createFullReporter(n, plan.options, asJson)
        : createBriefReporter(sink, { n, paint, live }),
    )
  } finally {
    await burners?.stop()
  }
  const report = reportRepeat({ ...series, stack: plan.stack.name, ms: now() - startedAt, stressed })
  for (const line of renderRepeat(report, paint)) sink.line(line)
  await sink.drain()
  if (asJson) {
    const stdout = createSink(process.stdout)
    stdout.write(`${JSON.stringify(report, null, 2)}\n`)
    await stdout.drain()
  }
  return report.exitCode
}

/** Red runs whose directories outlive the many green ones after them. */
const RED_SPARED = 20

interface Series {
  readonly ended: RepeatEnd
  readonly exitCodes: readonly number[]
  readonly runs: readonly RunRecord[]
}

async function makeRuns(
  plan: RunPlan,
  limits: RepeatLimits,
  visit: Visit | undefined,
  createReporterOf: (n: number) => Reporter,
): Promise<Series> {
  const startedAt = now()
  const exitCodes: number[] = []
  const runs: RunRecord[] = []
  const spare = new Set<string>()
  for (;;) {
    // Files hold the first red run, or the last when all are green: they and the exit code shall not contradict.
    const reports = exitCodes.some((code) => code !== 0) ? [] : plan.reports.filter(({ file }) => file)
    const reporter = createReporterOf(exitCodes.length + 1)
    const outcome = await runOn(visit, (attached) =>
      verifyOnce({ ...plan, attached, reports, reporter, spare }),
    )
    exitCodes.push(outcome.exitCode)
    const record = outcome.verdict && recordOf(outcome.verdict)
    if (record) runs.push(record)
    if (record && record.exitCode !== 0 && spare.size < RED_SPARED) spare.add(record.run)
    const signal = plan.interrupts.first()
    const ended = endOf(limits, {
      runs: exitCodes.length,
      exitCode: outcome.exitCode,
      begun: record !== undefined,
      interrupted: signal !== undefined,
      elapsedMs: now() - startedAt,
    })
    if (ended === undefined) continue
    // It may have come after the end of the last run, which then knows nothing of it.
    if (signal !== undefined) exitCodes.push(signal === 'SIGINT' ? 130 : 143)
    return { ended, exitCodes, runs }
  }
}

/** Makes one run, on the stack that is up when there is one to visit. */
async function runOn(
  visit: Visit | undefined,
  run: (attached: AttachedStack | undefined) => Promise<RunOutcome>,
): Promise<RunOutcome> {
  const attached = await visit?.()
  if (attached?.ok === false) return { exitCode: attached.error }
  try {
    return await run(attached?.value)
  } finally {
    attached?.value.close()
  }
}

const isDetailed = ({ verbose, timing }: VerifyOptions): boolean => (verbose ?? false) || (timing ?? false)

function createFullReporter(
  n: number,
  { verbose = false, timing = false }: VerifyOptions,
  aside: boolean,
): Reporter {
  const [stdout, stderr] = [borrow(process.stdout), borrow(process.stderr)]
  ;(aside ? stderr : stdout).write(`\nrun ${n}\n`)
  return createReporter({ kind: 'plain', aside, stdout, stderr, verbose, timing })
}

/** The stream for one of very many reporters: each would leave a listener on it. Errors have listeners already. */
function borrow(stream: NodeJS.WriteStream): Out {
  return {
    write: (text, done) => stream.write(text, done),
    on: () => undefined,
    isTTY: stream.isTTY,
  }
}
