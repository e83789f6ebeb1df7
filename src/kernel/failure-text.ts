/**
 * Every failure in plain words: what happened, where, what was seen, what to do next.
 * Exhaustive: a new variant of `Failure` without words here does not compile. Text from other programs is
 * made safe to print and bounded, because it ends up on terminals.
 */
import type { Failure, FailureOf } from './failure.ts'
import { renderBrokenSmoke } from './failure-broken-smoke.ts'
import { renderLimit } from './failure-limit.ts'
import {
  describeExit,
  describeHolders,
  describeLocation,
  describeLog,
  describeProbes,
  type FailureText,
  lines,
  list,
  next,
  oneLine,
  SHOWN,
} from './failure-words.ts'
import { unreachable } from './result.ts'
import { describeSlowness } from './slowness.ts'
import { bounded, count } from './text.ts'
import { formatDuration } from './units.ts'

function renderSpawnFailed(f: FailureOf<'spawn-failed'>): FailureText {
  const program = oneLine(f.command[0] ?? '', 200)
  const words: Record<typeof f.reason, [what: string, step: string]> = {
    'not-found': [
      `command not found: ${program}`,
      `install ${program}, or correct "command" of ${f.daemon}; a relative path counts from its working directory`,
    ],
    'not-executable': [
      `${program} is not executable`,
      `chmod +x ${program}, or name its interpreter first in "command" of ${f.daemon}`,
    ],
    'bad-directory': [
      `its working directory ${oneLine(f.cwd, 200)} does not exist or cannot be entered`,
      `create that directory, or correct "cwd" of ${f.daemon}`,
    ],
    other: [`the system refused: ${oneLine(f.detail)}`, `run the command by hand in ${oneLine(f.cwd, 200)}`],
  }
  const [what, step] = words[f.reason]
  return {
    headline: `${f.daemon} could not be started: ${what}`,
    detail: [
      `command: ${bounded(f.command.map((word) => oneLine(word)).join(' '), 500)}`,
      `in: ${oneLine(f.cwd)}`,
      ...(f.detail === '' || f.reason === 'other' ? [] : [oneLine(f.detail)]),
      next(step),
    ],
  }
}

function renderNotReady(f: FailureOf<'not-ready'>): FailureText {
  const [first, ...more] = f.lacking
  if (f.timeoutMs === 0) {
    // Nobody waited for it: it was looked at.
    const headline = `${f.daemon} is not ready: ${oneLine(first ?? 'no reason is known')}`
    return { headline, detail: [...describeLog(f.log, f.daemon), next(`see "status" and its log`)] }
  }
  return {
    headline: `${f.daemon} was not ready within ${formatDuration(f.timeoutMs)}: ${oneLine(first ?? 'no reason is known')}`,
    detail: [
      ...more.map((what) => `also lacking: ${oneLine(what)}`),
      ...describeProbes(f.probes),
      ...describeLog(f.log, f.daemon),
      next(`see why in its log; if it is only slow, raise "ready_timeout" of ${f.daemon}`),
    ],
  }
}

function renderStepFailed(f: FailureOf<'step-failed'>): FailureText {
  const [first] = f.mismatches
  const shown = f.mismatches.slice(0, SHOWN.mismatches)
  const left = f.mismatches.length - shown.length
  return {
    headline: `${f.smoke}: step "${oneLine(f.step)}" failed: ${oneLine(first?.what ?? 'no expectation is named')}`,
    detail: [
      ...(f.request ? [`request:  ${f.request.daemon} ${f.request.method} ${oneLine(f.request.url)}`] : []),
      ...shown.flatMap((m, i) => [
        ...(i === 0 ? [] : [`also: ${oneLine(m.what)}`]),
        ...lines('expected: ', m.expected),
        ...lines('received: ', m.received),
      ]),
      ...(left > 0 ? [`and ${count(left, 'more expectation')} that did not hold`] : []),
      ...(f.waited
        ? [`waited:   ${formatDuration(f.waited.ms)}, ${count(f.waited.attempts, 'attempt')}`]
        : []),
      ...(f.location ? [`at:       ${describeLocation(f.location)}`] : []),
    ],
  }
}

function nextForNotAlive({ daemon, probes }: FailureOf<'not-alive'>): string {
  // Looked at whether or not the stack file asks for liveness.
  if (probes.at(-1)?.kind === 'listen') return 'see its log; a daemon keeps its sockets until it gets SIGTERM'
  return `see its log; "alive" of ${daemon} says what is asked`
}

const LEAKS: Record<FailureOf<'leak'>['kind'], [what: string, step: string]> = {
  process: ['process', 'end that process; the daemon must end its children when it gets SIGTERM'],
  port: ['port', 'find its holder with: ss -ltnp (Linux) or lsof -iTCP -sTCP:LISTEN (macOS)'],
  lease: [
    'port lease',
    'delete the lease file; if it comes back at every run, report it as a fault of this tool',
  ],
  folder: ['temporary folder', 'delete that folder, after a look at what still writes to it'],
}

const ESCAPED =
  'the daemon must end its children when it gets SIGTERM; this one had left its parent, session and environment'

export type { FailureText } from './failure-words.ts'

/** A failure in words for people. Never throws, whatever text other programs put into it. */
export function renderFailure(f: Failure): FailureText {
  switch (f.tag) {
    case 'bind-taken': {
      const { who, rest } = describeHolders(f.holders)
      return {
        headline: `${f.daemon} cannot bind ${f.address}: held by ${who}`,
        detail: [...rest, next(`stop that process, or change "bind" of ${f.daemon}`)],
      }
    }
    case 'no-free-port':
      return {
        headline: `${f.daemon} got no port: none is free in ${oneLine(f.range)}`,
        detail: [next('see what holds them with: ss -ltn (Linux) or lsof -iTCP -sTCP:LISTEN (macOS)')],
      }
    case 'spawn-failed':
      return renderSpawnFailed(f)
    case 'exited-before-ready':
      return {
        headline: `${f.daemon} ${describeExit(f.code, f.signal)}, ${formatDuration(f.afterMs)} after it was started, before it was ready`,
        detail: [
          ...describeLog(f.log, f.daemon),
          next(`mend what its log says, or correct "command" of ${f.daemon}`),
        ],
      }
    case 'not-ready':
      return renderNotReady(f)
    case 'foreign-listener': {
      const { who, rest } = describeHolders(f.holders)
      return {
        headline: `${f.address} is not answered by ${f.daemon} but by another process: ${who}`,
        detail: [...rest, next(`stop that process, or change "bind" of ${f.daemon}`)],
      }
    }
    case 'exposed':
      return {
        headline: `${f.daemon} listens on ${list(f.addresses)}, where other machines can reach it`,
        detail: [next(`make it bind 127.0.0.1, or allow this with "expose = true" of ${f.daemon}`)],
      }
    case 'needs-failed':
      return {
        headline: `${f.daemon} was not started: it needs ${list(f.needs)}, which did not come up`,
        detail: [next(`mend ${list(f.needs)} first`)],
      }
    case 'died':
      return {
        headline: `${f.daemon} died after ${formatDuration(f.upMs)}: it ${describeExit(f.code, f.signal)}, and nobody had asked it to stop`,
        detail: [
          ...describeLog(f.log, f.daemon),
          next(`mend what its log says; a daemon runs until it gets SIGTERM`),
        ],
      }
    case 'limit-exceeded':
      return renderLimit(f)
    case 'not-alive':
      return {
        headline: `${f.daemon} is running but no longer alive: ${oneLine(f.probes.at(-1)?.saw ?? 'no probe answered')}`,
        detail: [...describeProbes(f.probes), next(nextForNotAlive(f))],
      }
    case 'step-failed':
      return renderStepFailed(f)
    case 'smoke-broken':
      return renderBrokenSmoke(f)
    case 'command-failed':
      return {
        headline: `${f.smoke}: its command ${describeExit(f.code, f.signal)}${f.failedPoints.length === 0 ? '' : `, ${count(f.failedPoints.length, 'point')} not ok`}`,
        detail: [
          ...f.failedPoints.slice(0, SHOWN.mismatches).map((point) => oneLine(point)),
          ...(f.output.length === 0
            ? ['it printed nothing']
            : ['last of its output:', ...f.output.slice(-SHOWN.log).map((line) => `  ${oneLine(line)}`)]),
        ],
      }
    case 'blocked':
      return {
        headline: `${f.smoke} could not run: ${oneLine(f.reason)}`,
        detail: f.daemons.length === 0 ? [] : [next(`mend ${list(f.daemons)} first`)],
      }
    case 'slow':
      return {
        headline: `${f.smoke} passed but was slow: ${describeSlowness(f.slowness)}`,
        detail: [
          next('find what became slower; if it is meant to do more now, the limit rises as such runs go on'),
        ],
      }
    case 'leak': {
      const [what, step] = LEAKS[f.kind]
      const owner = f.owner === undefined ? '' : `, of ${oneLine(f.owner, 100)}`
      const where = f.ended ? 'left behind, now ended' : 'left behind'
      return {
        headline: `${what} ${where}: ${oneLine(f.what)}${owner}`,
        detail: [next(f.ended ? ESCAPED : step)],
      }
    }
    case 'evidence-lost':
      return {
        headline: `evidence is lost: ${oneLine(f.path)} could not be written: ${oneLine(f.reason)}`,
        detail: [next('make room or mend the disk, then run again; this run proves nothing')],
      }
    case 'tool-fault':
      return {
        headline: `fault of this tool: ${oneLine(f.message)}`,
        detail: [
          ...(f.stack === undefined ? [] : lines('', f.stack)),
          next('this is a bug; report it with journal.jsonl of this run'),
        ],
      }
    default:
      return unreachable(f)
  }
}
