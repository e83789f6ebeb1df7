/**
 * Gives a worktree the installed packages of the working tree, when both ask for the very same ones. Every package is
 * linked on its own: a link to `node_modules` as a whole would lead a workspace's packages back to the working tree, and
 * would not be ignored where `node_modules/` is.
 */
import {
  copyFileSync,
  type Dirent,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { askGit, type Repository, runGit } from './git.ts'

/** Files that say what is to be installed. */
const MANIFESTS = new Set([
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'yarn.lock',
  '.npmrc',
])
/** What tools keep for themselves between runs. */
const CACHES = new Set(['.cache', '.vite', '.vitest'])

/** @returns whether anything was linked. @throws GitFault */
export async function linkModules({ from, to }: { from: Repository; to: Repository }): Promise<boolean> {
  const tracked = (await runGit(to, ['ls-files', '-z'])).toString('utf8').split('\0')
  const manifests = tracked.filter((path) => MANIFESTS.has(basename(path)))
  if (!manifests.every((path) => isSame(join(from.top, path), join(to.top, path)))) return false
  let linked = false
  for (const manifest of manifests.filter((path) => basename(path) === 'package.json')) {
    const modules = join(dirname(manifest), 'node_modules')
    if (!existsSync(join(from.top, modules)) || existsSync(join(to.top, modules))) continue
    // Not ignored: then it would be part of the tree, which is not the one to be tested.
    if ((await askGit(to, ['check-ignore', '-q', '--', `${modules}/`])).code !== 0) continue
    linkFolder(join(from.top, modules), join(to.top, modules))
    linked = true
  }
  return linked
}

function isSame(a: string, b: string): boolean {
  return existsSync(a) && readFileSync(a).equals(readFileSync(b))
}

function linkFolder(from: string, to: string): void {
  mkdirSync(to)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (!CACHES.has(entry.name)) linkEntry(entry, join(from, entry.name), join(to, entry.name))
  }
}

function linkEntry(entry: Dirent, from: string, to: string): void {
  // A link keeps its words: `../lakehouse` means the worktree's own.
  if (entry.isSymbolicLink()) symlinkSync(readlinkSync(from), to)
  else if (entry.isFile()) copyFileSync(from, to)
  else if (entry.name.startsWith('@') || entry.name === '.bin') linkFolder(from, to)
  else symlinkSync(from, to)
}
