/** The process table of macOS, through ps(1). It has no session ids to show; the process group stands in for them. */

import type { ProcessInfo } from './process-info.ts'
import { runTool } from './run-tool.ts'

const COLUMNS = 'pid=,ppid=,pgid=,stat=,lstart='
const LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S.*?)\s*$/

/** Output of `ps -o pid=,ppid=,pgid=,stat=,lstart=` in the C locale; zombies left out. */
export function parsePs(text: string): ProcessInfo[] {
  const found: ProcessInfo[] = []
  for (const line of text.split('\n')) {
    const [, pid, ppid, pgid, stat = '', started = ''] = LINE.exec(line) ?? []
    if (pid === undefined || stat.startsWith('Z')) continue
    const startTime = started.replaceAll(/[^0-9A-Za-z]+/g, '.')
    const group = Number(pgid)
    found.push({
      pid: Number(pid),
      startTime,
      ppid: Number(ppid),
      pgid: group,
      sid: group,
      state: stat.charAt(0),
    })
  }
  return found
}

/** Output of `ps -E -o pid=,command=`: the environment stands behind the command, entries parted by spaces. */
export function parseVariables(text: string, name: string): Map<number, string> {
  const found = new Map<number, string>()
  for (const line of text.split('\n')) {
    const [, pid, command = ''] = /^\s*(\d+)\s(.*)$/.exec(line) ?? []
    const at = command.lastIndexOf(` ${name}=`)
    if (pid === undefined || at === -1) continue
    const value = command.slice(at + name.length + 2)
    found.set(Number(pid), value.split(' ', 1)[0] ?? '')
  }
  return found
}

/** What parsePs made of `Sat Nov 21 09:48:31 2026`, as a time. */
export function toWallClock(startTime: string): Date | undefined {
  const [, month, day, hour, minute, second, year] = startTime.split('.')
  const date = new Date(`${month} ${day} ${year} ${hour}:${minute}:${second}`)
  return Number.isNaN(date.getTime()) ? undefined : date
}

const ps = (...args: readonly string[]): string => runTool('/bin/ps', args)

export const readProcesses = (): ProcessInfo[] => parsePs(ps('-axo', COLUMNS))

export const readProcess = (pid: number): ProcessInfo | undefined =>
  parsePs(ps('-p', String(pid), '-o', COLUMNS))[0]

/** As readProcess: ps shows a zombie's start time no differently, but parsePs leaves zombies out. */
export const readStartTime = (pid: number): string | undefined => readProcess(pid)?.startTime

export const readVariable = (pid: number, name: string): string | undefined =>
  parseVariables(ps('-ww', '-E', '-p', String(pid), '-o', 'pid=,command='), name).get(pid)

/**
 * The PIDs of all processes of which ps shows this variable with this value. `pids` is not looked at: one reading
 * tells of everybody.
 */
export function carriersOf(_pids: readonly number[], name: string, value: string): Set<number> {
  const carried = parseVariables(ps('-axww', '-E', '-o', 'pid=,command='), name)
  return new Set([...carried].filter(([, seen]) => seen === value).map(([pid]) => pid))
}

/** The command line, arguments parted by spaces. Undefined: no such process. */
export function readCommand(pid: number): string | undefined {
  const line = ps('-ww', '-p', String(pid), '-o', 'command=').trim()
  return line === '' ? undefined : line
}

/** Not told apart: all environments are read at once, so that nothing would be saved. */
export const isOlder = (_startTime: string, _than: string): boolean => false
