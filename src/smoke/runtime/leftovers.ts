/** What a smoke has left behind inside its process: timers, sockets, servers; and whether it started processes. */
import childProcess from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { EventEmitter } from 'node:events'
import { syncBuiltinESMExports } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import { now } from '../../kernel/clock.ts'
import { count } from '../../kernel/text.ts'

/** How long resources that are already closing get to be gone. */
const SETTLE_MS = 1_000

const NAMES: Readonly<Record<string, readonly [one: string, many: string]>> = {
  Timeout: ['timer', 'timers'],
  Immediate: ['immediate', 'immediates'],
  TCPSocketWrap: ['TCP socket', 'TCP sockets'],
  TCPServerWrap: ['listening TCP server', 'listening TCP servers'],
  PipeWrap: ['pipe', 'pipes'],
  UDPWrap: ['UDP socket', 'UDP sockets'],
  FSReqCallback: ['file operation', 'file operations'],
  FSReqPromise: ['file operation', 'file operations'],
  FSEventWrap: ['file watcher', 'file watchers'],
  StatWatcher: ['file watcher', 'file watchers'],
  Worker: ['worker thread', 'worker threads'],

  GetAddrInfoReqWrap: ['name look-up', 'name look-ups'],
}

/** Worker threads that have not ended; Node does not list them among its active resources. */
const workers = new Set<unknown>()

/** Notices every worker thread from now on. */
export function watchWorkers(): void {
  subscribe('worker_threads', (message) => {
    const worker: unknown =
      typeof message === 'object' && message !== null ? Reflect.get(message, 'worker') : undefined
    if (!(worker instanceof EventEmitter)) return
    workers.add(worker)
    worker.once('exit', () => workers.delete(worker))
  })
}

/** What keeps the event loop alive now, by kind. */
export type Resources = ReadonlyMap<string, number>

/** Of this process, now. Worker threads are among them once `watchWorkers` has been called. */
export function listResources(): Resources {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  if (workers.size > 0) counts.set('Worker', workers.size)
  return counts
}

/**
 * What is there beyond `baseline`, as text; undefined when nothing is. Resources that are closing get a moment.
 * @param ignore kinds that somebody else looks after.
 */
export async function findLeftRunning(
  baseline: Resources,
  ignore: readonly string[],
): Promise<string | undefined> {
  const deadline = now() + SETTLE_MS
  for (let turn = 0; ; turn += 1) {
    const left = describeGrowth(baseline, ignore)
    if (left === undefined || now() >= deadline) return left
    // The first turns are for sockets that close by themselves; a timer that waits must not keep the loop alive.
    if (turn < 3) await new Promise(setImmediate)
    else await delay(Math.min(turn, 20), undefined, { ref: false })
  }
}

function describeGrowth(baseline: Resources, ignore: readonly string[]): string | undefined {
  const grown = [...listResources()]
    .map(([kind, n]) => [kind, n - (baseline.get(kind) ?? 0)] as const)
    .filter(([kind, n]) => n > 0 && !ignore.includes(kind))
  if (grown.length === 0) return undefined
  return grown.map(([kind, n]) => count(n, NAMES[kind]?.[0] ?? kind, NAMES[kind]?.[1] ?? kind)).join(', ')
}

/** Notices every process that is started from this one, so that the process table is read only where it matters. */
export function watchSpawns(onSpawn: () => void): void {
  // Not in the public types, but what spawn, exec, execFile and fork all come down to.
  const prototype: object = childProcess.ChildProcess.prototype
  const spawn: (this: unknown, ...args: unknown[]) => unknown = Reflect.get(prototype, 'spawn')
  Reflect.set(prototype, 'spawn', function noticed(this: unknown, ...args: unknown[]): unknown {
    onSpawn()
    return spawn.apply(this, args)
  })
  for (const name of ['spawnSync', 'execSync', 'execFileSync'] as const) {
    const original: (...args: never[]) => unknown = Reflect.get(childProcess, name)
    Reflect.set(childProcess, name, (...args: never[]): unknown => {
      onSpawn()
      return original(...args)
    })
  }
  syncBuiltinESMExports()
}
