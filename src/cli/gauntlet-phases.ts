/** The four phases of a gauntlet, as this tool runs them: the verbs verify, review and parity, the gates, the claims. */
import { existsSync, globSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { collectClaims } from '../claims/collect.ts'
import { type LastRun, readLedger } from '../claims/last-run.ts'
import type { ClaimsReport } from '../claims/types.ts'
import { askGit, openRepository } from '../gate/git.ts'
import type { ChainResult } from '../gauntlet/chain-phase.ts'
import { makeIgnoredFolder } from '../gauntlet/folder.ts'
import type { SuiteResult } from '../gauntlet/parity-phase.ts'
import type { ReviewResult } from '../gauntlet/review-phase.ts'
import type { GauntletPhases, PhaseContext } from '../gauntlet/run.ts'
import { count, printable } from '../kernel/text.ts'
import { loadSuite } from '../parity/load-suite.ts'
import { runParity } from '../parity/run.ts'
import { toLabel } from '../review/names.ts'
import { runReview } from '../review/run.ts'
import type { SmokeFile } from '../smoke/types.ts'
import { runAcceptanceGates } from './acceptance-gates.ts'
import { createOwnLender, type LogKeeper } from './commands/parity.ts'
import { verifyOnce } from './commands/verify-once.ts'
import { ExitCode } from './exit-codes.ts'
import { noteWorkingTree, type OpenedClaims } from './open-claims.ts'
import { createReporter } from './render/create.ts'
import { openReviewGround } from './review-ground.ts'
import type { Interrupts } from './signals.ts'

export interface GauntletSettings {
  /** As given on the command line, for the commands that are shown. */
  readonly stackName: string
  /** What is new: `A..B`. Absent: since the commit of the last gauntlet whose review passed. */
  readonly range?: string
  readonly reviewers?: string
  readonly chat?: string
  /** Files of cases; absent: those in `parity/`. */
  readonly parity?: readonly string[]
  /** The commit that is checked out. */
  readonly commit?: string
  readonly interrupts: Interrupts
}

export interface GauntletGround extends OpenedClaims {
  /** The full chain. */
  readonly selected: readonly SmokeFile[]
}

/** What strangers have named may drive no terminal; a gate's lines come painted, and are clean already. */
const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** The phases; what they have to say meanwhile goes to standard error. */
export function createPhases(ground: GauntletGround, settings: GauntletSettings): GauntletPhases {
  const { root } = ground.stack
  let run: LastRun = { notes: ['the chain of this gauntlet has left no run: no smoke is evidence'] }
  return {
    async chain() {
      const { run: made, ...result } = await runFullChain(ground, settings)
      if (made) run = { run: made, notes: [] }
      return result
    },
    review: (context) => review(ground, context, settings),
    parity: () => probe(root, settings),
    claims: () => weighClaims(ground, run, settings),
  }
}

async function runFullChain(
  { stack, selected, logs }: GauntletGround,
  { stackName, interrupts }: GauntletSettings,
): Promise<ChainResult & Pick<LastRun, 'run'>> {
  const { verdict, exitCode, reason } = await verifyOnce({
    stack,
    selected,
    options: { stack: stackName, logs },
    interrupts,
    reports: [],
    attached: undefined,
    reporter: createReporter({ kind: 'auto', aside: true, stdout: process.stdout, stderr: process.stderr }),
  })
  if (!verdict) return { exitCode, ...(reason !== undefined && { reason }) }
  // What is judged is what was written, not what is remembered.
  const ledger = readLedger(verdict.dir)
  if (!ledger.ok) throw new Error(`the ledger of ${verdict.dir} cannot be used: ${ledger.error}`)
  return { exitCode, ledger: ledger.value, run: { id: verdict.run, dir: verdict.dir, ledger: ledger.value } }
}

async function review(
  { stack, logs }: GauntletGround,
  { earlier, signal }: PhaseContext,
  settings: GauntletSettings,
): Promise<ReviewResult> {
  const { root } = stack
  const file = settings.reviewers ?? join(root, 'reviewers.toml')
  if (settings.reviewers === undefined && !existsSync(file)) {
    return skip('no reviewer is configured: there is no reviewers.toml')
  }
  const { chat } = settings
  const ground = await openReviewGround({ reviewers: file, ...(chat !== undefined && { chat }) }, process.env)
  if (!ground.ok) {
    if (ground.error.exitCode === ExitCode.nothingToRun) {
      return skip(`no reviewer is configured in ${relative(root, file)}`)
    }
    return { kind: 'failed', reason: firstLine(ground.error.message) }
  }
  const range = settings.range ?? rangeSince(earlier.reviewed?.report.commit, settings.commit)
  if (range === undefined) return skip('it is not known what is new; name it with --range A..B')
  const output = join(root, 'reports/review')
  makeIgnoredFolder(output)
  const done = await runReview({
    input: { kind: 'range', range, cwd: root },
    label: toLabel(range),
    ...ground.value,
    output,
    env: process.env,
    signal,
    onAnswer: ({ reviewer, bundle, status }) => say(printable(`  ${reviewer} on ${bundle}: ${status}`)),
  })
  if (done.ok) {
    const changed = (await noteWorkingTree(stack, logs))?.dirty === true
    const unseen = [
      ...(changed ? ['a review reads commits, and there are changes that are not committed'] : []),
      ...(await findSkippedCommits(root, range, earlier.reviewed?.report.commit)),
    ]
    return { kind: 'report', report: done.value, unseen }
  }
  const { kind, message } = done.error
  if (kind === 'no-reviewers' || kind === 'nothing-to-review') return skip(firstLine(message))
  return kind === 'interrupted' ? { kind: 'interrupted' } : { kind: 'failed', reason: firstLine(message) }
}

const skip = (reason: string): ReviewResult => ({ kind: 'skipped', reason })

const firstLine = (message: string): string => (message.split('\n')[0] ?? '').replace(/^error: /, '')

/** A range that begins after the last review has ended leaves commits between the two that nobody has read. */
async function findSkippedCommits(
  root: string,
  range: string,
  before: string | undefined,
): Promise<string[]> {
  const [from = ''] = range.split('..')
  if (before === undefined || from === '') return []
  const repository = await openRepository(root, process.env)
  const counted = await askGit(repository, ['rev-list', '--count', `${before}..${from}`])
  // The commit of the last review may be gone, after a rebase.
  if (counted.code !== 0) return [`what lies between the last review and ${range} is not known`]
  const skipped = Number(counted.stdout.toString('utf8'))
  if (skipped === 0) return []
  return [`not reviewed: ${count(skipped, 'commit')} between the last review and ${range}`]
}

function rangeSince(before: string | undefined, now: string | undefined): string | undefined {
  return before === undefined || now === undefined ? undefined : `${before}..${now}`
}

async function probe(root: string, { parity, interrupts }: GauntletSettings): Promise<SuiteResult[]> {
  const files = parity?.map((file) => resolve(file)) ?? (await findSuites(root))
  const results: SuiteResult[] = []
  for (const file of files) {
    const suite = relative(root, file)
    results.push(
      interrupts.stop.aborted
        ? { suite, fault: 'interrupted before it' }
        : await probeSuite(file, suite, interrupts),
    )
  }
  return results
}

/** All files in `parity/`, but for those that a suite names as its known gaps. A file that is broken stays: it is told. */
async function findSuites(root: string): Promise<string[]> {
  const files = globSync('parity/*.toml', { cwd: root })
    .sort()
    .map((file) => join(root, file))
  const loaded = await Promise.all(files.map((file) => loadSuite(file)))
  const gaps = new Set(loaded.flatMap((suite) => (suite.ok ? (suite.value.gaps ?? []) : [])))
  return files.filter((file) => !gaps.has(file))
}

async function probeSuite(cases: string, suite: string, interrupts: Interrupts): Promise<SuiteResult> {
  const logs: LogKeeper = { directory: undefined }
  const done = await runParity({
    cases,
    env: process.env,
    signal: interrupts.stop,
    interruptedBy: () => interrupts.first(),
    lend: createOwnLender(interrupts, logs),
  })
  if (!done.ok) {
    logs.directory?.discard()
    return { suite, fault: firstLine(done.error.messages.join('\n')) }
  }
  const report = done.value
  if (report.troubles.length > 0 && logs.directory) say(`  logs: ${logs.directory.path}`)
  else logs.directory?.discard()
  say(printable(`  ${suite}: ${report.headline}`))
  return { suite, report }
}

async function weighClaims(
  opened: OpenedClaims,
  run: LastRun,
  { interrupts }: GauntletSettings,
): Promise<ClaimsReport> {
  const { stack, logs, claims: file } = opened
  if (file.gates.length > 0) {
    say(`  ${count(file.gates.length, 'acceptance gate')}`)
    await runAcceptanceGates(file.gates, opened, interrupts, { say: (line) => say(`  ${line}`) })
  }
  const tree = await noteWorkingTree(stack, logs)
  return collectClaims({ file, stack, logs, run, ...(tree && { tree }) })
}
