/** The data folder of a run. */
import { chmodSync, type Dirent, mkdirSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { codeOf, hasCode, messageOf } from '../kernel/errno.ts'

const PREFIX = 'smokechain-'
/** The directory of leases stands beside the data folders, and is none. */
const LEASES = 'smokechain-ports'

const ATTEMPTS = 10
const RETRY_MS = 20

/** Where the data folder of a run is, or will be: `<tmp>/smokechain-<run>`. */
export function runFolderOf(run: string): string {
  return join(tmpdir(), `${PREFIX}${run}`)
}

/** Makes the data folder of a run, closed to other users. Throws when it exists already. */
export function createRunFolder(run: string): string {
  const folder = runFolderOf(run)
  mkdirSync(folder, { mode: 0o700 })
  return folder
}

/** Data folders of runs, whether live or left behind, as absolute paths. */
export function listRunFolders(): string[] {
  const entries = readdirSync(tmpdir(), { withFileTypes: true })
  const isOurs = (entry: Dirent): boolean =>
    entry.isDirectory() && entry.name.startsWith(PREFIX) && entry.name !== LEASES
  return entries.filter(isOurs).map((entry) => join(tmpdir(), entry.name))
}

/**
 * Removes a folder and all in it, read-only directories too; links are removed, not followed. Never throws: the answer
 * is what stood in the way, or undefined. A folder that is not there is removed already.
 */
export async function removeFolder(path: string): Promise<string | undefined> {
  const folder = resolve(path)
  const precious = ['/', homedir(), tmpdir(), dirname(homedir())]
  if (!isAbsolute(path) || precious.includes(folder)) return `${path} is no folder that may be removed`
  let fault = ''
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      await rm(folder, { recursive: true, force: true })
      return undefined
    } catch (error) {
      fault = `${path} could not be removed: ${messageOf(error)}`
      const mended = await mend(folder, error)
      if (!mended) return fault
    }
  }
  return fault
}

/** False: another attempt would meet the same. */
async function mend(folder: string, error: unknown): Promise<boolean> {
  if (hasCode(error, 'ENOTEMPTY', 'EBUSY')) {
    // A process that is just ending has added a file.
    await delay(RETRY_MS)
    return true
  }
  if (!hasCode(error, 'EACCES', 'EPERM')) return false
  try {
    makeWritable(folder)
    return true
  } catch (refused) {
    if (codeOf(refused) === undefined) throw refused
    return false
  }
}

function makeWritable(folder: string): void {
  try {
    chmodSync(folder, 0o700)
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) makeWritable(join(folder, entry.name))
    }
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error
  }
}
