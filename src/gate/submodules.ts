/** Submodules: a tree records only which commit of them it means, so that commit must be all there is in them. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { printable } from '../kernel/text.ts'
import { openRepository, type Repository, runGit } from './git.ts'

/** An entry of a tree that names a commit of another repository. */
export interface Gitlink {
  /** From the top of the working tree. */
  readonly path: string
  readonly id: string
}

/** @returns one line about the first submodule that holds something else than its commit. @throws GitFault */
export async function findSubmoduleChange(
  repository: Repository,
  gitlinks: readonly Gitlink[],
): Promise<string | undefined> {
  for (const { path, id } of gitlinks) {
    const folder = join(repository.top, path)
    // Not checked out: there is nothing in it that could differ.
    if (!existsSync(join(folder, '.git'))) continue
    const inner = await openRepository(folder, repository.env)
    const head = (await runGit(inner, ['rev-parse', 'HEAD'])).toString('utf8').trim()
    const name = printable(path)
    if (head !== id) return `the submodule ${name} is not at the commit that git would record`
    const changes = await runGit(inner, ['status', '--porcelain', '-uall', '--ignore-submodules=none'])
    if (changes.length > 0) return `the submodule ${name} has changes that are not committed in it`
  }
  return undefined
}
