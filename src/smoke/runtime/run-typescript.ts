/** Has a smoke host run one smoke, under its budget, and adds what only the tool can see: that it hangs or has gone. */
import type { LogFile } from '../../host/log-file.ts'
import { ownerMarker } from '../../host/marker.ts'
import type { Failure, FailureOf } from '../../kernel/failure.ts'
import { formatDuration } from '../../kernel/units.ts'
import type { SmokeInfo, SmokeOutcome } from '../types.ts'
import { endLeftovers } from './family.ts'
import type { Finished } from './messages.ts'
import { OutputSplitter } from './output-splitter.ts'
import { resolveWithin } from './resolve-within.ts'
import type { HostExit } from './smoke-host.ts'
import { type End, type TypescriptRun, Watch } from './watch.ts'

/** How long the end of the output may lag behind the news that the smoke is over. */
const OUTPUT_MS = 1_000

/** Runs the smoke. `clean`: the host may run the next one; otherwise it has been ended. */
export async function runTypescript(o: TypescriptRun): Promise<{ outcome: SmokeOutcome; clean: boolean }> {
  const { host, info, log } = o
  const owner = ownerMarker(o.run, `smoke:${info.id}`)
  const boundary = `\u0000end of ${info.id} ${o.run.value}\n`
  const output = new OutputSplitter(boundary, (chunk) => log.write(chunk))
  const watch = new Watch(o)
  host.onOutput = (chunk) => output.push(chunk)
  const end = await watch.run(owner.value, boundary)
  if (end.how === 'finished') {
    await resolveWithin(OUTPUT_MS, output.seen)
    const left = end.finished.spawned ? await endLeftovers(host.familyOf(owner), host.identity?.pid) : []
    const clean = !end.finished.dirty && host.isAlive
    if (!clean) await host.kill(owner)
    host.onOutput = undefined
    const outcome = describeFinished(info, end.finished, left)
    watch.closeSteps(outcome.failures[0])
    return { outcome: { ...outcome, steps: watch.steps, expectations: watch.expectations }, clean }
  }
  const failures = await describeEnd(end, watch, info)
  await host.kill(owner)
  output.flush()
  host.onOutput = undefined
  const told = failures.map((failure) => withLog(failure, log))
  watch.closeSteps(told[0])
  const { steps, expectations } = watch
  const reason = end.how === 'aborted' ? { reason: 'interrupted' } : {}
  return { outcome: { verdict: 'FAIL', failures: told, steps, expectations, ...reason }, clean: false }
}

function describeFinished(
  info: SmokeInfo,
  finished: Finished,
  left: readonly string[],
): Pick<SmokeOutcome, 'verdict' | 'failures' | 'reason'> {
  const failures = [...finished.failures]
  if (left.length > 0) {
    const detail = `still running when the smoke had ended (now killed): ${left.join(', ')}`
    failures.push({ tag: 'smoke-broken', smoke: info.id, how: 'left-process', detail })
  }
  const { skipped } = finished
  const verdict = failures.length > 0 ? 'FAIL' : skipped === undefined ? 'PASS' : 'SKIP'
  return {
    verdict,
    failures,
    ...(verdict === 'SKIP' && skipped !== undefined ? { reason: skipped } : {}),
  }
}

async function describeEnd(
  end: Exclude<End, { how: 'finished' }>,
  watch: Watch,
  info: SmokeInfo,
): Promise<Failure[]> {
  if (end.how === 'aborted') return []
  const last = watch.open.at(-1)
  const step = last ? { step: last.step } : {}
  const broken = (how: FailureOf<'smoke-broken'>['how'], detail: string): Failure[] => [
    { tag: 'smoke-broken', smoke: info.id, how, detail, ...step },
  ]
  if (end.how === 'exited') return broken('exited', describeExit(end.exit))
  const budget = formatDuration(info.budgetMs)
  const waitingFor = await watch.askWhatFor()
  if (waitingFor === undefined) {
    return broken(
      'over-budget',
      `${budget}; its event loop does not turn: an endless loop, or a synchronous call`,
    )
  }
  // What is innermost was begun last.
  const what = waitingFor.filter((item) => last === undefined || !item.startsWith(`step "${last.step}"`))
  return broken('over-budget', `${budget}${what.length === 0 ? '' : `; waiting for ${what.join(', ')}`}`)
}

function describeExit(exit: HostExit): string {
  if (exit.detail !== undefined) return `its process could not be started: ${exit.detail}`
  if (exit.signal !== null) return `its process was ended by ${exit.signal}`
  return `its process ended with code ${exit.code}: process.exit() in the smoke, or a crash`
}

/** A crash tells its cause in the log, or nowhere. */
function withLog(failure: Failure, log: LogFile): Failure {
  if (failure.tag !== 'smoke-broken' || failure.how !== 'exited') return failure
  const tail = log.tail(10)
  return tail.length === 0 ? failure : { ...failure, stack: tail.join('\n') }
}
