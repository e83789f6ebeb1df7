/** A parity comparison from its files to its report: load, find or borrow the sides, ask, compare, judge. */
import { now } from '../kernel/clock.ts'
import { createRedactor } from '../kernel/redact.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { didYouMean } from '../kernel/text.ts'
import { type Asked, askSide } from './ask.ts'
import { compareCase } from './compare-case.ts'
import type { GapFile } from './gap-types.ts'
import { type FilledHeaders, fillHeaders } from './headers.ts'
import { judgeGaps } from './judge-gaps.ts'
import { loadGaps } from './load-gaps.ts'
import { loadSuite } from './load-suite.ts'
import type { Loan, ParityOptions, ParityRefusal } from './run-types.ts'
import { createShow, type Show } from './show.ts'
import type { ParityCase, ParitySuite } from './suite-types.ts'
import { chooseExitCode, countParity, judgeParity, renderHeadline } from './summarize.ts'
import { isUrl, parseTarget, type Target } from './target.ts'
import type { CaseReport, ParityReport, SideName, Trouble } from './types.ts'

/**
 * Compares two implementations by a cases file. Boots the sides that are daemons of a stack file through `o.lend`, and
 * asks those that are URLs where they are. A side that does not answer makes its cases UNKNOWN, never the call fail.
 *
 * @returns the report, or what is wrong with files and arguments, in which case nothing was booted or asked.
 */
export async function runParity(o: ParityOptions): Promise<Result<ParityReport, ParityRefusal>> {
  const plan = await planParity(o)
  return plan.ok ? await runPlan(plan.value, o) : plan
}

interface PlannedCase extends FilledHeaders {
  readonly one: ParityCase
}

interface Plan {
  readonly suite: ParitySuite
  readonly gaps: GapFile | undefined
  readonly cases: readonly PlannedCase[]
  /** As they were given. */
  readonly sides: Readonly<Record<SideName, string>>
  /** Names of daemons to be lent, and of the file that has them. */
  readonly daemons: readonly string[]
  readonly stack: string
}

const refuse = (messages: readonly string[], exitCode: 2 | 4 = 2) => err({ messages, exitCode })
const asError = (text: string): string => `error: ${text}`

async function planParity(o: ParityOptions): Promise<Result<Plan, ParityRefusal>> {
  const suite = await loadSuite(o.cases)
  if (!suite.ok) return refuse(suite.error)
  const gapsPath = o.gaps ?? suite.value.gaps
  const gaps = gapsPath === undefined ? undefined : await loadGaps(gapsPath, suite.value)
  if (gaps?.ok === false) return refuse(gaps.error)
  const selected = selectCases(suite.value, o.only)
  if (!selected.ok) return selected
  const sides = findSides(suite.value, o)
  if (!sides.ok) return refuse(sides.error.map(asError))
  const filled = selected.value.map((one) => ({ one, headers: fillHeaders(one, o.env) }))
  const faults = filled.flatMap(({ headers }) => (headers.ok ? [] : [asError(headers.error)]))
  if (faults.length > 0) return refuse(faults)
  return ok({
    ...sides.value,
    suite: suite.value,
    gaps: gaps?.value,
    cases: filled.flatMap(({ one, headers }) => (headers.ok ? [{ one, ...headers.value }] : [])),
  })
}

function selectCases(
  suite: ParitySuite,
  only: readonly string[] | undefined,
): Result<readonly ParityCase[], ParityRefusal> {
  if (only === undefined) return ok(suite.cases)
  const names = suite.cases.map(({ name }) => name)
  const unknown = only.filter((name) => !names.includes(name))
  if (unknown.length > 0) {
    return refuse(unknown.map((name) => asError(`no case named "${name}"${didYouMean(name, names)}`)))
  }
  const selected = suite.cases.filter(({ name }) => only.includes(name))
  return selected.length > 0 ? ok(selected) : refuse([asError('no case is selected')], 4)
}

function findSides(
  suite: ParitySuite,
  o: ParityOptions,
): Result<Pick<Plan, 'sides' | 'daemons' | 'stack'>, readonly string[]> {
  const faults: string[] = []
  const find = (side: SideName): string => {
    const given = o[side] ?? suite[side]
    if (given === undefined) {
      faults.push(
        `there is no ${side} side: give --${side} a URL or the name of a daemon, or \`${side}\` in the file`,
      )
      return ''
    }
    const parsed = isUrl(given) ? parseTarget(given) : undefined
    if (parsed?.ok === false) faults.push(`the ${side} side: ${parsed.error}`)
    return given
  }
  const sides = { left: find('left'), right: find('right') }
  const daemons = [...new Set(Object.values(sides).filter((given) => given !== '' && !isUrl(given)))]
  const stack = o.stack ?? suite.stack
  if (daemons.length > 0 && stack === undefined) {
    const names = daemons.map((name) => `"${name}"`).join(' and ')
    faults.push(`${names}: no URL (http://…), and there is no stack file to boot it from: give --stack`)
  }
  return faults.length > 0 ? err(faults) : ok({ sides, daemons, stack: stack ?? '' })
}

const hasOtherSides = ({ suite, sides }: Plan): boolean =>
  (['left', 'right'] as const).some((side) => suite[side] !== undefined && suite[side] !== sides[side])

type Targets = Readonly<Record<SideName, Target | string>>

async function runPlan(plan: Plan, o: ParityOptions): Promise<Result<ParityReport, ParityRefusal>> {
  const at = new Date().toISOString()
  const startedAt = now()
  let cases: readonly CaseReport[] | undefined
  let troubles: readonly Trouble[] = []
  let targets = findTargets(plan, undefined)
  if (plan.daemons.length === 0) cases = await runCases(plan, targets, [], o)
  else {
    const loan = await o.lend(plan.stack, plan.daemons, async (lent) => {
      targets = findTargets(plan, lent)
      cases = await runCases(plan, targets, lent.secrets, o)
    })
    if ('unusable' in loan) return refuse(loan.unusable)
    troubles = loan.troubles
    if (!loan.up) targets = { left: describeNotUp(loan.troubles), right: describeNotUp(loan.troubles) }
  }
  // Daemons that did not come up answer nothing; each case says so.
  cases ??= await runCases(plan, targets, [], o)
  const judged = judgeGaps(cases, plan.gaps?.gaps ?? [])
  return ok(writeReport(plan, { ...judged, troubles, targets, at, ms: now() - startedAt }, o))
}

function describeNotUp([first]: readonly Trouble[]): string {
  return `the stack did not come up${first === undefined ? '' : `: ${first.headline}`}`
}

function findTargets({ sides }: Plan, loan: Loan | undefined): Targets {
  const find = (given: string): Target | string => {
    const url = isUrl(given) ? given : loan?.urls.get(given)
    const parsed = url === undefined ? undefined : parseTarget(url)
    return parsed?.ok ? parsed.value : `${given} is not up`
  }
  return { left: find(sides.left), right: find(sides.right) }
}

/** One case after the other: they may build on each other. Both sides of a case are asked at the same time. */
async function runCases(
  { cases }: Plan,
  targets: Targets,
  secrets: readonly string[],
  { signal, onCase }: ParityOptions,
): Promise<readonly CaseReport[]> {
  const all = [...secrets, ...cases.flatMap((planned) => planned.secrets)]
  const show = createShow(createRedactor(all))
  const reports: CaseReport[] = []
  for (const planned of cases) {
    const report = await runCase(planned, targets, show, signal)
    reports.push(report)
    onCase?.(report, { done: reports.length, total: cases.length })
  }
  return reports
}

/**
 * What diverges is asked once more: a clock that ticked between the two sides, or an answer that one of them gives only
 * at times, is noise or unknown, and no divergence.
 */
async function runCase(
  { one, headers }: PlannedCase,
  { left, right }: Targets,
  show: Show,
  signal: AbortSignal,
): Promise<CaseReport> {
  const askBoth = (asks: number) => {
    const ask = (target: Target | string) =>
      askSide({ ...one, asks }, signal.aborted ? 'not asked: interrupted' : target, headers, signal)
    return Promise.all([ask(left), ask(right)])
  }
  const [ours, theirs] = await askBoth(one.asks)
  const report = compareCase(one, ours, theirs, show)
  if (report.divergences.length === 0 || one.asks === 1 || signal.aborted) return report
  const [oursAgain, theirsAgain] = await askBoth(1)
  return compareCase(one, joinAsked(ours, oursAgain), joinAsked(theirs, theirsAgain), show)
}

const joinAsked = (before: Asked, again: Asked): Asked => ({
  ...again,
  received: [...before.received, ...again.received],
  asked: before.asked + again.asked,
})

interface Outcome extends Pick<ParityReport, 'cases' | 'gaps' | 'troubles' | 'at' | 'ms'> {
  readonly targets: Targets
}

function writeReport(plan: Plan, { targets, ...done }: Outcome, o: ParityOptions): ParityReport {
  const counts = countParity(done.cases, done.gaps)
  const describe = (side: SideName) => {
    const target = targets[side]
    const url = typeof target === 'string' ? null : target.url
    return { label: isUrl(plan.sides[side]) ? (url ?? '') : plan.sides[side], url }
  }
  const interrupted = o.signal.aborted ? (o.interruptedBy?.() ?? 'SIGINT') : undefined
  const report = {
    schema: 1 as const,
    suite: plan.suite.name,
    file: plan.suite.file,
    gapsFile: plan.gaps?.file ?? null,
    left: describe('left'),
    right: describe('right'),
    ...(hasOtherSides(plan) ? { otherSides: true as const } : {}),
    verdict: judgeParity(counts, done.troubles),
    headline: renderHeadline(done.cases, counts),
    counts,
    ...done,
    ms: Math.round(done.ms),
    ...(interrupted === undefined ? {} : { interrupted }),
  }
  return { ...report, exitCode: chooseExitCode(report) }
}
