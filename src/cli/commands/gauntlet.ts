/** `smokechain gauntlet`: the readiness assessment in four phases, and a verdict that somebody can sign. */
import { join, resolve } from 'node:path'
import { askGit, GitFault, openRepository } from '../../gate/git.ts'
import { PHASE_WORDS } from '../../gauntlet/rules.ts'
import { runGauntlet } from '../../gauntlet/run.ts'
import { type GauntletReport, PHASES } from '../../gauntlet/types.ts'
import { messageOf } from '../../kernel/errno.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { createPhases, type GauntletGround } from '../gauntlet-phases.ts'
import { loadChain } from '../load-chain.ts'
import { noteWorkingTree, openClaims } from '../open-claims.ts'
import { claimsViewOf } from '../render/claims.ts'
import { renderGauntlet, renderPhase } from '../render/gauntlet.ts'
import { createSink } from '../render/sink.ts'
import { type Interrupts, watchSignals } from '../signals.ts'
import { toolVersion } from '../version.ts'

export interface GauntletCommandOptions {
  readonly stack: string
  readonly claims?: string
  readonly range?: string
  readonly reviewers?: string
  readonly chat?: string
  readonly parity?: readonly string[]
  readonly output?: string
  readonly logs?: string
  readonly json?: boolean
}

/** Runs the command. @returns 0 for the two verdicts that ship, 1 for hold, 130 or 143 when interrupted. */
export async function gauntlet(options: GauntletCommandOptions): Promise<number> {
  const chain = await loadChain({ stack: options.stack })
  if (!chain.ok) return chain.error
  const opened = await openClaims(options)
  if (!opened.ok) return opened.error
  const interrupts = watchSignals()
  try {
    const ground = { ...opened.value, selected: chain.value.selected }
    const { report, markdown } = await run(ground, options, interrupts)
    const out = createSink(process.stdout)
    if (options.json) out.write(`${JSON.stringify(report, null, 2)}\n`)
    else for (const line of renderGauntlet(report, markdown, claimsViewOf(process.stdout))) out.line(line)
    await out.drain()
    return report.exitCode
  } catch (error) {
    return complain([asError(`the gauntlet has no report: ${messageOf(error)}`)], ExitCode.toolFault)
  } finally {
    interrupts.dispose()
  }
}

async function run(
  ground: GauntletGround,
  options: GauntletCommandOptions,
  interrupts: Interrupts,
): Promise<{ report: GauntletReport; markdown: string }> {
  const { stack, logs } = ground
  const { range, reviewers, chat, parity } = options
  const commit = await findCommit(stack.root)
  const people = createSink(process.stderr)
  const view = claimsViewOf(process.stderr)
  const { report, place } = await runGauntlet({
    stack: { name: stack.name, file: stack.file },
    tool: {
      version: toolVersion(),
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
    },
    ...(commit !== undefined && { commit }),
    folder: options.output === undefined ? join(stack.root, 'reports/gauntlet') : resolve(options.output),
    phases: createPhases(ground, {
      stackName: options.stack,
      interrupts,
      ...(range !== undefined && { range }),
      ...(reviewers !== undefined && { reviewers }),
      ...(chat !== undefined && { chat }),
      ...(parity !== undefined && { parity }),
      ...(commit !== undefined && { commit }),
    }),
    signal: interrupts.stop,
    interruptedBy: () => interrupts.first(),
    noteTree: () => noteWorkingTree(stack, logs),
    onStart: (phase, number) =>
      people.line(view.paint.bold(`phase ${number} of ${PHASES.length}: ${PHASE_WORDS[phase]}`)),
    onEnd: (phase) => {
      for (const line of renderPhase(phase, PHASES.indexOf(phase.phase), view)) people.line(line)
      people.line()
    },
  })
  await people.drain()
  return { report, markdown: place.markdown }
}

/** Undefined outside of a git repository, and before the first commit. */
async function findCommit(root: string): Promise<string | undefined> {
  try {
    const repository = await openRepository(root, process.env)
    const { code, stdout } = await askGit(repository, ['rev-parse', '--verify', '--quiet', 'HEAD'])
    return code === 0 ? stdout.toString('utf8').trim() : undefined
  } catch (error) {
    // No repository, or no git: then there is no commit to tell.
    if (error instanceof GitFault) return undefined
    throw error
  }
}
