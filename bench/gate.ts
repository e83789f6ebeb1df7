/**
 * How long a push waits for its hook when there is a receipt, and how long the two hashes of the working state take that a
 * receipt costs a run.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openRepository } from '../src/gate/git.ts'
import { hashWorkingTree } from '../src/gate/tree.ts'
import { LAUNCHER, REPOSITORY, runNode } from './kit/command.ts'
import { makeProject, type Project, trivialSmoke } from './kit/project.ts'
import type { Row } from './kit/row.ts'
import { median, ratio, spread } from './kit/stats.ts'

const TRIALS = 25
const HASHES = 10

/** Runs git, or what git would run. @returns its standard output. @throws Error when it fails. */
function run(folder: string, command: readonly string[], input = ''): string {
  const [program = '', ...args] = command
  const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1' }
  const done = spawnSync(program, args, { cwd: folder, env, input, encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`${command.join(' ')} failed:\n${done.stderr}${done.error ?? ''}`)
  return done.stdout.trimEnd()
}

/** A repository with the real hook and one commit. @returns the line that git would write for a push of it. */
function makeRepository(project: Project): string {
  const { folder } = project
  for (const inner of ['src', '.githooks', 'node_modules/.bin'])
    mkdirSync(join(folder, inner), { recursive: true })
  project.write('src/smokechain.mjs', `await import(${JSON.stringify(pathToFileURL(LAUNCHER).href)})\n`)
  project.write('.gitignore', 'node_modules/\nlogs/\n')
  copyFileSync(join(REPOSITORY, '.githooks/pre-push'), join(folder, '.githooks/pre-push'))
  copyFileSync(join(REPOSITORY, 'package.json'), join(folder, 'package.json'))
  symlinkSync(process.execPath, join(folder, 'node_modules/.bin/node'))
  run(folder, ['git', 'init', '-q', '-b', 'main'])
  run(folder, ['git', 'add', '-A'])
  run(folder, ['git', '-c', 'user.name=b', '-c', 'user.email=b@example.org', 'commit', '-q', '-m', 'x'])
  const commit = run(folder, ['git', 'rev-parse', 'HEAD'])
  return `refs/heads/main ${commit} refs/heads/main ${'0'.repeat(commit.length)}\n`
}

async function measureHook(): Promise<Row[]> {
  using project = makeProject([{ name: 'd' }], [trivialSmoke('s', 'd')])
  const line = makeRepository(project)
  const push = (): void => void run(project.folder, ['.githooks/pre-push', 'origin', 'x'], line)
  // The first run tests the commit and writes the receipt.
  push()
  const [hook, node]: [number[], number[]] = [[], []]
  for (let i = 0; i < TRIALS; i += 1) {
    node.push((await runNode(['-e', '0'])).wallMs)
    const from = performance.now()
    push()
    hook.push(performance.now() - from)
  }
  return [
    {
      what: 'pre-push with a receipt',
      target: '< 250 ms',
      values: { 'ratio to node -e 0': ratio(median(hook), median(node)), ...spread(hook) },
    },
  ]
}

async function measureHash(): Promise<Row> {
  const repository = await openRepository(REPOSITORY, process.env)
  const times: number[] = []
  for (let i = 0; i < HASHES; i += 1) {
    const from = performance.now()
    const tree = await hashWorkingTree(repository, join(REPOSITORY, 'logs'))
    if (!tree.ok) throw new Error(tree.error)
    times.push(performance.now() - from)
  }
  return { what: 'hashing the working state of this repository (twice a run)', values: spread(times) }
}

export default {
  name: 'gate',
  run: async (): Promise<Row[]> => [...(await measureHook()), await measureHash()],
}
