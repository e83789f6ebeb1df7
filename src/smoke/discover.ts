/** Finds the file of each smoke of a chain. */
import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Result } from '../kernel/result.ts'
import { err, ok } from '../kernel/result.ts'
import { nearest } from '../kernel/text.ts'
import type { SmokeFile, SmokeProblem } from './types.ts'

/** An id names files (logs, reports), so it holds nothing that means something in a path. */
const SAFE_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/
const MODULE = /\.(?:ts|mts|js|mjs)$/
const NOT_A_SMOKE = /\.(?:d|test)\.[cm]?[jt]s$/

/**
 * The files of these smokes, in the order of `ids`: `<id>.ts` (or .mts, .js, .mjs), or any executable `<id>`, `<id>.*`.
 * @param dir absolute path of the folder of smokes.
 * @returns all problems in one go: unsafe ids, missing files (naming the nearest), two files for one id.
 */
export function discoverSmokes(dir: string, ids: readonly string[]): Result<SmokeFile[], SmokeProblem[]> {
  const listed = listFiles(dir)
  if (!listed.ok) return err([listed.error])
  const found = ids.map((id) => findSmoke(dir, listed.value, id))
  const problems = found.flatMap((result) => (result.ok ? [] : [result.error]))
  if (problems.length > 0) return err(problems)
  return ok(found.flatMap((result) => (result.ok ? [result.value] : [])))
}

function listFiles(dir: string): Result<string[], SmokeProblem> {
  try {
    return ok(
      readdirSync(dir)
        .filter((name) => statSync(join(dir, name), { throwIfNoEntry: false })?.isFile())
        .sort(),
    )
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return err({ file: dir, message: `the folder of smokes cannot be read: ${why}` })
  }
}

/** `d1.ts` → `d1`; a name without an ending is its own id. */
export const idOf = (name: string): string => name.replace(/(?<=.)\.[^.]*$/, '')

function findSmoke(dir: string, files: readonly string[], id: string): Result<SmokeFile, SmokeProblem> {
  if (!SAFE_ID.test(id)) {
    const message = `"${id}" cannot be the id of a smoke: letters, digits, "-" and "_", at most 64`
    return err({ file: dir, message })
  }
  const candidates = files.filter((name) => idOf(name) === id && !NOT_A_SMOKE.test(name))
  const runnable = candidates.filter((name) => MODULE.test(name) || isExecutable(join(dir, name)))
  const [first, second] = runnable
  if (first !== undefined && second !== undefined) {
    const message = `two files for the smoke "${id}": ${runnable.join(' and ')}; keep one`
    return err({ file: join(dir, second), message })
  }
  const scripts = candidates.filter((name) => name.endsWith('.sh') && !runnable.includes(name))
  const script = scripts[0]
  if (first !== undefined && script !== undefined) {
    return err({
      file: join(dir, script),
      message: `two files for the smoke "${id}": ${first} and ${script}; keep one`,
    })
  }
  if (first !== undefined) {
    return ok({ id, file: join(dir, first), kind: MODULE.test(first) ? 'typescript' : 'executable' })
  }
  const plain = script ?? candidates[0]
  if (plain !== undefined) {
    const file = join(dir, plain)
    return err({ file, message: `${plain} is not executable; make it so: chmod +x ${file}` })
  }
  return err({ file: join(dir, `${id}.ts`), message: describeMissing(id, files) })
}

/** The id that a file of the folder of smokes would have as a smoke; undefined when it can be none. */
export function idOfModule(name: string): string | undefined {
  return MODULE.test(name) && !NOT_A_SMOKE.test(name) ? idOf(name) : undefined
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    // Not executable (or just gone): the caller says so.
    return false
  }
}

function describeMissing(id: string, files: readonly string[]): string {
  const near = nearest(id, new Set(files.filter((name) => !NOT_A_SMOKE.test(name)).map(idOf)))
  const file = near === undefined ? undefined : files.find((name) => idOf(name) === near)
  return `no file for the smoke "${id}"${file === undefined ? '' : `; the nearest is ${file}`}`
}
