/** Would git really run this project's pre-push hook, in this very worktree? Git skips one that is not executable. */
import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { baseEnvironment } from '../../host/environment.ts'
import { hasCode } from '../../kernel/errno.ts'
import type { Check, CheckContext } from '../check.ts'
import { type Finding, type Fix, ok } from '../finding.ts'
import { readFirstLine } from '../read-first-line.ts'

const FOLDER = '.githooks'
const HOOK = 'pre-push'
/** What of git's environment would make it speak of another repository, e.g. inside of a hook. */
const LOCAL = /^GIT_(DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|PREFIX|OBJECT_DIRECTORY)$/

export const hookCheck: Check = {
  id: 'hook',
  group: 'hook',
  title: 'the pre-push hook: installed, executable, and the one that git runs in this worktree',
  deadlineMs: 30_000,
  async run(context) {
    const git = new Git(context)
    const top = await git.ask(['rev-parse', '--show-toplevel'])
    if ('problem' in top) return [top.problem]
    if (top.text === '' && !/not a git repository/i.test(top.stderr)) return [describeRefusal(top.stderr)]
    if (top.text === '')
      return [ok('hook.no-repository', 'this is no git worktree: nothing is pushed from here')]
    const shipped = join(top.text, FOLDER, HOOK)
    const path = await git.ask(['rev-parse', '--git-path', `hooks/${HOOK}`], top.text)
    if ('problem' in path) return [path.problem]
    const used = resolve(top.text, path.text)
    const configured = await git.ask(['config', '--show-origin', '--get', 'core.hooksPath'], top.text)
    const setting =
      'problem' in configured || configured.text === ''
        ? 'core.hooksPath is not set'
        : `core.hooksPath: ${configured.text}`
    const place: Place = { top: top.text, shipped, used, setting }
    if (!existsSync(used)) return [describeMissing(place, git)]
    if (existsSync(shipped) && realpathSync(used) !== realpathSync(shipped))
      return [describeOther(place, git)]
    return [judgeFile(place, context) ?? (await tryHook(place, git))]
  },
}

/** Git says no to a repository that is there, e.g. because it belongs to another user. */
function describeRefusal(stderr: string): Finding {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  return {
    id: 'hook.refused',
    severity: 'could-not-check',
    summary: 'git refuses to tell which hook it runs here',
    evidence: lines.slice(0, 4),
    remedy:
      lines.find((line) => line.trim().startsWith('git config'))?.trim() ??
      'git status   (mend what it says)',
  }
}

interface Place {
  readonly top: string
  /** The hook that the project brings. */
  readonly shipped: string
  /** What git runs here. */
  readonly used: string
  readonly setting: string
}

type Said =
  | { readonly text: string; readonly code: number | null; readonly stderr: string }
  | { readonly problem: Finding }

class Git {
  readonly #context: CheckContext

  constructor(context: CheckContext) {
    this.#context = context
  }

  /** `text`: trimmed standard output; empty when git said no. */
  async ask(words: readonly string[], cwd = this.#context.root): Promise<Said> {
    const { system, env, signal } = this.#context
    const base = Object.entries(env).filter(([name]) => name.startsWith('GIT_') && !LOCAL.test(name))
    const environment = { ...baseEnvironment(env), ...Object.fromEntries(base), LC_ALL: 'C' }
    const command = ['git', ...words]
    const asked = await system.runCommand({ command, cwd, env: environment, signal })
    if (!asked.ok) {
      const problem: Finding = {
        id: 'hook.no-git',
        severity: 'could-not-check',
        summary: `git cannot be asked which hook it runs: ${asked.error}`,
        remedy: 'apt-get install git   (macOS: xcode-select --install)',
      }
      return { problem }
    }
    const { code, stdout, stderr } = asked.value
    return { text: code === 0 ? stdout.toString('utf8').trim() : '', code, stderr }
  }
}

/** The words that make git look in the project's folder: where a worktree has a setting of its own, that one. */
const installWords = ({ setting }: Place): string[] => [
  'config',
  ...(/config\.worktree\s/.test(setting) ? ['--worktree'] : []),
  'core.hooksPath',
  FOLDER,
]

/** In this repository and all of its worktrees. */
function installFix(git: Git, place: Place): Fix {
  const words = installWords(place)
  return {
    does: `git -C ${place.top} ${words.join(' ')}`,
    async apply() {
      const said = await git.ask(words, place.top)
      if ('problem' in said) return said.problem.summary
      return said.code === 0 ? undefined : said.stderr.trim()
    },
  }
}

function describeMissing(place: Place, git: Git): Finding {
  const { shipped, used, setting, top } = place
  const evidence = [`git would run ${used}`, setting]
  if (!existsSync(shipped)) {
    return ok('hook.none', `no ${HOOK} hook: pushes from ${top} are not gated`, evidence)
  }
  const summary = `the ${HOOK} hook is not installed: git does not look in ${FOLDER}, and pushes are not gated`
  const remedy = `git ${installWords(place).join(' ')}`
  return {
    id: 'hook.not-installed',
    severity: 'warning',
    summary,
    evidence,
    remedy,
    fix: installFix(git, place),
  }
}

function describeOther(place: Place, git: Git): Finding {
  const { used, setting, shipped } = place
  const evidence = [`git runs ${used}`, `this project's hook is ${shipped}`, setting]
  const summary = `git runs another ${HOOK} hook here, not that of this project: pushes are not gated`
  const remedy = `git ${installWords(place).join(' ')}   (or call ${FOLDER}/${HOOK} from ${used})`
  return { id: 'hook.other', severity: 'error', summary, evidence, remedy, fix: installFix(git, place) }
}

/** What the file itself lacks. */
function judgeFile({ used, top, setting }: Place, { system, env }: CheckContext): Finding | undefined {
  const name = relative(top, used).startsWith('..') ? used : relative(top, used)
  const about = { severity: 'error', evidence: [`git runs ${used}`, setting] } as const
  if (!statSync(used).isFile()) {
    const summary = `${name} is no file: git cannot run it`
    return { id: 'hook.no-file', ...about, summary, remedy: `git checkout -- ${name}` }
  }
  if (!isExecutable(used)) {
    const fix: Fix = {
      does: `chmod +x ${used}`,
      async apply() {
        await chmod(used, statSync(used).mode | 0o111)
        return isExecutable(used)
          ? undefined
          : 'it still is not executable: is the file system mounted noexec?'
      },
    }
    const summary = `the ${HOOK} hook ${name} is not executable: git skips it, and pushes are not gated`
    return { id: 'hook.not-executable', ...about, summary, remedy: `chmod +x ${name}`, fix }
  }
  const line = readFirstLine(used)
  if (line.endsWith('\r')) {
    const summary = `the first line of ${name} ends with a carriage return: its interpreter is not found`
    return { id: 'hook.interpreter', ...about, summary, remedy: `sed -i 's/\\r$//' ${name}` }
  }
  const [interpreter = '', argument] = line.startsWith('#!') ? line.slice(2).trim().split(/\s+/) : []
  const program = basename(interpreter) === 'env' && argument ? argument : interpreter
  if (program === '' || system.resolveCommand({ program, cwd: top, env: baseEnvironment(env) }).ok)
    return undefined
  const summary = `the ${HOOK} hook wants the interpreter "${program}", which is not there`
  return {
    id: 'hook.interpreter',
    ...about,
    summary,
    remedy: `install ${program}, or correct the first line of ${name}`,
  }
}

/** Has git run it, with nothing to push: a hook that gates has nothing to say then. Only our own is tried. */
async function tryHook({ used, shipped, top, setting }: Place, git: Git): Promise<Finding> {
  const evidence = [`git runs ${used}`, setting]
  if (!existsSync(shipped))
    return ok('hook.foreign', `git runs a ${HOOK} hook that is not of this project`, evidence)
  // Ours would install the dependencies first, and a look changes nothing.
  if (existsSync(join(top, 'package-lock.json')) && !existsSync(join(top, 'node_modules'))) {
    return ok(
      'hook.installed',
      `git would run ${FOLDER}/${HOOK} in this worktree, once it is set up`,
      evidence,
    )
  }
  const said = await git.ask(['hook', 'run', HOOK, '--', 'doctor', 'doctor'], top)
  if ('problem' in said) return said.problem
  if (said.code === 0) return ok('hook.fires', `git runs ${FOLDER}/${HOOK} in this worktree`, evidence)
  // Before git 2.36 there was no `git hook`; then what git would run is all that is known.
  if (/is not a git command/.test(said.stderr))
    return ok('hook.installed', `${FOLDER}/${HOOK} is installed`, evidence)
  const lines = said.stderr.split('\n').filter((line) => line.trim() !== '')
  return {
    id: 'hook.fails',
    severity: 'error',
    summary: `the ${HOOK} hook fails even when nothing is pushed (exit code ${said.code}): every push would be refused`,
    evidence: [...evidence, ...lines.slice(-4)],
    remedy: `git hook run ${HOOK} -- origin origin < /dev/null   (mend what it says)`,
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch (error) {
    if (hasCode(error, 'EACCES')) return false
    throw error
  }
}
