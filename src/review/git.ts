/** Git, asked for the diff of a range: the same diff whatever the settings, attributes and variables of its user say. */
import { runCommand } from '../host/run-command.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { bounded, count, printable } from '../kernel/text.ts'
import { formatBytes } from '../kernel/units.ts'
import { type ByteText, toByteText } from './bytes.ts'

export interface RangeDiff {
  readonly text: ByteText
  /** Ids. */
  readonly from: string
  readonly to: string
  /** Absent when an end is a tree and no commit. */
  readonly commits?: number
}

/** A string of the runtime holds 512 MiB; nobody reviews a tenth of this. */
export const MOST_DIFF_BYTES = 256 * 2 ** 20

/** Whatever could make git write something else than the plain diff. */
const DIFF = [
  ['-c', 'core.quotePath=false'],
  ['-c', 'diff.suppressBlankEmpty=false'],
  ['diff', '--no-color', '--no-ext-diff', '--no-textconv', '--submodule=short', '--ignore-submodules=none'],
  ['--src-prefix=a/', '--dst-prefix=b/', '--no-relative', '--find-renames', '-l0', '--unified=3'],
  ['--inter-hunk-context=0', '--no-indent-heuristic', '--diff-algorithm=histogram', '--patch'],
].flat()

/**
 * The diff between the two ends of `A..B`, or from where they part (`A...B`); an end left out is HEAD.
 *
 * @returns a sentence when git says no.
 */
export async function readRange(
  range: string,
  o: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly signal?: AbortSignal },
): Promise<Result<RangeDiff, string>> {
  const [, left, dots, right] = /^(.*?)(\.{2,3})(.*)$/s.exec(range) ?? []
  if (left === undefined || right === undefined || (left === '' && right === '')) {
    return err(`"${bounded(printable(range), 80)}" is no range; e.g. main..HEAD`)
  }
  const git = (...args: readonly string[]): Promise<Result<Buffer, string>> => askGit(args, o)
  const [from, to] = await Promise.all([findObject(left, git), findObject(right, git)])
  if (!from.ok) return from
  if (!to.ok) return to
  let base = from.value.id
  if (dots === '...') {
    const parting = await git('merge-base', from.value.id, to.value.id)
    if (!parting.ok) return err(`${printable(left)} and ${printable(right)} have no common commit`)
    base = parting.value.toString('utf8').trim()
  }
  const diff = await git(...DIFF, base, to.value.id, '--')
  if (!diff.ok) return diff
  if (diff.value.length > MOST_DIFF_BYTES) {
    return err(
      `the diff is ${formatBytes(diff.value.length)} large; at most ${formatBytes(MOST_DIFF_BYTES)} are read`,
    )
  }
  const ends = { text: toByteText(diff.value), from: base, to: to.value.id }
  if (!from.value.commit || !to.value.commit) return ok(ends)
  const commits = await git('rev-list', '--count', `${base}..${to.value.id}`, '--')
  return commits.ok ? ok({ ...ends, commits: Number(commits.value.toString('utf8')) }) : commits
}

type Git = (...args: readonly string[]) => Promise<Result<Buffer, string>>

/** A commit, or at least a tree: the empty one stands for the time before the first commit. */
async function findObject(named: string, git: Git): Promise<Result<{ id: string; commit: boolean }, string>> {
  const name = named === '' ? 'HEAD' : named
  for (const kind of ['commit', 'tree']) {
    const found = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{${kind}}`)
    if (found.ok) return ok({ id: found.value.toString('utf8').trim(), commit: kind === 'commit' })
    if (found.error.includes('not a git repository')) return err('there is no git repository here')
    if (!found.error.startsWith(SAID_NO)) return found
  }
  return err(`git knows no "${bounded(printable(name), 80)}" here`)
}

const SAID_NO = 'git rev-parse failed'

async function askGit(
  args: readonly string[],
  { cwd, env, signal }: { cwd: string; env: NodeJS.ProcessEnv; signal?: AbortSignal },
): Promise<Result<Buffer, string>> {
  // Children of a hook inherit variables that point at another repository; configuration may stay.
  const own = Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || name.startsWith('GIT_CONFIG_')),
  )
  const done = await runCommand({
    command: ['git', ...args],
    cwd,
    env: {
      ...own,
      LC_ALL: 'C',
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_TERMINAL_PROMPT: '0',
    },
    ...(signal && { signal }),
  })
  if (!done.ok) return done
  const { code, signal: by, stdout, stderr } = done.value
  if (code === 0) return ok(stdout)
  const verb = args.find((arg) => /^[a-z][a-z-]+$/.test(arg)) ?? ''
  const said = printable(stderr).trim().split('\n')[0] ?? ''
  return err(
    `git ${verb} failed: ${bounded(said === '' ? `it ended with ${by ?? count(code ?? 0, 'code')}` : said, 300)}`,
  )
}
