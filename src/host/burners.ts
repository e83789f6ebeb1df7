/**
 * Processes that keep the cores busy. They are never left behind: a burner ends when the pipe to its owner closes, and
 * a guardian ends it when the owner is killed and the burner does not.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../kernel/errno.ts'
import { baseEnvironment } from './environment.ts'
import { type Guardian, startGuardian } from './guardian.ts'
import { type Marker, markerEnvironment, runMarker } from './marker.ts'
import { identifyChild, type ProcessIdentity } from './process-table.ts'

const PROGRAM = fileURLToPath(new URL('./burner-process.mjs', import.meta.url))

export interface Burners {
  /** How many there are. */
  readonly count: number
  /** Ends them and waits until they are gone. Idempotent. */
  stop(): Promise<void>
}

interface Burner {
  readonly child: ChildProcess
  readonly identity: ProcessIdentity | undefined
  readonly gone: Promise<void>
}

/**
 * Starts one for each core. Resolves when all of them run.
 *
 * @throws Error when one cannot be started; then none is left.
 */
export async function startBurners(count = availableParallelism()): Promise<Burners> {
  const marker = runMarker(`stress-${randomUUID()}`)
  const guardian = startGuardian({ marker })
  const burners: Burner[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(burners.splice(0).map((burner) => end(burner, guardian)))
    await guardian.close()
  }
  try {
    for (let i = 0; i < count; i += 1) burners.push(await start(marker, guardian))
    return { count, stop }
  } catch (error) {
    await stop()
    throw new Error(`the cores cannot be kept busy: ${messageOf(error)}`, { cause: error })
  }
}

async function start(marker: Marker, guardian: Guardian): Promise<Burner> {
  const child = spawn(process.execPath, [PROGRAM], {
    cwd: '/',
    // A group of its own: a Ctrl-C is for its owner, who ends it in order.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...baseEnvironment(), ...markerEnvironment(marker) },
  })
  // It reads nothing: what is left is that its end closes first.
  child.stdin?.on('error', () => undefined)
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const identity = child.pid === undefined ? undefined : identifyChild(child.pid)
  if (identity) guardian.watchGroup(identity)
  return { child, identity, gone }
}

async function end({ child, identity, gone }: Burner, guardian: Guardian): Promise<void> {
  // It holds nothing that is worth an orderly end.
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  await gone
  if (identity) guardian.unwatchGroup(identity)
}
