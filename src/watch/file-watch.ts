/**
 * Tells which of the files that matter have changed. What the system says is only a hint: events come doubled, late, for
 * half-written files, or not at all for the second of two quick ones. So each hint makes us look, and look once more when it is
 * quiet; what counts is that a file's size, time or identity differs from when it was last told.
 */
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import { lookAt } from '../host/look-at.ts'
import { now } from '../kernel/clock.ts'

/** What is saved together is told together. Milliseconds. */
const GATHER_MS = 12
/** A file that is gone or empty is, as a rule, just being written. */
const UNFINISHED_MS = 80
/** chokidar tells no second change of a file within 50 ms: then we look ourselves. */
const LOOK_AGAIN_MS = 120
/** A save that was longer ago than this was no save but a move, which keeps the time of the file. */
const RECENT_MS = 2_000

export interface Changed {
  readonly path: string
  /** Milliseconds of `now()`. */
  readonly savedAt: number
}

export interface FileWatchOptions {
  /** Whether a file matters. */
  concerns(path: string): boolean
  /** Folders that the tool itself writes into: nothing below them is looked at. */
  readonly written: readonly string[]
  /** Each file once; never none. */
  onChange(changed: readonly Changed[]): void
  /** Something cannot be watched; once for each reason, since it is as a rule the same for very many files. */
  onError(error: Error): void
}

/**
 * Tells nothing before `follow`, which may be called again with other files. Keeps the process alive until `close`.
 */
export class FileWatch {
  readonly #o: FileWatchOptions
  /** Files in folders, without what is below. */
  readonly #flat: FSWatcher
  /** Folders with all that is below. */
  readonly #deep: FSWatcher
  readonly #watched = new Map<FSWatcher, Set<string>>()
  #files: readonly string[] = []
  #globFolders: readonly string[] = []
  readonly #complaints = new Set<string>()
  readonly #signatures = new Map<string, string>()
  /** Hints not yet looked at, and when they came. */
  readonly #hints = new Map<string, number>()
  /** Gone or empty when last looked at: once more, and it is believed. Since when. */
  readonly #awaited = new Map<string, number>()
  #gathering: NodeJS.Timeout | undefined
  readonly #later = new Set<NodeJS.Timeout>()

  constructor(o: FileWatchOptions) {
    this.#o = o
    const common = { ignoreInitial: true, persistent: true }
    this.#flat = watch([], { ...common, depth: 0, ignored: (path, stats) => this.#isIdle(path, stats) })
    this.#deep = watch([], {
      ...common,
      ignored: (path, stats) => this.#isNoSource(path) || this.#isIdle(path, stats),
    })
    for (const watcher of [this.#flat, this.#deep]) {
      this.#watched.set(watcher, new Set())
      watcher.on('all', (_event, path) => this.#hint([path]))
      // A folder that goes and comes again, as when git changes the branch, is watched anew.
      watcher.on('unlinkDir', (path) => void this.#watched.get(watcher)?.delete(path))
      watcher.on('addDir', () => void this.#spread().then((came) => this.#hint([...this.#files, ...came])))
      watcher.on('error', (error) => this.#complain(error))
    }
  }

  /**
   * Watches these files, which may be missing, and what comes in these folders. Resolves when it does; a change that came
   * while it began is told.
   */
  async follow(files: Iterable<string>, folders: Iterable<string>): Promise<void> {
    const before = new Set(this.#files)
    this.#files = [...files]
    const fresh = this.#files.filter((file) => !before.has(file))
    // As they are now: whatever differs later has changed.
    for (const file of fresh) if (!this.#signatures.has(file)) this.#signatures.set(file, sign(file))
    // Passed over until now, in a folder that is watched already.
    if (before.size > 0) this.#flat.add(fresh.filter((file) => lookAt(file)))
    this.#globFolders = [...folders]
    await this.#spread()
    this.#hint(fresh)
    this.#lookLater(fresh, LOOK_AGAIN_MS)
  }

  /** Forgets what is waiting to be looked at; resolves when nothing is watched any more. */
  async close(): Promise<void> {
    clearTimeout(this.#gathering)
    for (const timer of this.#later) clearTimeout(timer)
    await Promise.all([this.#flat.close(), this.#deep.close()])
  }

  /** Watches the folders that are there by now. @returns the files in those that have come. */
  async #spread(): Promise<string[]> {
    const deep = this.#globFolders.filter(isFolder)
    const came = deep.filter((folder) => !this.#watched.get(this.#deep)?.has(folder))
    // Where one is missing, the folder is watched in which it will come.
    const flat = [...this.#files, ...this.#globFolders.filter((folder) => !isFolder(folder))]
    await Promise.all([this.#add(this.#flat, flat.map(existingFolder)), this.#add(this.#deep, deep)])
    return came.flatMap(listFiles)
  }

  #complain(error: unknown): void {
    const failure = error instanceof Error ? error : new Error(String(error))
    const reason = 'code' in failure ? String(failure.code) : failure.message
    if (this.#complaints.has(reason)) return
    this.#complaints.add(reason)
    this.#o.onError(failure)
  }

  async #add(watcher: FSWatcher, folders: Iterable<string>): Promise<void> {
    const known = this.#watched.get(watcher) ?? new Set()
    const added = [...new Set(folders)].filter((folder) => !known.has(folder))
    if (added.length === 0) return
    const isFirst = known.size === 0
    for (const folder of added) known.add(folder)
    // It says only once that it is ready.
    const ready = isFirst ? new Promise((resolve) => watcher.once('ready', () => resolve(true))) : undefined
    watcher.add(added)
    await ready
  }

  #isNoSource(path: string): boolean {
    return /[\\/](?:node_modules|\.git)$/.test(path) || this.#o.written.includes(path)
  }

  /** Large folders elsewhere, such as /usr/bin, hold one file that matters. */
  #isIdle(path: string, stats: { isFile(): boolean } | undefined): boolean {
    return stats?.isFile() === true && !this.#o.concerns(path)
  }

  #hint(paths: Iterable<string>): void {
    const at = now()
    for (const path of paths) if (!this.#hints.has(path) && this.#o.concerns(path)) this.#hints.set(path, at)
    if (this.#hints.size === 0) return
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined
      this.#look()
    }, GATHER_MS)
  }

  #look(): void {
    const hints = [...this.#hints]
    this.#hints.clear()
    const changed: Changed[] = []
    const unfinished: string[] = []
    for (const [path, hintedAt] of hints) {
      const { signature, savedAt, looksUnfinished } = inspect(path)
      const awaitedSince = this.#awaited.get(path)
      this.#awaited.delete(path)
      if (signature === this.#signatures.get(path)) continue
      if (looksUnfinished && awaitedSince === undefined) {
        this.#awaited.set(path, hintedAt)
        unfinished.push(path)
        continue
      }
      this.#signatures.set(path, signature)
      changed.push({ path, savedAt: savedAt ?? awaitedSince ?? hintedAt })
    }
    if (unfinished.length > 0) this.#lookLater(unfinished, UNFINISHED_MS)
    if (changed.length === 0) return
    this.#lookLater(
      changed.map(({ path }) => path),
      LOOK_AGAIN_MS,
    )
    this.#o.onChange(changed)
  }

  #lookLater(paths: readonly string[], afterMs: number): void {
    const timer = setTimeout(() => {
      this.#later.delete(timer)
      this.#hint(paths)
    }, afterMs)
    this.#later.add(timer)
  }
}

const isFolder = (path: string): boolean => lookAt(path)?.isDirectory() ?? false

const listFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path))

/** Of a file in a folder that is missing, the folder above, in which that will come. */
function existingFolder(file: string): string {
  const folder = dirname(file)
  return isFolder(folder) || folder === dirname(folder) ? folder : existingFolder(folder)
}

const sign = (path: string): string => inspect(path).signature

/** `savedAt`, milliseconds of `now()`: absent where the file does not tell. */
function inspect(path: string): { signature: string; savedAt?: number; looksUnfinished: boolean } {
  const stat = lookAt(path)
  if (!stat) return { signature: 'missing', looksUnfinished: true }
  const { ino, size, mtimeMs, mode } = stat
  // The one time that a file carries is the wall clock's; how long ago that was is taken from it, and nothing else.
  const ago = Date.now() - mtimeMs
  return {
    signature: `${ino} ${size} ${mtimeMs} ${mode}`,
    ...(ago >= 0 && ago <= RECENT_MS ? { savedAt: now() - ago } : {}),
    looksUnfinished: size === 0,
  }
}
