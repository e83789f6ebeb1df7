/** The daemons of a stack that `up` keeps running: health, ownership, restarts, memory, and what their logs tell. */

import { formatBytes } from '../../kernel/units.ts'
import { formatHostPort } from '../../stack/bind.ts'
import type { DaemonSpec } from '../../stack/types.ts'
import type { Check, CheckContext } from '../check.ts'
import { type Finding, ok } from '../finding.ts'
import { findErrorLines, listPatterns, recognise } from '../log-patterns.ts'
import { readTail } from '../read-tail.ts'
import type { RunningDaemon } from '../running-stack.ts'

const LOG_LINES = 200
/** Of `max_rss`, from which on it is worth a word. */
const NEAR_LIMIT = 0.9

export const daemonsCheck: Check = {
  id: 'daemons',
  group: 'daemons',
  title: 'daemons of a running stack: health, ownership, restarts, memory, logs',
  deadlineMs: 20_000,
  async run(context) {
    const running = await context.runningStack()
    if (running === undefined)
      return [ok('daemons.none', `the stack is not up (${context.verb('up')} starts it)`)]
    const { silent, supervisorPid } = running
    if (silent !== undefined) {
      const summary = `the supervisor of the stack, PID ${supervisorPid}, lives but does not answer: ${silent}`
      const remedy = `kill ${supervisorPid}   (its guardian ends the daemons), then: ${context.verb('up')}`
      return [{ id: 'daemons.silent', severity: 'error', summary, remedy }]
    }
    const found = await Promise.all(running.daemons.map((daemon) => judgeDaemon(daemon, context)))
    return found.flat()
  },
}

async function judgeDaemon(daemon: RunningDaemon, context: CheckContext): Promise<Finding[]> {
  const { name, pid, state } = daemon
  const spec = context.stack?.daemons.get(name)
  const state_ = judgeState(daemon, context)
  const rest =
    pid === undefined
      ? []
      : [...judgeOwnership(daemon, pid, context), ...(await judgeMemory(name, pid, spec, context))]
  const findings = [...state_, ...rest, ...judgeRestarts(daemon, context)]
  const logs = findings.some((finding) => finding.id === 'daemons.state') ? [] : judgeLog(daemon, context)
  if (findings.length + logs.length > 0) return [...findings, ...logs]
  return [{ ...ok('daemons.well', `${name} is ${state}`), daemon: name }]
}

function judgeState(daemon: RunningDaemon, context: CheckContext): Finding[] {
  const { name, state, failure, health, logFile } = daemon
  const sick =
    health?.ok === false ? `is ${state}, and its last look at health failed: ${health.saw}` : undefined
  if (state === 'ready' && sick === undefined) return []
  const lines = readTail(logFile, LOG_LINES)
  const known = recognise(lines, listPatterns(context.stack?.doctor?.patterns))
  const mild = state === 'starting' || state === 'stopping'
  const evidence = known ? [`log: ${known.line}`] : lines.slice(-3).map((line) => `log: ${line}`)
  return [
    {
      id: 'daemons.state',
      severity: mild ? 'warning' : 'error',
      daemon: name,
      summary: `${name} ${sick ?? `is ${state}`}${failure === undefined ? '' : `: ${failure}`}${known ? ` (${known.pattern.cause})` : ''}`,
      evidence,
      remedy: `${known ? `${known.pattern.remedy}; then: ` : ''}${context.verb('restart')} ${name}`,
    },
  ]
}

/** Every declared socket must be held by the daemon's own processes, and by nobody else. */
function judgeOwnership(daemon: RunningDaemon, pid: number, { system, verb }: CheckContext): Finding[] {
  const listeners = system.listListeners()
  if (daemon.state !== 'ready' || listeners === undefined) return []
  const own = system.inodesOf([pid, ...system.listFamily(pid).map((member) => member.pid)])
  return daemon.sockets.flatMap((socket): Finding[] => {
    const there = listeners.filter(({ port }) => port === socket.port)
    const foreign = there.filter(({ inode }) => !own.has(inode))
    const address = formatHostPort(socket)
    const about = {
      severity: 'error',
      daemon: daemon.name,
      remedy: `${verb('restart')} ${daemon.name}`,
    } as const
    if (there.length === 0) {
      const summary = `${daemon.name} runs, and nothing listens on its address ${address}`
      return [{ id: 'daemons.not-listening', ...about, summary }]
    }
    if (foreign.length === 0) return []
    const holder = system.holdersOf(socket.port).find((one) => one.pid !== pid)
    const who = holder === undefined || holder.pid === 0 ? 'another process' : `PID ${holder.pid}`
    const summary = `${address} of ${daemon.name} is also held by ${who}, which is none of its own`
    const remedy = holder && holder.pid > 0 ? `kill ${holder.pid}` : about.remedy
    return [{ id: 'daemons.foreign-listener', ...about, summary, remedy }]
  })
}

async function judgeMemory(
  name: string,
  pid: number,
  spec: DaemonSpec | undefined,
  { system, file }: CheckContext,
): Promise<Finding[]> {
  const allowed = spec?.maxRssBytes
  if (allowed === undefined) return []
  const usage = await system.sampleUsage([pid, ...system.listFamily(pid).map((member) => member.pid)])
  if (usage === undefined || usage.rssBytes < allowed * NEAR_LIMIT) return []
  const over = usage.rssBytes > allowed
  return [
    {
      id: 'daemons.memory',
      severity: over ? 'error' : 'warning',
      daemon: name,
      summary: `${name} uses ${formatBytes(usage.rssBytes)} of memory; "max_rss" allows ${formatBytes(allowed)}`,
      remedy: `find what holds it, or edit [daemons.${name}] of ${file}: max_rss = "${formatBytes(allowed * 2).replace(/\.0 | /, '')}"`,
    },
  ]
}

function judgeRestarts({ name, restarts, logFile }: RunningDaemon, { verb }: CheckContext): Finding[] {
  if (restarts === 0) return []
  const times = restarts === 1 ? 'once' : `${restarts} times`
  const summary = `${name} has ended by itself and was started again ${times}`
  const evidence = readTail(logFile, 3).map((line) => `log: ${line}`)
  return [
    {
      id: 'daemons.restarts',
      severity: 'warning',
      daemon: name,
      summary,
      evidence,
      remedy: `${verb('logs')} ${name}`,
    },
  ]
}

function judgeLog({ name, logFile }: RunningDaemon, { stack, verb }: CheckContext): Finding[] {
  const patterns = listPatterns(stack?.doctor?.patterns)
  const lines = findErrorLines(readTail(logFile, LOG_LINES), patterns)
  if (lines.length === 0) return []
  const known = recognise(lines, patterns)
  return [
    {
      id: known ? `daemons.log.${known.pattern.id}` : 'daemons.log',
      severity: 'warning',
      daemon: name,
      summary: `the log of ${name} tells of errors${known ? `: ${known.pattern.cause}` : ''}`,
      evidence: lines.map((line) => `log: ${line}`),
      remedy: known?.pattern.remedy ?? `${verb('logs')} ${name}`,
    },
  ]
}
