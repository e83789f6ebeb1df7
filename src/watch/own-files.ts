/** Which files a daemon is made of, as far as its command and the stack file tell. */
import { matchesGlob, relative, resolve, sep } from 'node:path'
import { baseEnvironment } from '../host/environment.ts'
import { resolveCommand } from '../host/resolve-command.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import { isFile, isForeign } from './module-graph.ts'

const SOURCE = /\.(?:[cm]?[jt]sx?|py|rb|sh|pl|lua|php|jar)$/

export interface OwnFilesOptions {
  /** Folder of the project. */
  readonly root: string
  /** Folders that the run itself writes: what is in them is no source. */
  readonly written: readonly string[]
}

/**
 * The files that its command names: scripts, and files handed to it. The program itself when it belongs to the project,
 * or when the command names nothing else: an interpreter does not change while one works, a binary that one builds does.
 */
export function findProgramFiles(spec: ResolvedDaemon, { root, written }: OwnFilesOptions): string[] {
  const [program = '', ...args] = spec.command
  const isOurs = (path: string): boolean =>
    !isForeign(path) && written.every((folder) => !isWithin(folder, path))
  const named = args
    .flatMap((arg) => [arg, ...(arg.startsWith('-') ? arg.split('=').slice(1, 2) : [])])
    .map((arg) => ({ arg, path: resolve(spec.cwd, arg) }))
    // A script that is missing may come; other words are files only when they are.
    .filter(({ arg, path }) => isFile(path) || (SOURCE.test(arg) && !arg.startsWith('-')))
    .map(({ path }) => path)
    .filter(isOurs)
  const found = resolveCommand({ program, cwd: spec.cwd, env: { ...baseEnvironment(), ...spec.env } })
  // One that is not built yet is waited for where it will be.
  const binary = found.ok ? found.value : program.includes('/') ? resolve(spec.cwd, program) : undefined
  if (binary === undefined || !isOurs(binary)) return named
  return isWithin(root, binary) || named.length === 0 ? [binary, ...named] : named
}

/** A glob of the stack file, made absolute: the folder in which it begins, and whether a path is meant by it. */
export interface OwnGlob {
  readonly folder: string
  /** @param path absolute. */
  matches(path: string): boolean
}

/**
 * @param pattern as in the stack file, parted by `/`; from `root`, or absolute. It never means what is in
 * `node_modules`.
 */
export function compileGlob(pattern: string, root: string): OwnGlob {
  const parts = pattern.split('/')
  const first = parts.findIndex((part) => /[*?[\]{}()!+@]/.test(part))
  const fixed = parts.slice(0, first === -1 ? parts.length - 1 : first)
  const folder = resolve(root, fixed.join('/') || (pattern.startsWith('/') ? '/' : '.'))
  const rest = parts.slice(fixed.length).join('/')
  return {
    folder,
    matches: (path) =>
      isWithin(folder, path) && !isForeign(path) && matchesGlob(relative(folder, path), rest),
  }
}

function isWithin(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)
}
