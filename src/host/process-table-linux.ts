/** The process table of Linux, through /proc (proc_pid_stat(5), proc_pid_environ(5)). Any process may vanish between two reads. */
import { readdirSync, readFileSync } from 'node:fs'
import { hasCode } from '../kernel/errno.ts'
import type { ProcessInfo } from './process-info.ts'

/** A process may go while it is being read, and other users' processes are closed to us (also hidepid, ptrace scope). */
function readProc(pid: number, file: string): Buffer | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return undefined
    throw error
  }
}

/**
 * One line of /proc/<pid>/stat. The command name stands in parentheses and may itself hold spaces, parentheses and
 * newlines, so the fields are counted from the last closing one. Undefined for a process that has ended: a zombie
 * whose threads have all ended too (a leader that ended before its threads is shown as `Z` but still lives).
 */
export function parseStat(text: string): ProcessInfo | undefined {
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  if (open < 1 || close < open) return undefined
  const pid = Number(text.slice(0, open))
  const fields = text.slice(close + 2).split(' ')
  const [state = '', ppid, pgid, sid] = fields
  const startTime = fields[19]
  if (startTime === undefined || !Number.isInteger(pid)) return undefined
  const ended = state === 'Z' || state === 'X' || state === 'x'
  if (ended && Number(fields[17]) <= 1) return undefined
  return { pid, startTime, ppid: Number(ppid), pgid: Number(pgid), sid: Number(sid), state }
}

/** Undefined: no such process, one that has ended, or one that is closed to us. */
export function readProcess(pid: number): ProcessInfo | undefined {
  const stat = readProc(pid, 'stat')
  return stat === undefined ? undefined : parseStat(stat.toString('latin1'))
}

/** The start time even of a zombie: a child that ended at once must still be told from its successors. */
export function readStartTime(pid: number): string | undefined {
  const text = readProc(pid, 'stat')?.toString('latin1')
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19]
}

/** Every number that /proc shows at this moment, zombies included; threads are none. */
export function listPids(): number[] {
  const pids: number[] = []
  for (const name of readdirSync('/proc')) {
    const first = name.charCodeAt(0)
    if (first >= 0x30 && first <= 0x39) pids.push(Number(name))
  }
  return pids
}

/** One after the other, so not of one moment: who has gone meanwhile is left out, and who has come may be. */
export function readProcesses(): ProcessInfo[] {
  const found: ProcessInfo[] = []
  for (const pid of listPids()) {
    const info = readProcess(pid)
    if (info) found.push(info)
  }
  return found
}

/** The value in an environment block (entries ended by NUL); the first entry of that name counts. */
export function findInEnvironment(block: Buffer, name: string): string | undefined {
  const entry = Buffer.from(`${name}=`)
  for (let at = block.indexOf(entry); at !== -1; at = block.indexOf(entry, at + 1)) {
    if (at > 0 && block[at - 1] !== 0) continue
    const end = block.indexOf(0, at)
    return block.toString('utf8', at + entry.length, end === -1 ? block.length : end)
  }
  return undefined
}

/**
 * The value that the process was started with. Undefined: it has none, is gone, or is closed to us. May block this
 * thread for some 200 ms, while the process is becoming another program.
 */
export function readVariable(pid: number, name: string): string | undefined {
  const block = readEnvironment({
    block: () => readProc(pid, 'environ'),
    stat: () => readProc(pid, 'stat')?.toString('latin1'),
  })
  return block === undefined ? undefined : findInEnvironment(block, name)
}

/** A process in the middle of execve(2) needs microseconds of processor time, for which it may have to wait. */
const EXEC_LOOKS = 200
const EXEC_PAUSE_MS = 1
const never = new Int32Array(new SharedArrayBuffer(4))

/**
 * The environment block. While a process becomes another program it shows an empty one, for its new memory has none yet;
 * taken for an answer, that would lose a member of a family which has left everything else behind. So it is looked at
 * again, and this thread waits: there is nothing true that could be said meanwhile.
 */
export function readEnvironment(process: {
  block(): Buffer | undefined
  stat(): string | undefined
}): Buffer | undefined {
  let block = process.block()
  for (let look = 1; block?.length === 0 && look < EXEC_LOOKS; look += 1) {
    if (!lacksEnvironmentYet(process.stat() ?? '')) return block
    Atomics.wait(never, 0, 0, EXEC_PAUSE_MS)
    block = process.block()
  }
  return block
}

/**
 * By its line of /proc/<pid>/stat, should its environment be other than empty? Kernel threads and what has ended have no
 * memory (vsize); a program that was started without any variable has an area for them that is empty.
 */
export function lacksEnvironmentYet(stat: string): boolean {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [vsize, start, end] = [fields[20], fields[47], fields[48]]
  if (vsize === undefined || start === undefined || end === undefined || vsize === '0') return false
  return end === '0' || start !== end
}

/** One read for many: the pids whose initial environment holds the variable with that value. */
export function carriersOf(pids: readonly number[], name: string, value: string): Set<number> {
  return new Set(pids.filter((pid) => readVariable(pid, name) === value))
}

/** The command line; `[name]` for a process without one (kernel threads). */
export function readCommand(pid: number): string | undefined {
  const line = readProc(pid, 'cmdline')?.toString('utf8').replace(/\0+$/, '').replaceAll('\0', ' ').trim()
  if (line === undefined) return undefined
  if (line !== '') return line
  const name = readProc(pid, 'comm')?.toString('utf8').trimEnd()
  return name === undefined ? undefined : `[${name}]`
}

/** Surely begun before the other: within one tick (10 ms), nobody is older. */
export const isOlder = (startTime: string, than: string): boolean => Number(startTime) < Number(than)

// USER_HZ: the kernel tells times to user space in this unit on every architecture Node runs on.
const TICKS_PER_SECOND = 100

/**
 * @param startTime ticks since boot, as `ProcessInfo` has it.
 * @returns right to about a second, since /proc tells the boot in whole ones; undefined: it does not tell.
 */
export function toWallClock(startTime: string): Date | undefined {
  const boot = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1]
  return boot === undefined
    ? undefined
    : new Date(Number(boot) * 1_000 + (Number(startTime) * 1_000) / TICKS_PER_SECOND)
}
