/** The last run of this stack: was it green; if not, the first cause, and the command that runs it again. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Event, EventOf } from '../../kernel/event.ts'
import type { Failure } from '../../kernel/failure.ts'
import { renderFailure } from '../../kernel/failure-text.ts'
import { readJournal } from '../../ledger/journal.ts'
import { listRuns } from '../../ledger/prune-runs.ts'
import { renderGateLine } from '../../ledger/text.ts'
import { type Verdict, verdictOf } from '../../ledger/verdict.ts'
import type { Check, CheckContext } from '../check.ts'
import { type Finding, ok } from '../finding.ts'
import { type Cause, findFirstCause } from '../first-cause.ts'
import { findErrorLines, listPatterns, type Recognised, recognise } from '../log-patterns.ts'
import { readTail } from '../read-tail.ts'
import { isOwnerAlive } from '../run-owner.ts'
import { showCommand } from '../show-command.ts'

/** How many runs are looked through for one of this stack. */
const LOOKED_THROUGH = 10
const LOG_LINES = 200
const EVIDENCE = 6
const ERROR_LINES = 20

export const lastRunCheck: Check = {
  id: 'last-run',
  group: 'last-run',
  title: 'the last run of the chain: the first cause of its failure, and how to run it again',
  deadlineMs: 10_000,
  run(context) {
    const { root, file, verb } = context
    const runs = join(root, 'logs/runs')
    const ids = existsSync(runs) ? listRuns(runs).slice(-LOOKED_THROUGH).reverse() : []
    for (const id of ids) {
      const finding = judgeRun(join(runs, id), id, context)
      if (finding) return [finding]
    }
    return [ok('last-run.none', `no run of ${file} is recorded; make one: ${verb('verify')}`)]
  },
}

/** Undefined: a run of another stack, or one that never began. */
function judgeRun(dir: string, id: string, context: CheckContext): Finding | undefined {
  const journal = join(dir, 'journal.jsonl')
  if (!existsSync(journal)) return undefined
  let events: readonly Event[]
  try {
    events = readJournal(journal).events
  } catch (error) {
    return {
      id: 'last-run.unreadable',
      severity: 'could-not-check',
      summary: `the journal of the last run cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      remedy: context.verb('verify'),
    }
  }
  const started = events.find((event) => event.type === 'run.started')
  if (started === undefined || started.stack.file !== context.file) return undefined
  return describeRun({ dir, id, events, started, verdict: verdictOf(events), context })
}

interface Run {
  readonly dir: string
  readonly id: string
  readonly events: readonly Event[]
  readonly started: EventOf<'run.started'>
  readonly verdict: Verdict
  readonly context: CheckContext
}

function describeRun(run: Run): Finding {
  const { verdict, events, dir, id, started } = run
  const gateLine = renderGateLine(verdict)
  const cause = findFirstCause(events)
  if (!verdict.finished && isOwnerAlive(dir))
    return ok('last-run.running', `run ${id} goes on at this moment`)
  if (cause) return describeCause(cause, run)
  const again = wholeChain(started.rerun)
  if (!verdict.finished) {
    const summary = `the last run was killed before it ended: ${gateLine}`
    const evidence = [
      `run ${id}`,
      'its tool was ended by SIGKILL, or the machine went down: nothing else is recorded',
    ]
    return { id: 'last-run.killed', severity: 'error', summary, evidence, remedy: again }
  }
  if (verdict.interrupted !== undefined) {
    const summary = `the last run was interrupted (${verdict.interrupted})`
    return { id: 'last-run.interrupted', severity: 'warning', summary, evidence: [gateLine], remedy: again }
  }
  if (verdict.exitCode === 0) {
    const part = verdict.complete ? '' : ` (${verdict.rows.length} of ${verdict.chain.length} smokes)`
    return ok('last-run.passed', `the last run passed${part}: ${gateLine}`)
  }
  return { id: 'last-run.red', severity: 'error', summary: `the last run is red: ${gateLine}`, remedy: again }
}

function describeCause({ failure, daemon, smoke }: Cause, run: Run): Finding {
  const { dir, id, started, verdict, context } = run
  const { headline, detail } = renderFailure(withoutArguments(failure))
  const own = 'log' in failure ? failure.log : []
  const concerned = daemon === undefined ? Object.keys(logsOf(smoke, verdict)) : [daemon]
  const logs = concerned.flatMap((name) => readTail(join(dir, 'daemons', `${name}.log`), LOG_LINES))
  const known = explain(failure, [...own, ...logs], context)
  const next = detail.find((line) => line.startsWith('next: '))?.slice('next: '.length)
  const again = smoke === undefined ? wholeChain(started.rerun) : `${started.rerun} ${smoke}`
  const mend = known?.pattern.remedy ?? (isKill(failure) ? undefined : next)
  const during = smoke === undefined || 'smoke' in failure ? '' : ` (in smoke ${smoke})`
  return {
    id: known ? `last-run.${known.pattern.id}` : `last-run.${failure.tag}`,
    severity: 'error',
    ...(daemon === undefined ? {} : { daemon }),
    summary: `the last run failed first because ${headline}${during}${known ? `: ${known.pattern.cause}` : ''}`,
    evidence: [
      `run ${id}: ${renderGateLine(verdict)}`,
      ...(changedSince(context.file, started.at) ? ['the stack file was changed after this run'] : []),
      ...(known ? [`log: ${known.line}`] : []),
      ...(isKill(failure)
        ? [
            "SIGKILL comes from `kill -9`, or from the kernel when memory runs out: dmesg | grep -i 'killed process'",
          ]
        : []),
      ...detail.filter((line) => !line.startsWith('next: ')).slice(0, EVIDENCE),
    ],
    remedy: mend === undefined ? again : `${mend}; then run it again: ${again}`,
  }
}

/** Only lines that tell of an error: a daemon may have met the same words earlier, and got over it. */
function explain(
  failure: Failure,
  lines: readonly string[],
  { stack }: CheckContext,
): Recognised | undefined {
  const patterns = listPatterns(stack?.doctor?.patterns)
  // Whoever is killed has no last words; what ran out of memory may have said so.
  const able = isKill(failure) ? patterns.filter(({ id }) => id === 'out-of-memory') : patterns
  return recognise(findErrorLines(lines, able, ERROR_LINES), able)
}

function changedSince(file: string, at: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat !== undefined && stat.mtimeMs > Date.parse(at)
}

function isKill(failure: Failure): boolean {
  return failure.tag === 'died' && failure.signal === 'SIGKILL'
}

const logsOf = (smoke: string | undefined, verdict: Verdict) =>
  verdict.rows.find((row) => row.smoke === smoke)?.logs ?? {}

/** Command lines of strangers may hold what must not be shown. */
function withoutArguments(failure: Failure): Failure {
  if (!('holders' in failure)) return failure
  const holders = failure.holders.map((one) => ({ ...one, command: showCommand(one.command) }))
  return { ...failure, holders }
}

/** The journal holds the command for one smoke, without its name. */
const wholeChain = (rerun: string): string => rerun.replace(/ --only$/, '')
