/**
 * The git tree of a working state: what `git commit` would record if everything that is not ignored were added. Made
 * with an index and an object store of its own: neither the user's index nor the repository's objects are touched.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { err, ok, type Result } from '../kernel/result.ts'
import { askGit, GitFault, gitPaths, type Repository, runGit } from './git.ts'
import { findSubmoduleChange, type Gitlink } from './submodules.ts'

export interface WorkingTree {
  /** Of the git tree. */
  readonly id: string
  /** What the tree is made of, as `git ls-files -s` tells it: mode, id, stage, path. */
  readonly entries: ReadonlySet<string>
}

/**
 * Hashes the working state.
 *
 * @param ownFolder absolute; untracked files in it are the tool's own (logs) and no part of what is tested.
 * @returns the tree; or one line why the state cannot be told by a tree.
 */
export async function hashWorkingTree(
  repository: Repository,
  ownFolder: string,
): Promise<Result<WorkingTree, string>> {
  // Not under the prefix of run folders: nobody shall take it for one that was left behind.
  const folder = mkdtempSync(join(tmpdir(), 'smokegate-tree-'))
  try {
    const [scratch, own] = await bothEnded(openScratch(repository, folder), findOwn(repository, ownFolder))
    return await hashWith(scratch, own)
  } catch (error) {
    if (error instanceof GitFault) return err(error.message)
    throw error
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Both values. When one fails the other has ended too: nothing is left that works in a folder which is removed. */
async function bothEnded<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b])
  return await Promise.all([a, b])
}

interface Scratch {
  readonly repository: Repository
  readonly git: (args: readonly string[], input?: Uint8Array) => Promise<Buffer>
}

// What makes git trust anything but the files: a monitor, a cache, a weak comparison. What makes it skip files.
const SETTINGS = [
  'core.fsmonitor=false',
  'core.untrackedCache=false',
  'core.ignoreStat=false',
  'core.trustctime=true',
  'core.checkStat=default',
  'core.sparseCheckout=false',
  'core.splitIndex=false',
  'core.safecrlf=false',
  'core.fsync=none',
  'add.ignoreErrors=false',
].flatMap((setting) => ['-c', setting])

/** A copy of the user's index, so that files which have not changed since need not be read again. */
async function openScratch(repository: Repository, folder: string): Promise<Scratch> {
  const [index, objects] = [join(folder, 'index'), join(folder, 'objects')]
  mkdirSync(objects)
  const [userIndex = '', userObjects = ''] = await gitPaths(repository, ['index', 'objects'])
  const env = {
    GIT_INDEX_FILE: index,
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(userObjects),
  }
  const git: Scratch['git'] = (args, input) =>
    runGit(repository, [...SETTINGS, ...args], { env, ...(input !== undefined && { input }) })
  const scratch = { repository, git }
  if (!existsSync(userIndex)) return scratch
  copyFileSync(userIndex, index)
  // Git compares the content of files that are as new as the index; a copy must not look newer than it is.
  const second = Math.floor(statSync(userIndex).mtimeMs / 1_000) - 1
  utimesSync(index, second, second)
  await dropPromises(scratch, index)
  return scratch
}

/**
 * Marks by which git is told not to look at a file (assume-unchanged, skip-worktree): an index with such a mark is made
 * anew from its paths alone.
 */
async function dropPromises({ git }: Scratch, index: string): Promise<void> {
  const tagged = (await git(['ls-files', '-v', '-z'])).toString('latin1').split('\0')
  if (!tagged.some((line) => /^[a-zS]/.test(line))) return
  // latin1 keeps the bytes of names that are no UTF-8.
  const entries = await git(['ls-files', '-s', '-z'])
  rmSync(index)
  await git(['update-index', '-z', '--index-info'], entries)
}

/** @param own the tool's folder, if it has to be left out. */
async function hashWith(
  { git, repository }: Scratch,
  own: string | undefined,
): Promise<Result<WorkingTree, string>> {
  if (own === undefined) {
    await git(['add', '-A', '--', ':/'])
  } else {
    await git(['add', '-A', '--', ':/', `:(top,exclude,literal)${own}`])
    // What is tracked in there is part of the tree all the same.
    await git(['add', '-u'])
  }
  const [listed, written] = await bothEnded(
    git(['ls-files', '-s', '-z']),
    git(['write-tree', '--missing-ok']),
  )
  const entries = listed.toString('utf8').split('\0')
  const change = await findSubmoduleChange(repository, entries.flatMap(readGitlink))
  if (change !== undefined) return err(change)
  return ok({ id: written.toString('utf8').trim(), entries: new Set(entries) })
}

/** The tool's folder from the top, when it lies in the working tree and is not ignored anyhow. */
async function findOwn(repository: Repository, ownFolder: string): Promise<string | undefined> {
  const path = relative(repository.top, ownFolder)
  if (path === '' || path.startsWith('..')) return undefined
  // Git refuses to exclude by name what is ignored already.
  const { code } = await askGit(repository, ['check-ignore', '-q', '--', join(path, 'runs')])
  return code === 0 ? undefined : path
}

function readGitlink(entry: string): Gitlink[] {
  const [, id, path] = /^160000 ([0-9a-f]+) 0\t(.*)$/s.exec(entry) ?? []
  return id === undefined || path === undefined ? [] : [{ id, path }]
}

/** Paths that are in only one of two trees, or not the same in both; in order. */
export function listChanges(before: WorkingTree, after: WorkingTree): string[] {
  const changed = [...before.entries].filter((entry) => !after.entries.has(entry))
  const added = [...after.entries].filter((entry) => !before.entries.has(entry))
  return [...new Set([...changed, ...added].map((entry) => entry.slice(entry.indexOf('\t') + 1)))].sort()
}
