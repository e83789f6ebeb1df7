/** A worktree of one commit in the temporary folder, with nothing in it that the commit does not hold. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Guardian } from '../host/guardian.ts'
import { removeFolder } from '../host/temp-folder.ts'
import { gitPaths, openRepository, type Repository, runGit } from './git.ts'

/** Begins the name of every such worktree; git keeps a folder of that name about each. */
const PREFIX = 'smokegate-'

export interface Worktree extends Repository, AsyncDisposable {}

/**
 * Checks the commit out. Disposing removes all of it; the guardian does when this process is killed.
 *
 * @throws GitFault
 */
export async function openWorktree(
  repository: Repository,
  commit: string,
  o: { readonly guardian: Guardian; readonly signal: AbortSignal },
): Promise<Worktree> {
  const [administration = ''] = await gitPaths(repository, ['worktrees'])
  forgetKilled(administration)
  const folder = realpathSync(mkdtempSync(join(tmpdir(), PREFIX)))
  o.guardian.removeLater(folder)
  const dispose = async (): Promise<void> => {
    const obstacle = await removeFolder(folder)
    rmSync(join(administration, basename(folder)), { recursive: true, force: true })
    if (obstacle === undefined) o.guardian.forget(folder)
  }
  try {
    await checkOut(repository, commit, folder, o.signal)
    const opened = await openRepository(folder, repository.env)
    await checkOutSubmodules(repository, opened, o.signal)
    return { ...opened, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

async function checkOut(
  repository: Repository,
  commit: string,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  // No hook of the user's runs on this checkout, and no file is left out of it.
  const settings = ['core.hooksPath=/dev/null', 'core.sparseCheckout=false', 'submodule.recurse=false']
  const flags = settings.flatMap((setting) => ['-c', setting])
  await runGit(repository, [...flags, 'worktree', 'add', '--quiet', '--detach', folder, commit], { signal })
}

/**
 * Those submodules that are checked out in the working tree are so here, too: taken from there, so that no network is
 * needed and a commit of theirs that is nowhere else yet is found.
 */
async function checkOutSubmodules(from: Repository, to: Repository, signal: AbortSignal): Promise<void> {
  if (!existsSync(join(to.top, '.gitmodules'))) return
  const paths = ['config', '-z', '-f', '.gitmodules', '--get-regexp', String.raw`^submodule\..*\.path$`]
  const listed = (await runGit(to, paths)).toString('utf8').split('\0')
  for (const entry of listed) {
    const [, name, path] = /^submodule\.(.*)\.path\n(.*)$/s.exec(entry) ?? []
    if (name === undefined || path === undefined || !existsSync(join(from.top, path, '.git'))) continue
    const settings = [`submodule.${name}.url=${join(from.top, path)}`, 'protocol.file.allow=always']
    const flags = ['core.hooksPath=/dev/null', ...settings].flatMap((setting) => ['-c', setting])
    await runGit(to, [...flags, 'submodule', '--quiet', 'update', '--recursive', '--', path], { signal })
  }
}

/** Git's notes about worktrees of ours whose process was killed: their folders are gone. */
function forgetKilled(administration: string): void {
  if (!existsSync(administration)) return
  for (const name of readdirSync(administration)) {
    const link = join(administration, name, 'gitdir')
    if (!name.startsWith(PREFIX) || !existsSync(link)) continue
    if (!existsSync(dirname(readFileSync(link, 'utf8').trim()))) {
      rmSync(join(administration, name), { recursive: true, force: true })
    }
  }
}
