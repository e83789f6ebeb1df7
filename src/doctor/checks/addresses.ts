/** Is each declared address free, held by our own stack, or whose is it? */
import type { Holder } from '../../kernel/failure.ts'
import { formatHostPort } from '../../stack/bind.ts'
import type { BindSpec, DaemonSpec } from '../../stack/types.ts'
import type { Check, CheckContext } from '../check.ts'
import { type Finding, ok } from '../finding.ts'
import { type RunSurvey, surveyRuns } from '../live-runs.ts'
import { showHolder } from '../show-command.ts'

export const addressesCheck: Check = {
  id: 'addresses',
  group: 'addresses',
  title: 'each declared address: free, ours, or whose',
  deadlineMs: 10_000,
  async run(context) {
    const { stack, system } = context
    if (stack === undefined)
      return [
        unknown(
          'the addresses cannot be read off a stack file that is broken',
          'mend the stack file first; the check "stack-file" says how',
        ),
      ]
    const fixed = [...stack.daemons.values()].flatMap((daemon) =>
      daemon.binds.filter(({ port }) => port !== 0).map((bind) => ({ daemon, bind })),
    )
    if (fixed.length === 0)
      return [ok('addresses.leased', 'every port is leased when the stack starts: none can be taken')]
    if (system.listListeners() === undefined) {
      return [unknown('this system does not tell who listens', 'sudo lsof -iTCP -sTCP:LISTEN -P -n')]
    }
    const survey = await surveyRuns(context)
    const ours = await ownPids(context)
    return fixed.map(({ daemon, bind }) => judge(daemon, bind, { context, survey, ours }))
  },
}

const unknown = (summary: string, remedy: string): Finding => ({
  id: 'addresses.unknown',
  severity: 'could-not-check',
  summary,
  remedy,
})

/** Every process of the stack that `up` keeps running. */
async function ownPids({ runningStack, system }: CheckContext): Promise<ReadonlySet<number>> {
  const running = await runningStack()
  const roots = running?.daemons.flatMap(({ pid }) => (pid === undefined ? [] : [pid])) ?? []
  return new Set(roots.flatMap((pid) => [pid, ...system.listFamily(pid).map((member) => member.pid)]))
}

interface Knowledge {
  readonly context: CheckContext
  readonly survey: RunSurvey
  readonly ours: ReadonlySet<number>
}

function judge(daemon: DaemonSpec, bind: BindSpec, { context, survey, ours }: Knowledge): Finding {
  const address = formatHostPort(bind)
  const { name } = daemon
  const holders = context.system.holdersOf(bind.port).filter(({ pid }) => !ours.has(pid))
  const [holder] = holders
  if (holder === undefined) {
    const held = context.system.holdersOf(bind.port).length > 0
    const state = held ? `is held by ${name} itself, which is running` : 'is free'
    return { ...ok(held ? 'addresses.ours' : 'addresses.free', `${address} ${state}`), daemon: name }
  }
  const known = survey.processes.find(({ pid }) => pid === holder.pid)
  const evidence = holders.map((one) => `${one.address}: ${showHolder(one)}`)
  const about = { daemon: name, evidence }
  if (known && survey.live.has(known.run)) {
    const summary = `${address} of ${name} is held by a run that goes on at this moment`
    const remedy = `wait for run ${known.run} to end, or change "bind" in [daemons.${name}] to port 0`
    return { id: 'addresses.busy', severity: 'warning', ...about, summary, remedy }
  }
  if (known) {
    const summary = `${address} of ${name} is held by ${known.owner ?? 'a process'} of an earlier run: ${showHolder(holder)}`
    return { id: 'addresses.orphan', severity: 'error', ...about, summary, remedy: `kill ${holder.pid}` }
  }
  const summary = `${address} of ${name} is held by another process: ${showHolder(holder)}`
  return {
    id: 'addresses.taken',
    severity: 'error',
    ...about,
    summary,
    remedy: remedyFor(holder, daemon, bind, context),
  }
}

function remedyFor(
  holder: Holder,
  { name }: DaemonSpec,
  bind: BindSpec,
  { file, system }: CheckContext,
): string {
  const free = formatHostPort({ ...bind, port: 0 })
  const key = bind.name === 'main' ? 'bind' : `binds.${bind.name}`
  const edit = `edit [daemons.${name}] of ${file}: ${key} = "${free}"`
  if (holder.pid !== 0) return `kill ${holder.pid}   (if it is not needed), or ${edit}`
  const ask =
    system.platform === 'darwin'
      ? `sudo lsof -nP -iTCP:${bind.port} -sTCP:LISTEN`
      : `sudo ss -ltnp 'sport = :${bind.port}'`
  return `${ask}   (names it), or ${edit}`
}
