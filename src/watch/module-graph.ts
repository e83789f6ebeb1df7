/**
 * Which files a program is made of: the modules that it imports, at any depth. Read from the files themselves, so it
 * holds for what has not been started yet, and for what no longer can be.
 */
import { readFileSync, statSync } from 'node:fs'
import { dirname, extname, join, resolve, sep } from 'node:path'
import { ResolverFactory } from 'oxc-resolver'
import { codeOf } from '../kernel/errno.ts'
import { findReferences } from './references.ts'

const SCRIPTS = /\.[cm]?[jt]sx?$/

/** As Node resolves, and more: without an ending, and `.js` for `.ts`, as programs that run TypeScript allow it. */
const RESOLVER = {
  conditionNames: ['node', 'import', 'module-sync', 'require', 'default'],
  extensions: ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json', '.node'],
  extensionAlias: {
    '.js': ['.js', '.ts', '.tsx'],
    '.mjs': ['.mjs', '.mts'],
    '.cjs': ['.cjs', '.cts'],
  },
}

interface Module {
  /** Absolute paths; also of files that are missing, since they may come. */
  readonly needs: readonly string[]
  /** As written. */
  readonly paths: readonly string[]
}

const NOTHING: Module = { needs: [], paths: [] }

export interface ClosureOptions {
  /** Folder of the project: files of it that these modules name by a path from there are theirs, too. */
  readonly named?: string
}

/**
 * A file is read once, when it is first asked for, and again after `forget`. Paths are absolute. What cannot be read
 * or is no module imports nothing, or what it did before.
 */
export class ModuleGraph {
  readonly #modules = new Map<string, Module>()
  readonly #resolver = new ResolverFactory(RESOLVER)
  /** To be read again when they are asked for. */
  readonly #stale = new Set<string>()
  readonly #missing = new Set<string>()

  /** These files and all that they import; nothing of `node_modules`. Missing files are among them. */
  closureOf(entries: Iterable<string>, { named }: ClosureOptions = {}): Set<string> {
    const found = this.#follow(entries)
    if (named === undefined) return found
    const jobs = [...found].flatMap((file) => this.#filesNamedBy(file, named))
    return new Set([...found, ...this.#follow(jobs)])
  }

  /** What has changed is read again. Where a file was, another may be now. */
  forget(files: Iterable<string>): void {
    const changed = [...files]
    for (const file of changed) this.#stale.add(file)
    // Only where one has come or gone may the name by which others know it mean another.
    const moved = new Set(changed.filter((file) => this.#missing.has(file) || !isFile(file)))
    if (moved.size === 0) return
    this.#resolver.clearCache()
    for (const [file, { needs }] of this.#modules) {
      if (needs.some((need) => moved.has(need))) this.#stale.add(file)
    }
  }

  #follow(entries: Iterable<string>): Set<string> {
    const found = new Set<string>()
    const queue = [...entries]
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      if (found.has(file) || isForeign(file)) continue
      found.add(file)
      if (SCRIPTS.test(file)) queue.push(...this.#module(file).needs)
    }
    return found
  }

  #module(file: string): Module {
    const known = this.#modules.get(file)
    if (!this.#stale.delete(file) && known) return known
    if (isFile(file)) this.#missing.delete(file)
    else this.#missing.add(file)
    // Half-written, or gone for the moment: what it needed still counts, so that the next save is seen.
    const read = this.#read(file) ?? known ?? NOTHING
    this.#modules.set(file, read)
    return read
  }

  #read(file: string): Module | undefined {
    const text = readText(file)
    const references = text === undefined ? undefined : findReferences(file, text)
    if (!references) return undefined
    const needs = [
      ...references.modules.flatMap((specifier) => this.#locate(file, specifier) ?? []),
      ...references.urls.filter(isRelative).map((url) => resolve(dirname(file), url)),
    ]
    return { needs: needs.filter((need) => !isForeign(need) && !isFolder(need)), paths: references.paths }
  }

  #locate(file: string, specifier: string): string | undefined {
    // The tool itself, which smokes import by this name: what runs them is not what they prove.
    if (specifier === 'smokechain' || specifier.startsWith('node:')) return undefined
    const { path } = this.#resolver.sync(dirname(file), specifier.replace(/[?#].*$/, ''))
    if (path !== undefined) return path
    return isRelative(specifier) && extname(specifier) !== '' ? resolve(dirname(file), specifier) : undefined
  }

  #filesNamedBy(file: string, root: string): string[] {
    if (!SCRIPTS.test(file)) return []
    return this.#module(file)
      .paths.map((path) => join(root, path))
      .filter((path) => !isForeign(path) && isFile(path))
  }
}

const isRelative = (specifier: string): boolean => /^\.\.?\//.test(specifier)

/** Packages do not change while one works. */
export function isForeign(path: string): boolean {
  return `${path}${sep}`.includes(`${sep}node_modules${sep}`)
}

/**
 * Links are followed. False: nothing is there, or something else. @throws the system's error when it may not be
 * looked at.
 */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** Undefined when it cannot be read: whoever runs it says why. */
function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (codeOf(error) !== undefined) return undefined
    throw error
  }
}
