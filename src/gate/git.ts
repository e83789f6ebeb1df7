/**
 * Git, asked without any of the variables by which a hook, an alias or a person points git at another repository,
 * index or object store: children of a hook inherit them, and would read or write the wrong one.
 */
import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { type CommandOutput, runCommand } from '../host/run-command.ts'
import { bounded, printable } from '../kernel/text.ts'

/** Git said no. The message is one line. */
export class GitFault extends Error {
  /** The folder is in no repository, or there is no git. */
  readonly noRepository: boolean
  constructor(message: string, noRepository = false) {
    super(message)
    this.name = 'GitFault'
    this.noRepository = noRepository
  }
}

export interface Repository {
  /** Absolute; of a linked worktree, that worktree's own. */
  readonly gitDir: string
  /** Top folder of the working tree, absolute, without symbolic links. */
  readonly top: string
  /** The environment without git's local variables: for children. */
  readonly env: NodeJS.ProcessEnv
}

export interface GitOptions {
  readonly input?: string | Uint8Array
  /** Beside the repository's environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** Exit codes that are answers and not faults, beside 0. */
  readonly codes?: readonly number[]
}

const LOCAL = /^GIT_[A-Z_]+$/
// Messages in English; objects as they are pushed, whatever refs/replace says; no prompt that nobody sees; pathspecs with
// their magic.
const FIXED = {
  LC_ALL: 'C',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_LITERAL_PATHSPECS: '0',
}

/** The repository that git itself means here, its local variables heeded: for hooks. @throws GitFault */
export async function openInherited(cwd: string, env: NodeJS.ProcessEnv): Promise<Repository> {
  const { locals, rest } = await locate(cwd, env)
  return toRepository(rest, without(env, locals))
}

/** The repository that the folder lies in, whatever the environment says. @throws GitFault */
export async function openRepository(cwd: string, env: NodeJS.ProcessEnv): Promise<Repository> {
  const clean = await clearLocals(cwd, env)
  const { rest } = await locate(cwd, clean)
  return toRepository(rest, clean)
}

/** The environment without git's local variables. @throws GitFault when there is no git. */
async function clearLocals(cwd: string, env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const { stdout } = await spawnGit(['rev-parse', '--local-env-vars'], cwd, env)
  return without(env, stdout.toString('utf8').split('\n'))
}

async function locate(cwd: string, env: NodeJS.ProcessEnv): Promise<{ locals: string[]; rest: string[] }> {
  const args = ['rev-parse', '--local-env-vars', '--absolute-git-dir', '--show-toplevel']
  const { code, stdout, stderr } = await spawnGit(args, cwd, { ...env, LC_ALL: 'C' })
  if (code !== 0) throw new GitFault(firstLine(stderr), /not a git repository/.test(stderr))
  const lines = stdout.toString('utf8').trimEnd().split('\n')
  const rest = lines.filter((line) => !LOCAL.test(line))
  return { locals: lines.filter((line) => LOCAL.test(line)), rest }
}

function toRepository(lines: readonly string[], env: NodeJS.ProcessEnv): Repository {
  const [gitDir, top, ...more] = lines
  // A line break in a path would make two of one.
  if (gitDir === undefined || top === undefined || more.length > 0) {
    throw new GitFault('git names no working tree here that can be told by its path')
  }
  return { gitDir: realpathSync(gitDir), top: realpathSync(top), env }
}

function without(env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)))
}

/** Runs git on this repository. @returns its standard output. @throws GitFault when it says no. */
export async function runGit(
  repository: Repository,
  args: readonly string[],
  o: GitOptions = {},
): Promise<Buffer> {
  const { code, stdout, stderr } = await askGit(repository, args, o)
  if (code === 0) return stdout
  throw new GitFault(`git ${args.find((arg) => /^[a-z]/.test(arg)) ?? ''} failed: ${firstLine(stderr)}`)
}

/** The same, for when the exit code is the answer. @throws GitFault when git cannot be run. */
export function askGit(
  repository: Repository,
  args: readonly string[],
  o: GitOptions = {},
): Promise<CommandOutput> {
  const { gitDir, top, env } = repository
  const own = { ...env, ...FIXED, GIT_DIR: gitDir, GIT_WORK_TREE: top, ...o.env }
  return spawnGit(args, top, own, o)
}

/** Paths inside the git folder, as `git rev-parse --git-path` finds each. @throws GitFault */
export async function gitPaths(repository: Repository, names: readonly string[]): Promise<string[]> {
  const out = await runGit(repository, ['rev-parse', ...names.flatMap((name) => ['--git-path', name])])
  const paths = out.toString('utf8').trimEnd().split('\n')
  // A line break in a path would make two of one.
  if (paths.length !== names.length)
    throw new GitFault('git names no folder here that can be told by its path')
  return paths.map((path) => resolve(repository.top, path))
}

/** A value of git's configuration, `-c` on the command line included. @returns undefined when it is not set. */
export async function readConfig(
  key: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const { code, stdout, stderr } = await spawnGit(['config', '-z', '--get', key], cwd, env)
  if (code === 1) return undefined
  if (code !== 0) throw new GitFault(`git config failed: ${firstLine(stderr)}`)
  return stdout.toString('utf8').replace(/\0$/, '')
}

async function spawnGit(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  { input, signal }: GitOptions = {},
): Promise<CommandOutput> {
  const done = await runCommand({
    command: ['git', ...args],
    cwd,
    env,
    ...(input !== undefined && { input }),
    ...(signal && { signal }),
  })
  if (!done.ok) throw new GitFault(done.error, true)
  return done.value
}

function firstLine(stderr: string): string {
  const lines = printable(stderr).split('\n')
  const line = lines.find((each) => /^(fatal|error):/.test(each)) ?? lines.find((each) => each !== '')
  return bounded(line?.replace(/^(fatal|error): /, '') ?? 'it did not say why', 300)
}
