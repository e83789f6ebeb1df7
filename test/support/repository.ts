/**
 * A project in a git repository with a bare remote beside it, and the real hook: pushes are those that people make. Its
 * launcher only calls the tool of this checkout, so that each commit has a tool of its own, as this repository's have.
 */
import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createProject, type Project } from './project.ts'
import { daemon, goodSmoke, quote, stackOf } from './stacks.ts'
import { LAUNCHER, REPOSITORY } from './tool.ts'
import { until } from './until.ts'

export interface Done {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly pid: number
  readonly done: Promise<Done>
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

export interface Repository {
  readonly project: Project
  readonly root: string
  /** The bare repository that is pushed to. */
  readonly remote: string
  /** Runs git. @returns what it wrote, without the last line break. @throws Error when it says no. */
  git(...args: readonly string[]): Promise<string>
  /** Runs any program, in the environment of a program without a terminal: hardly any PATH. */
  run(command: readonly string[], options?: RunOptions): Promise<Done>
  start(command: readonly string[], options?: RunOptions): Running
  /** `git push origin …`. */
  push(...args: readonly string[]): Promise<Done>
  write(path: string, text: string, mode?: number): string
  remove(path: string): void
  /** Adds and commits everything. @returns the commit's id. */
  commit(): Promise<string>
  /** `smokechain verify`. */
  verify(): Promise<Done>
  /** Ids of the runs there were, oldest first. */
  runs(): string[]
  /** What a ref of the remote is, peeled; undefined when it is not there. */
  remoteCommit(ref: string): Promise<string | undefined>
  /** Makes the second smoke wait in the commits made from now on. @returns a handle on it. */
  hold(): Promise<Hold>
}

export interface Hold {
  /** Resolves when the smoke waits. */
  readonly reached: Promise<true>
  release(): void
}

/** What decides whether the chain is green: the second smoke reads it. */
export const STATE = 'state.txt'

const SECOND_SMOKE = `#!/bin/sh
# title: the state is good
# why: it is what the gate is about
# needs: web
cd "$(dirname "$0")/.."
if [ -f hold.txt ]; then
  hold=$(cat hold.txt)
  : >"$hold/reached"
  until [ -f "$hold/go" ]; do sleep 0.05; done
fi
read -r state <${STATE}
echo "the state is $state"
[ "$state" = good ]
`

/** A first commit with everything in it, and the hook in use. */
export async function createRepository(...init: readonly string[]): Promise<Repository> {
  const project = createProject()
  const repository = new TestRepository(project)
  const { write, git } = repository
  write('.gitignore', 'node_modules/\nlogs/\n')
  // The tool is in the tree, so its version is this package's.
  const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
    version: string
  }
  write('package.json', `{ "name": "shop", "version": "${version}", "private": true, "type": "module" }\n`)
  write('src/smokechain.mjs', `await import(${quote(pathToFileURL(LAUNCHER).href)})\n`)
  write('stacks/dev.toml', stackOf(['d1', 'd2'], daemon('web')))
  write('smokes/d1.ts', goodSmoke())
  write('smokes/d2.sh', SECOND_SMOKE, 0o755)
  write('scripts/setup.sh', SETUP)
  write(STATE, 'good\n')
  mkdirSync(join(project.root, '.githooks'))
  copyFileSync(join(REPOSITORY, '.githooks/pre-push'), join(project.root, '.githooks/pre-push'))
  linkNode(project.root)
  await git('init', '-q', '-b', 'main', ...init)
  await git('init', '-q', '--bare', ...init, repository.remote)
  await git('remote', 'add', 'origin', repository.remote)
  await git('config', 'core.hooksPath', '.githooks')
  await repository.commit()
  return repository
}

/** Installs what this project needs: the Node that runs the tests. Refuses where a file says so. */
const SETUP = `#!/bin/sh
cd "$(dirname "$0")/.."
echo "setting up" >&2
[ ! -f no-setup.txt ] || exit 1
[ -e node_modules/.bin/node ] || { mkdir -p node_modules/.bin && ln -s ${quote(process.execPath)} node_modules/.bin/node; }
`

function linkNode(root: string): void {
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true })
  symlinkSync(process.execPath, join(root, 'node_modules/.bin/node'))
}

class TestRepository implements Repository {
  readonly project: Project
  readonly root: string
  readonly remote: string

  constructor(project: Project) {
    this.project = project
    this.root = project.root
    this.remote = join(project.home, 'remote.git')
  }

  readonly write = (path: string, text: string, mode?: number): string => this.project.write(path, text, mode)
  readonly remove = (path: string): void => rmSync(join(this.root, path), { recursive: true })
  readonly git = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await this.run(['git', ...SETTINGS, ...args])
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
    return stdout.trimEnd()
  }
  readonly push = (...args: readonly string[]): Promise<Done> =>
    this.run(['git', 'push', '-q', 'origin', ...args])

  run(command: readonly string[], options?: RunOptions): Promise<Done> {
    return this.start(command, options).done
  }

  start([program = '', ...args]: readonly string[], o: RunOptions = {}): Running {
    const { home, tmp } = this.project
    const child = spawn(program, args, {
      cwd: o.cwd ?? this.root,
      env: { PATH: '/usr/bin:/bin', HOME: home, TMPDIR: tmp, GIT_CONFIG_NOSYSTEM: '1', ...o.env },
      stdio: [o.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        output[name] += text
      })
    }
    child.stdin?.end(o.input)
    const done = new Promise<Done>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve({ code, signal, ...output }))
    })
    return { pid: child.pid ?? 0, done }
  }

  async commit(): Promise<string> {
    await this.git('add', '-A')
    await this.git('commit', '-q', '--allow-empty', '-m', 'x')
    return await this.git('rev-parse', 'HEAD')
  }

  verify(): Promise<Done> {
    return this.run([process.execPath, 'src/smokechain.mjs', 'verify'])
  }

  runs(): string[] {
    const runs = join(this.root, 'logs/runs')
    return existsSync(runs) ? readdirSync(runs).sort() : []
  }

  async remoteCommit(ref: string): Promise<string | undefined> {
    const command = ['git', '--git-dir', this.remote, 'rev-parse', '--verify', '-q', `${ref}^{commit}`]
    const { code, stdout } = await this.run(command)
    return code === 0 ? stdout.trimEnd() : undefined
  }

  async hold(): Promise<Hold> {
    const folder = join(this.project.home, 'hold')
    mkdirSync(folder)
    this.write('hold.txt', `${folder}\n`)
    return {
      get reached(): Promise<true> {
        return until('the smoke that waits', () => existsSync(join(folder, 'reached')) || undefined)
      },
      release: () => this.project.write('../home/hold/go', ''),
    }
  }
}

const SETTINGS = ['user.name=t', 'user.email=t@example.org', 'protocol.file.allow=always'].flatMap(
  (setting) => ['-c', setting],
)

/** The ledger of a run, without its times. */
export function ledgerOf(repository: Repository, run: string): string {
  return readFileSync(join(repository.root, 'logs/runs', run, 'ledger.txt'), 'utf8').replaceAll(
    / \d+s$/gm,
    '',
  )
}
