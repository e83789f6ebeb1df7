/** The facts of this machine that checks ask for. One interface, so that a test can tell a check any machine. */
import { statfs } from 'node:fs/promises'
import { releaseLeasesOf } from '../host/lease-directory.ts'
import { type LeaseRecord, listLeases } from '../host/port-lease.ts'
import {
  describeProcess,
  listFamily,
  listProcesses,
  type ProcessIdentity,
  type ProcessInfo,
  readMarker,
} from '../host/process-table.ts'
import { resolveCommand } from '../host/resolve-command.ts'
import { type CommandOptions, type CommandOutput, runCommand } from '../host/run-command.ts'
import { holdersOf, inodesOf, type Listener, readAllListeners } from '../host/sockets.ts'
import type { SpawnError } from '../host/spawn-error.ts'
import { listRunFolders, removeFolder } from '../host/temp-folder.ts'
import { sampleUsage, type Usage } from '../host/usage.ts'
import { hasCode } from '../kernel/errno.ts'
import type { Holder } from '../kernel/failure.ts'
import type { Result } from '../kernel/result.ts'

/** A live process that carries the mark of a run. */
export interface RunProcess {
  readonly pid: number
  readonly run: string
  /** Daemon or `smoke:<id>`; undefined when it says nothing. */
  readonly owner: string | undefined
  readonly command: string
  readonly since?: string
  /** The parent, when it carries no mark of this run itself. */
  readonly parent?: { readonly pid: number; readonly command: string }
}

/** Free space of a file system, for this user. */
export interface Space {
  readonly freeBytes: number
  readonly totalBytes: number
  /** 0 of 0: this file system does not count them. */
  readonly freeInodes: number
  readonly totalInodes: number
}

export interface System {
  readonly platform: NodeJS.Platform
  /** `24.1.0`. */
  readonly nodeVersion: string
  readonly execPath: string
  /** Undefined: the system does not tell. */
  listListeners(): Listener[] | undefined
  holdersOf(port: number): Holder[]
  listFamily(pid: number): ProcessInfo[]
  inodesOf(pids: Iterable<number>): Set<string>
  /** Undefined: none of them is left. */
  sampleUsage(pids: readonly number[]): Promise<Usage | undefined>
  listLeases(): LeaseRecord[]
  /** The ports that were given back. */
  releaseLeasesOf(owner: ProcessIdentity): number[]
  listRunProcesses(): RunProcess[]
  /** Absolute paths. */
  listRunFolders(): string[]
  /** Undefined: it is gone; otherwise what stood in the way. */
  removeFolder(path: string): Promise<string | undefined>
  /** Undefined: there is no such folder. */
  measureSpace(path: string): Promise<Space | undefined>
  /** Soft limit of this process, which daemons inherit; undefined: unlimited or unknown. */
  openFileLimit(): number | undefined
  /** Bytes that processes can still take before the system, or this container, runs out. */
  availableMemory(): number
  resolveCommand(o: Parameters<typeof resolveCommand>[0]): Result<string, SpawnError>
  /** The error tells why it could not be started, or that `signal` ended it. */
  runCommand(o: CommandOptions): Promise<Result<CommandOutput, string>>
}

/** This machine. */
export function createSystem(): System {
  return {
    platform: process.platform,
    nodeVersion: process.versions.node,
    execPath: process.execPath,
    listListeners: readAllListeners,
    holdersOf,
    listFamily: (pid) => listFamily({ pid, sid: pid }),
    inodesOf,
    sampleUsage,
    listLeases,
    releaseLeasesOf,
    listRunProcesses,
    listRunFolders,
    removeFolder,
    measureSpace,
    openFileLimit,
    availableMemory: () => process.availableMemory(),
    resolveCommand,
    runCommand,
  }
}

function listRunProcesses(): RunProcess[] {
  const processes = listProcesses()
  const runs = new Map<number, string>()
  for (const { pid } of processes) {
    const run = readMarker(pid, 'SMOKECHAIN_RUN')
    if (run !== undefined) runs.set(pid, run)
  }
  return processes.flatMap(({ pid, ppid }) => {
    const run = runs.get(pid)
    const described = run === undefined ? undefined : describeProcess(pid)
    if (run === undefined || described === undefined) return []
    const parent = runs.get(ppid) === run || ppid <= 1 ? undefined : describeProcess(ppid)
    const owner = readMarker(pid, 'SMOKECHAIN_OWNER')?.slice(run.length + 1)
    return [{ ...described, run, owner, ...(parent === undefined ? {} : { parent }) }]
  })
}

async function measureSpace(path: string): Promise<Space | undefined> {
  try {
    const { bavail, blocks, bsize, ffree, files } = await statfs(path)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, freeInodes: ffree, totalInodes: files }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** The part of Node's diagnostic report that is read here. */
interface LimitsReport {
  readonly userLimits?: { readonly open_files?: { readonly soft?: number | string } }
}

function openFileLimit(): number | undefined {
  // Node raises its own limit to the hard one when it starts, and hands that on to its children.
  // Network interfaces are looked up by name otherwise, which may take seconds.
  Object.assign(process.report, { excludeNetwork: true })
  const report = process.report.getReport() as LimitsReport
  const soft = report.userLimits?.open_files?.soft
  return typeof soft === 'number' ? soft : undefined
}
