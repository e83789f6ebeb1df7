/** The phrases that the messages of `failure-text.ts` are made of. */
import type { Holder, Location, LogTail, ProbeResult } from './failure.ts'
import { bounded, count, printable } from './text.ts'

/** `headline`: one line, complete by itself. `detail`: the lines below it, not indented; the last says what to do. */
export interface FailureText {
  readonly headline: string
  readonly detail: string[]
}

/** How many lines of a log, probes or holders a message shows. */
export const SHOWN = { log: 12, probes: 5, holders: 5, mismatches: 5 } as const

/** Text of a stranger on one line: printable, line breaks shown as blanks, bounded. */
export function oneLine(text: string, max = 300): string {
  return bounded(
    printable(text)
      .replace(/\s*[\n\u2028\u2029]\s*/g, ' ')
      .trim(),
    max,
  )
}

/** Text of a stranger on its own lines, each after `prefix`; the first carries `label`. */
export function lines(label: string, text: string): string[] {
  const [first = '', ...rest] = bounded(printable(text)).trimEnd().split('\n')
  return [`${label}${first}`, ...rest.map((line) => `${' '.repeat(label.length)}${line}`)]
}

/** `exited with code 1`, `was ended by SIGKILL`. */
export function describeExit(code: number | null, signal: string | null): string {
  if (signal !== null) return `was ended by ${oneLine(signal, 40)}`
  return code === null ? 'ended in a way that the system does not tell' : `exited with code ${code}`
}

function describeTime(iso: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(iso)
  if (!match) return oneLine(iso, 40)
  return `${match[1]} ${match[2]}${iso.endsWith('Z') ? ' UTC' : ''}`
}

function describeHolder(holder: Holder): string {
  const since = holder.since === undefined ? '' : `, since ${describeTime(holder.since)}`
  return `PID ${holder.pid} (${oneLine(holder.command, 120)})${since}`
}

/**
 * `who`: the first of them, and how many there are beside it, as a part of a sentence. `rest`: a line for each of the
 * others, at most five. Without holders, `who` says that the system names none.
 */
export function describeHolders(holders: readonly Holder[]): { who: string; rest: string[] } {
  const [first, ...more] = holders
  if (!first) return { who: 'a process that the system does not name (of another user?)', rest: [] }
  const others = more.length === 0 ? '' : `, and ${count(more.length, 'other')}`
  const rest = more
    .slice(0, SHOWN.holders)
    .map((h) => `also ${describeHolder(h)} on ${oneLine(h.address, 80)}`)
  return { who: `${describeHolder(first)}${others}`, rest }
}

/** A heading and at most the last twelve lines, indented below it. @param whose name of the daemon. */
export function describeLog(log: LogTail, whose: string): string[] {
  if (log.length === 0) return [`${whose} wrote nothing to its log`]
  const shown = log.slice(-SHOWN.log)
  return [
    `last ${shown.length === 1 ? 'line' : `${shown.length} lines`} of ${whose}'s log:`,
    ...shown.map((line) => `  ${oneLine(line)}`),
  ]
}

/** A heading and at most the last five, indented below it, with the seconds since its process was started. */
export function describeProbes(probes: readonly ProbeResult[]): string[] {
  if (probes.length === 0) return ['it was never probed']
  const shown = probes.slice(-SHOWN.probes)
  const title = shown.length === probes.length ? 'probes' : `last ${shown.length} of ${probes.length} probes`
  return [
    `${title}, since it was started:`,
    ...shown.map(
      (p) => `  +${(p.atMs / 1_000).toFixed(2)} s ${p.kind}: ${p.ok ? 'ok, ' : ''}${oneLine(p.saw)}`,
    ),
  ]
}

/** `file:line:column`, as terminals and editors open it. */
export function describeLocation(location: Location): string {
  return `${location.file}:${location.line}:${location.column}`
}

export const list = (items: readonly string[]): string => items.map((item) => oneLine(item, 200)).join(', ')

/** What to do next: the last line of a message. */
export const next = (step: string): string => `next: ${step}`
