/** Which smokes and which daemons a file concerns. */
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { discoverSmokes, idOf, idOfModule } from '../smoke/discover.ts'
import type { ResolvedStack } from '../stack/resolve.ts'
import { ModuleGraph } from './module-graph.ts'
import { compileGlob, findProgramFiles, type OwnGlob } from './own-files.ts'

export interface Concern {
  /** It is the stack file. */
  readonly stack: boolean
  readonly smokes: readonly string[]
  readonly daemons: readonly string[]
}

export interface IndexedStack {
  readonly resolved: ResolvedStack
  /** Ids of the smokes that are watched. */
  readonly chosen: readonly string[]
  /** Folders that the run writes into. */
  readonly written: readonly string[]
}

/**
 * Paths are absolute. It answers by the files as they were when last looked at: `note` and `use` look again. Watches
 * nothing.
 */
export class FileIndex {
  readonly #graph = new ModuleGraph()
  #stack: IndexedStack
  #smokes = new Map<string, Set<string>>()
  #daemons = new Map<string, Set<string>>()
  #globs = new Map<string, readonly OwnGlob[]>()
  /** Modules of the folder of smokes that were there, or have been told. */
  readonly #old = new Set<string>()

  constructor(stack: IndexedStack) {
    this.#stack = stack
    this.use(stack)
  }

  /** From now on this stack. */
  use(stack: IndexedStack): void {
    this.#stack = stack
    const { root } = stack.resolved.stack
    this.#globs = new Map(
      [...stack.resolved.daemons.values()].map(({ name, watch = [] }) => [
        name,
        watch.map((pattern) => compileGlob(pattern, root)),
      ]),
    )
    for (const name of listFolder(stack.resolved.stack.smokes))
      this.#old.add(join(stack.resolved.stack.smokes, name))
    this.#look()
  }

  /** A file that has just come and may be meant as a smoke, but is in no chain. @returns its id. */
  findNewcomer(path: string): string | undefined {
    const { smokes, chain } = this.#stack.resolved.stack
    if (dirname(path) !== smokes || this.#old.has(path)) return undefined
    const id = idOfModule(basename(path))
    return id === undefined || chain.includes(id) ? undefined : id
  }

  /** It has been told. */
  forgetNewcomer(path: string): void {
    this.#old.add(path)
  }

  /** These files have changed: what they import now counts. */
  note(files: Iterable<string>): void {
    this.#graph.forget(files)
    this.#look()
  }

  /** Every file that concerns something, also those that are missing. */
  files(): Set<string> {
    const { file } = this.#stack.resolved.stack
    return new Set(
      [file, ...this.#smokes.values(), ...this.#daemons.values()].flatMap((each) =>
        typeof each === 'string' ? [each] : [...each],
      ),
    )
  }

  /** Folders in which files may come that concern something. */
  globFolders(): string[] {
    return [...this.#globs.values()].flat().map(({ folder }) => folder)
  }

  /** Undefined: it concerns nothing. */
  lookUp(path: string): Concern | undefined {
    const { stack } = this.#stack.resolved
    const daemons = [...this.#daemons]
      .filter(([name, files]) => files.has(path) || this.#globs.get(name)?.some((glob) => glob.matches(path)))
      .map(([name]) => name)
    const smokes = this.#stack.chosen.filter(
      (id) => this.#smokes.get(id)?.has(path) || isFileOf(stack.smokes, id, path),
    )
    const isStack = path === stack.file
    return isStack || daemons.length > 0 || smokes.length > 0
      ? { stack: isStack, smokes, daemons }
      : undefined
  }

  #look(): void {
    const { resolved, chosen, written } = this.#stack
    const { root, smokes } = resolved.stack
    this.#daemons = new Map(
      [...resolved.daemons.values()].map((spec) => [
        spec.name,
        this.#graph.closureOf(findProgramFiles(spec, { root, written })),
      ]),
    )
    this.#smokes = new Map(
      chosen.map((id) => {
        const found = discoverSmokes(smokes, [id])
        const files = found.ok ? found.value.map(({ file }) => file) : found.error.map(({ file }) => file)
        return [id, this.#graph.closureOf(files, { named: root })]
      }),
    )
  }
}

/** A file that comes may be the smoke's that had none. */
function isFileOf(smokes: string, id: string, path: string): boolean {
  return dirname(path) === smokes && idOf(basename(path)) === id
}

/** Nothing for one that is not there: who looks for a smoke in it says so. */
function listFolder(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
