/**
 * Finds processes by an entry of their environment, independently of the tool's own code: by reading /proc, or with ps
 * where there is no /proc.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { until } from './until.ts'

export interface FoundProcess {
  readonly pid: number
  readonly command: string
}

/** Live processes whose environment, as it was at their start, holds this entry (`NAME=value`). */
export function processesWith(entry: string): FoundProcess[] {
  return existsSync('/proc/self/environ') ? readProc(entry) : askPs(entry)
}

function readProc(entry: string): FoundProcess[] {
  const found: FoundProcess[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue
    const environment = readOrNothing(`/proc/${name}/environ`).split('\0')
    if (!environment.includes(entry)) continue
    const command = readOrNothing(`/proc/${name}/cmdline`).split('\0').join(' ').trim()
    // An empty command line is that of a process that has ended and was not fetched by its parent yet.
    if (command !== '') found.push({ pid: Number(name), command })
  }
  return found
}

function askPs(entry: string): FoundProcess[] {
  const listing = execFileSync('ps', ['-axwwE', '-o', 'pid=,command='], { encoding: 'utf8' })
  return listing
    .split('\n')
    .filter((line) => line.includes(entry))
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line.trim() }))
    .filter(({ pid }) => pid !== process.pid)
}

/** Gone in the meantime, or closed to us: then it is none of ours. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error) return ''
    throw error
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // Ended, but not fetched by its parent: that is not running.
    return !/^\d+ \(.*\) Z/s.test(readOrNothing(`/proc/${pid}/stat`))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
    throw error
  }
}

/** Kills these processes and waits until they are gone. */
export async function endProcesses(processes: readonly FoundProcess[]): Promise<void> {
  for (const { pid } of processes) if (isRunning(pid)) process.kill(pid, 'SIGKILL')
  for (const { pid, command } of processes) await until(`${command} to end`, () => !isRunning(pid))
}
