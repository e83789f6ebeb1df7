/**
 * Tests one commit: in place when the working state is that very tree, else in a worktree of its own. It is the commit's
 * own tool that runs, where the tool is part of the repository.
 */
import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { type Guardian, startGuardian } from '../host/guardian.ts'
import { markerEnvironment, runMarker } from '../host/marker.ts'
import { runCommand } from '../host/run-command.ts'
import type { Exit } from '../host/spawn.ts'
import { messageOf } from '../kernel/errno.ts'
import { createRunId } from '../ledger/run-id.ts'
import { type Answer, describe, type Gate, refuse } from './answer.ts'
import { type Child, createChild } from './child.ts'
import { type Demand, projectOf } from './demand.ts'
import { GitFault, openRepository } from './git.ts'
import { linkModules } from './link-modules.ts'
import { describeRuntime, readReceipt } from './receipt.ts'
import { receiptsIn } from './tested.ts'
import { hashWorkingTree } from './tree.ts'
import { openWorktree } from './worktree.ts'

const INTERRUPTED = 'interrupted; push again to go on'

/** A folder that holds the demanded tree and nothing else that is not ignored. */
interface Checkout {
  readonly top: string
  readonly project: string
  readonly inPlace: boolean
}

/** @param logs the tool's folder: where the run and its receipt go. */
export async function testCommit(gate: Gate, demand: Demand, logs: string): Promise<Answer> {
  const marker = runMarker(`gate-${createRunId()}`)
  const guardian = startGuardian({ marker })
  const child = createChild(gate.signals, { ...gate.repository.env, ...markerEnvironment(marker) })
  try {
    return await testGuarded(gate, demand, { logs, guardian, child })
  } catch (error) {
    if (gate.signals.stop.aborted) return refuse(INTERRUPTED)
    if (error instanceof GitFault) throw error
    return refuse(
      `commit ${describe(demand)} could not be tested: ${messageOf(error)}; mend that and push again`,
    )
  } finally {
    await guardian.close()
  }
}

interface Means {
  readonly logs: string
  readonly guardian: Guardian
  readonly child: Child
}

async function testGuarded(gate: Gate, demand: Demand, means: Means): Promise<Answer> {
  const { repository } = gate
  const { top } = repository
  if (await isCheckedOut(gate, demand, means.logs)) {
    return await testIn(
      gate,
      demand,
      { top, project: join(top, projectOf(gate.stack)), inPlace: true },
      means,
    )
  }
  gate.say('the working tree differs from it: testing it in a worktree of its own')
  await using worktree = await openWorktree(repository, demand.commit, {
    guardian: means.guardian,
    signal: gate.signals.stop,
  })
  const checkout = { top: worktree.top, project: join(worktree.top, projectOf(gate.stack)), inPlace: false }
  const linked = await linkModules({ from: repository, to: worktree })
  // What is linked must be what the manifests say; the working tree's own setup sees to that.
  if (linked && !(await setUp(join(top, projectOf(gate.stack)), means.child)))
    return refuseSetup(gate, demand)
  return await testIn(gate, demand, checkout, means)
}

/** Whether the working state is the demanded tree, in a folder where children find this repository again. */
async function isCheckedOut({ repository }: Gate, { subject }: Demand, logs: string): Promise<boolean> {
  const tree = await hashWorkingTree(repository, logs)
  if (!tree.ok || tree.value.id !== subject.tree) return false
  try {
    const found = await openRepository(repository.top, repository.env)
    return found.gitDir === repository.gitDir && found.top === repository.top
  } catch (error) {
    // Reached only through GIT_DIR: there is no `.git` here that a child would find.
    if (error instanceof GitFault) return false
    throw error
  }
}

async function testIn(gate: Gate, demand: Demand, checkout: Checkout, means: Means): Promise<Answer> {
  const { tool, stack } = gate
  const launcher = tool.inTree === undefined ? tool.launcher : join(checkout.top, tool.inTree)
  if (!existsSync(launcher)) {
    return refuse(
      `commit ${describe(demand)} has no ${tool.inTree}, so it cannot test itself; \`git push --no-verify\` sends it untested`,
    )
  }
  if (!(await setUp(checkout.project, means.child))) return refuseSetup(gate, demand)
  const node = nodeOf(checkout.project)
  const exit = await means.child.run(
    [node, launcher, 'verify', '--stack', stack, '--logs', means.logs],
    checkout.top,
    checkout.project,
  )
  if (gate.signals.stop.aborted) return refuse(INTERRUPTED)
  if (exit.code !== 0) {
    return refuse(
      `commit ${describe(demand)}: ${explain(exit)} (above); mend it, commit, and push again. Logs: ${join(means.logs, 'latest')}`,
      exit.code ?? undefined,
    )
  }
  const subject = { ...demand.subject, runtime: await runtimeOf(node, checkout.top) }
  const receipt = readReceipt(receiptsIn(means.logs), subject)
  if (receipt.ok) return { admitted: true }
  const perhaps = checkout.inPlace ? 'files changed meanwhile, or a smoke was skipped' : 'a smoke was skipped'
  return refuse(
    `commit ${describe(demand)}: its run gave no receipt that counts (${receipt.error}); perhaps ${perhaps} (above); mend it and push again`,
  )
}

/** What the exit code of verify says (docs/exit-codes.md). */
function explain({ code, signal }: Exit): string {
  if (code === null) return `its run was ended by ${signal}`
  if (code === 1) return 'its chain is not green'
  if (code === 2) return 'its smokechain does not take this stack, a smoke or the command line'
  if (code === 3) return 'its stack did not come up'
  return `its run ended with exit code ${code}`
}

/** Runs `scripts/setup.sh` of the project, if it has one. @returns false when it failed. */
async function setUp(project: string, child: Child): Promise<boolean> {
  const script = join(project, 'scripts/setup.sh')
  if (!existsSync(script)) return true
  return (await child.run(['/bin/sh', script], project, project)).code === 0
}

const refuseSetup = ({ signals }: Gate, demand: Demand): Answer =>
  signals.stop.aborted
    ? refuse(INTERRUPTED)
    : refuse(`commit ${describe(demand)}: scripts/setup.sh failed (above); mend that and push again`)

/** The Node that the project pins, or else the one that runs us. */
function nodeOf(project: string): string {
  const own = join(project, 'node_modules/.bin/node')
  return existsSync(own) ? own : process.execPath
}

/** What `describeRuntime` says in a process of that Node. */
async function runtimeOf(node: string, cwd: string): Promise<string> {
  if (realpathSync(node) === realpathSync(process.execPath)) return describeRuntime()
  const script = "process.stdout.write(process.version + ' ' + process.platform + '-' + process.arch)"
  const done = await runCommand({ command: [node, '-e', script], cwd, env: {} })
  return done.ok ? done.value.stdout.toString('utf8') : describeRuntime()
}
