/** Finds the program that a command means, the way execvp(3) does, but able to say exactly what is missing. */
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'
import { hasCode, messageOf } from '../kernel/errno.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { bounded, printable } from '../kernel/text.ts'
import type { SpawnError } from './spawn-error.ts'

const DEFAULT_PATH = '/usr/bin:/bin'

/** The absolute path of the program; `env` and `cwd` are the child's. */
export function resolveCommand(o: {
  readonly program: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}): Result<string, SpawnError> {
  const folder = checkFolder(o.cwd)
  if (folder) return err(folder)
  if (o.program === '') return err({ reason: 'not-found', detail: 'the command is empty' })
  if (o.program.includes('/')) {
    const file = resolve(o.cwd, o.program)
    const fault = checkProgram(file)
    return fault ? err(fault) : ok(file)
  }
  const path = o.env['PATH'] ?? DEFAULT_PATH
  let unusable: SpawnError | undefined
  for (const entry of path.split(delimiter)) {
    const file = resolve(o.cwd, entry, o.program)
    const fault = checkProgram(file)
    if (!fault) return ok(file)
    if (fault.reason === 'not-executable') unusable ??= fault
  }
  const nowhere = `"${o.program}" is in no folder of PATH (${bounded(path, 500)})`
  return err(unusable ?? { reason: 'not-found', detail: nowhere })
}

function checkFolder(cwd: string): SpawnError | undefined {
  const fault = (detail: string): SpawnError => ({ reason: 'bad-directory', detail })
  try {
    if (!statSync(cwd).isDirectory()) return fault(`${cwd} is not a directory`)
    accessSync(cwd, constants.X_OK)
    return undefined
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return fault(`there is no directory ${cwd}`)
    return fault(`the directory ${cwd} cannot be entered: ${messageOf(error)}`)
  }
}

function checkProgram(file: string): SpawnError | undefined {
  try {
    const stat = statSync(file)
    if (stat.isDirectory()) return { reason: 'not-executable', detail: `${file} is a directory` }
    accessSync(file, constants.X_OK)
    // Root passes access(2) on any file that somebody may execute, and only on those.
    return undefined
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR'))
      return { reason: 'not-found', detail: `there is no file ${file}` }
    if (!hasCode(error, 'EACCES', 'EPERM')) return { reason: 'other', detail: messageOf(error) }
    return { reason: 'not-executable', detail: `${file} may not be executed` }
  }
}

/** Why a program that is there could not be started: a script names an interpreter that is not. */
export function explainNotFound(file: string): string {
  const first = printable(readBeginning(file).split('\n', 1)[0] ?? '')
  if (first.startsWith('#!')) return `${file} begins with "${first}", and there is no such interpreter`
  return `${file} is there, but the loader it was built for is not`
}

/** Empty when the file may be run but not read. */
function readBeginning(file: string): string {
  try {
    const fd = openSync(file, 'r')
    try {
      const bytes = Buffer.alloc(200)
      return bytes.toString('utf8', 0, readSync(fd, bytes))
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM', 'ENOENT')) return ''
    throw error
  }
}
