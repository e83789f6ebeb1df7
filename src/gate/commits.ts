/** What is pushed, looked up in git's objects: the commits, their trees, and files in them, with one git process. */
import { type GitOptions, type Repository, runGit } from './git.ts'

export interface PushedCommit {
  /** The commit's own id; a tag is peeled. */
  readonly commit: string
  readonly tree: string
  /** Text of the files asked for, in that order; undefined where the commit has no such file. */
  readonly files: readonly (string | undefined)[]
}

/**
 * Looks up every id.
 *
 * @param paths from the top of the tree, without line breaks.
 * @returns in the order of `ids`; undefined for what is no commit and no tag of one, or is not there.
 * @throws GitFault
 */
export async function readCommits(
  repository: Repository,
  ids: readonly string[],
  paths: readonly string[],
  o: GitOptions = {},
): Promise<(PushedCommit | undefined)[]> {
  if (ids.length === 0) return []
  const names = ids.flatMap((id) => [`${id}^{commit}`, ...paths.map((path) => `${id}^{commit}:${path}`)])
  const out = await runGit(repository, ['cat-file', '--batch', '--follow-symlinks'], {
    ...o,
    input: names.map((name) => `${name}\n`).join(''),
  })
  const objects = splitBatch(out)
  return ids.map((_, i) => {
    const [commit, ...files] = objects.slice(i * (1 + paths.length), (i + 1) * (1 + paths.length))
    const tree = /^tree ([0-9a-f]+)\n/.exec(commit?.text ?? '')?.[1]
    if (commit?.type !== 'commit' || tree === undefined) return undefined
    return {
      commit: commit.id,
      tree,
      files: files.map((file) => (file?.type === 'blob' ? file.text : undefined)),
    }
  })
}

interface GitObject {
  readonly id: string
  readonly type: string
  readonly text: string
}

/** `<id> <type> <size>`, the content and a line break for each; one line without a type for what is not there. */
function splitBatch(out: Buffer): (GitObject | undefined)[] {
  const objects: (GitObject | undefined)[] = []
  let at = 0
  while (at < out.length) {
    const end = out.indexOf(10, at)
    const head = out.toString('utf8', at, end < 0 ? out.length : end)
    at += end < 0 ? out.length : end - at + 1
    const [, id, type, size] = /^([0-9a-f]+) ([a-z]+) (\d+)$/.exec(head) ?? []
    // A symbolic link that leads out of the tree is told with the place it leads to.
    const skipped = size ?? /^(?:symlink|dangling|loop|notdir) (\d+)$/.exec(head)?.[1]
    const text = out.toString('utf8', at, at + Number(skipped ?? 0))
    if (skipped !== undefined) at += Number(skipped) + 1
    objects.push(id === undefined || type === undefined ? undefined : { id, type, text })
  }
  return objects
}
