/**
 * One run of `smokechain verify`: its directory, its ground, its events and its ledger. The exit code is the
 * verdict's.
 */
import { join, relative, resolve } from 'node:path'
import { type Ground, type NoGround, prepareGround, prepareVisit } from '../../chain/prepare.ts'
import { runChain } from '../../chain/run.ts'
import { createEventStream } from '../../chain/stream.ts'
import { type NotedTree, noteTestedState, noteTree, type TestedState, UNTESTED } from '../../gate/tested.ts'
import { addToHistory } from '../../history/keep.ts'
import { messageOf } from '../../kernel/errno.ts'
import type { Failure } from '../../kernel/failure.ts'
import { ok, type Result } from '../../kernel/result.ts'
import { openJournal } from '../../ledger/journal.ts'
import { createEventRedactor } from '../../ledger/redact-event.ts'
import { openRunDirectory, type RunDirectory } from '../../ledger/run-dir.ts'
import { createVerdict, type Verdict } from '../../ledger/verdict.ts'
import type { AttachedStack } from '../../operate/attach.ts'
import type { SmokeFile } from '../../smoke/types.ts'
import type { Stack } from '../../stack/types.ts'
import {
  asError,
  complain,
  complainAboutGround,
  complainAboutSmokes,
  describeGround,
  describeSmokeProblem,
} from '../complain.ts'
import type { EarlyHost } from '../early-host.ts'
import { ExitCode } from '../exit-codes.ts'
import { createReporter } from '../render/create.ts'
import type { Reporter } from '../render/reporter.ts'
import { createReports } from '../reporters/reports.ts'
import { findPrinted, type ReportRequest } from '../reporters/requests.ts'
import type { Interrupts } from '../signals.ts'
import { toolVersion } from '../version.ts'
import type { VerifyOptions } from './verify-options.ts'
import { createPace } from './verify-pace.ts'

/** What a run is about; the same for each of several runs in a row. */
export interface RunPlan {
  readonly stack: Stack
  readonly selected: readonly SmokeFile[]
  readonly options: VerifyOptions
  readonly interrupts: Interrupts
  /** Made at the end of each run. */
  readonly reports: readonly ReportRequest[]
  /** The stack that is up, when the run is made on that one. */
  readonly attached: AttachedStack | undefined
  /** What tells of it; absent: as the options say. */
  readonly reporter?: Reporter
  /** Ids of earlier runs whose directories stay, however many there are. */
  readonly spare?: ReadonlySet<string>
  /** Gives the run its id. */
  readonly early?: EarlyHost
  /** The cores are kept busy on purpose. */
  readonly stressed?: boolean
}

export interface RunOutcome {
  /** docs/exit-codes.md */
  readonly exitCode: number
  /** Absent: the run never began, and why has been said. */
  readonly verdict?: Verdict
  /** In one line, why it never began. */
  readonly reason?: string
}

/** Runs the selected smokes once. */
export async function verifyOnce(plan: RunPlan): Promise<RunOutcome> {
  const { stack, options, attached } = plan
  const logs = options.logs === undefined ? join(stack.root, 'logs') : resolve(options.logs)
  let directory: RunDirectory
  try {
    directory = openRunDirectory(logs, {
      ...(plan.early && { id: plan.early.run }),
      ...(plan.spare && { spare: plan.spare }),
    })
  } catch (error) {
    const message = `cannot make a run directory in ${logs}: ${messageOf(error)}`
    return { exitCode: complain([asError(message)], ExitCode.toolFault), reason: message }
  }
  const tested = noteTested(plan, logs)
  let ground: Result<Ground, NoGround>
  try {
    ground = attached
      ? await prepareVisit(attached.resolved, directory.id, directory.path)
      : await prepareGround(stack, directory.id, process.env, directory.path)
  } catch (error) {
    directory.discard()
    const message = `cannot prepare the run's folder: ${messageOf(error)}`
    return { exitCode: complain([asError(message)], ExitCode.toolFault), reason: message }
  }
  if (!ground.ok) {
    directory.discard()
    return { exitCode: complainAboutGround(ground.error), reason: describeGround(ground.error) }
  }
  try {
    return await runOn(ground.value, directory, {
      ...plan,
      logs,
      tested: await tested.state,
      tree: tested.tree,
    })
  } finally {
    // Given back by the run itself, unless it never began.
    await ground.value.release()
  }
}

interface Run extends RunPlan {
  /** Folder of the run directories, the receipts and the history. */
  readonly logs: string
  readonly tested: TestedState
  readonly tree: Tested['tree']
}

/** What the gate may trust later, and what the run was made from. */
interface Tested {
  /** To be awaited before anything of the project is started. */
  readonly state: Promise<TestedState>
  /** The run goes on meanwhile. */
  readonly tree: Promise<Result<NotedTree | undefined, string>>
}

function noteTested({ stack, selected, attached }: RunPlan, logs: string): Tested {
  const untested = Promise.resolve(UNTESTED)
  // What was tested on a stack that was up is no longer known.
  if (attached) return { state: untested, tree: Promise.resolve(ok(undefined)) }
  const project = { root: stack.root, logs, env: process.env }
  // The gate trusts nothing but the whole chain.
  if (selected.length !== stack.chain.length) return { state: untested, tree: noteTree(project) }
  const state = noteTestedState({
    ...project,
    stack: { file: stack.file, text: stack.source ?? '' },
    toolVersion: toolVersion(),
  })
  return { state, tree: state.then(({ tree }) => ok(tree)) }
}

async function runOn(ground: Ground, directory: RunDirectory, run: Run): Promise<RunOutcome> {
  const { options, interrupts, attached } = run
  const verdict = createVerdict()
  const reporter = run.reporter ?? createReporterFor(run)
  const lostBeforeStart: Failure[] = []
  let lose = (failure: Failure): void => void lostBeforeStart.push(failure)
  const journal = openJournal(join(directory.path, 'journal.jsonl'), { onLost: (failure) => lose(failure) })
  const emit = createEventStream(createEventRedactor(ground.resolved.secrets), [
    (event) => journal.write(event),
    (event) => verdict.add(event),
    (event) => reporter.event(event),
  ])
  lose = (failure) => emit({ type: 'evidence.lost', failure })
  for (const failure of lostBeforeStart) lose(failure)
  for (const message of directory.warnings) emit({ type: 'warning', message })
  const noted = run.tree.then((tree) => {
    if (!tree.ok) emit({ type: 'warning', message: tree.error })
    else if (tree.value) emit({ type: 'tree.noted', tree: tree.value.id, dirty: tree.value.dirty })
  })
  const pace = createPace(run, emit)
  interrupts.onFirst((signal) => emit({ type: 'interrupted', signal }))

  const running = runChain(
    {
      stack: run.stack,
      selected: run.selected,
      bail: options.bail ?? false,
      ground,
      dir: directory.path,
      toolVersion: toolVersion(),
      rerun: rerunCommand(options),
      findSlow: pace.findSlow,
      failOnSlow: options.failOnSlow ?? false,
      ...(run.early && { host: run.early.host }),
      ...(attached && { crew: (context) => attached.createCrew(context, interrupts.stop) }),
    },
    emit,
    interrupts,
  )
  // While the smoke host starts, on another core.
  pace.readHistory()
  const problems = await running
  await noted
  if (problems) {
    journal.close()
    directory.discard()
    const [first] = problems
    return { exitCode: complainAboutSmokes(problems), ...(first && { reason: describeSmokeProblem(first) }) }
  }
  const warn = (message: string | undefined): void => {
    if (message !== undefined) emit({ type: 'warning', message })
  }
  if (verdict.current().green) warn(await run.tested.confirm())
  const reports = createReports(run.reports, () => ({
    verdict: verdict.current(),
    dir: directory.path,
    env: process.env,
  }))
  await reports.write(lose)
  journal.close()
  const lost = await directory.writeLedger(verdict.current())
  if (lost) {
    lose(lost)
    await reports.write(lose)
  }
  warn(run.tested.writeReceipt(verdict.current()))
  const gap = pace.findGap()
  warn(gap)
  // A store that cannot be read can mostly not be written either: that is told once, unless somebody waits for both.
  warn(addToHistory(run.logs, verdict.current()) ?? (gap === undefined ? pace.fault : undefined))
  const final = verdict.current()
  await reporter.finish(final)
  return { exitCode: await reports.print(final.exitCode), verdict: final }
}

function createReporterFor({ options, reports }: RunPlan): Reporter {
  return createReporter({
    kind: 'auto',
    aside: findPrinted(reports) !== undefined,
    stdout: process.stdout,
    stderr: process.stderr,
    verbose: options.verbose ?? false,
    timing: options.timing ?? false,
  })
}

/** How a person runs one smoke again: through just where this is its own repository, else as it was called. */
function rerunCommand(options: VerifyOptions): string {
  const { stack, attach } = options
  const flag = `${attach ? ' --attach' : ''}${stack === undefined || stack === 'stacks/dev.toml' ? '' : ` --stack ${stack}`}`
  const launcher = process.argv[1] ?? 'smokechain'
  const own = relative(process.cwd(), launcher) === join('src', 'smokechain.mjs')
  return `${own ? 'npx -y rust-just' : `node ${launcher}`} verify${flag} --only`
}
