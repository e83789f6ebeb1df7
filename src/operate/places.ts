/** Where the state of stacks that are up is kept: a folder of the user, closed to others, one folder a stack file. */
import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { makeFolder } from '../host/make-folder.ts'
import { hasCode, messageOf } from '../kernel/errno.ts'

export interface StackPlace {
  /** Real path of the stack file: two ways to it mean one stack. */
  readonly file: string
  readonly folder: string
  /** The owner's lease. */
  readonly lease: string
  readonly socket: string
  /** What a detached supervisor writes. */
  readonly supervisorLog: string
  /** One folder for every `up`: `runs/<id>/`. */
  readonly runs: string
}

/** The folder cannot be used; the message says why and what helps. */
export class UnusableState extends Error {
  override readonly name = 'UnusableState'
}

/** `$SMOKECHAIN_STATE_DIR`, else `$XDG_STATE_HOME/smokechain`, else `~/.local/state/smokechain` (XDG Base Directory). */
export function stateFolder(env: NodeJS.ProcessEnv): string {
  const own = env['SMOKECHAIN_STATE_DIR']
  if (own) {
    if (!isAbsolute(own))
      throw new UnusableState(`SMOKECHAIN_STATE_DIR is "${own}"; it must be an absolute path`)
    return own
  }
  // The specification has relative paths ignored.
  const shared = env['XDG_STATE_HOME']
  return shared && isAbsolute(shared)
    ? join(shared, 'smokechain')
    : join(homedir(), '.local', 'state', 'smokechain')
}

/**
 * The place of a stack file, which may be gone meanwhile; nothing is made. The name is short, because a socket's path
 * may have only some hundred bytes. Throws `UnusableState`.
 */
export function placeOf(file: string, env: NodeJS.ProcessEnv): StackPlace {
  const real = realPathOf(file)
  const name = basename(real, '.toml')
    .replaceAll(/[^\w-]/g, '_')
    .slice(0, 16)
  const folder = join(stateFolder(env), `${name}-${hashOf(real)}`)
  return {
    file: real,
    folder,
    lease: join(folder, 'owner'),
    socket: join(folder, 'control'),
    supervisorLog: join(folder, 'supervisor.log'),
    runs: join(folder, 'runs'),
  }
}

/** The lease of a folder of data, which one stack at a time may use; it stands beside the stacks' own folders. */
export function dataLeaseOf(data: string, env: NodeJS.ProcessEnv): string {
  return join(stateFolder(env), `data-${hashOf(realPathOf(data))}`)
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10)
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw new UnusableState(`${path}: ${messageOf(error)}`)
    const folder = dirname(path)
    return folder === path ? path : join(realPathOf(folder), basename(path))
  }
}

/** Makes the folder, for its owner alone. Throws `UnusableState` when it belongs to somebody else, or cannot be made. */
export function openPlace(place: StackPlace): void {
  try {
    makeFolder(place.folder, 0o700)
    const stat = lstatSync(place.folder)
    if (!stat.isDirectory()) throw new Error('it is no folder')
    if (process.getuid && stat.uid !== process.getuid()) throw new Error('it belongs to another user')
    if ((stat.mode & 0o077) !== 0) chmodSync(place.folder, 0o700)
  } catch (error) {
    throw new UnusableState(
      `state cannot be kept in ${place.folder}: ${messageOf(error)}; set SMOKECHAIN_STATE_DIR to a folder of yours`,
    )
  }
}
