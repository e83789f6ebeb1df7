/** The gate where a push comes from: linked worktrees, variables of git's, submodules, fresh checkouts. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createRepository, STATE } from './support/repository.ts'

it('a linked worktree without dependencies sets itself up, and has receipts of its own', async () => {
  const repository = await createRepository()
  const linked = join(repository.project.home, 'linked')
  await repository.git('worktree', 'add', '-q', '-b', 'feature', linked)
  const push = ['git', 'push', '-q', 'origin', 'feature']
  const first = await repository.run(push, { cwd: linked })
  expect(first.code, first.stderr).toBe(0)
  expect(first.stderr).toMatch(/^setting up\n/)
  expect(first.stderr).not.toContain('a worktree of its own')
  expect(await repository.remoteCommit('feature')).toBe(await repository.git('rev-parse', 'HEAD'))
  expect(readdirSync(join(linked, 'logs/receipts'))).toHaveLength(1)
  expect(repository.runs()).toEqual([])

  const again = await repository.run([...push, 'feature:other'], { cwd: linked })
  expect(again).toMatchObject({ code: 0, stderr: '' })
  // Its changes are told apart from those of the main one.
  await repository.git('-C', linked, 'rm', '-q', 'stacks/dev.toml')
  const dirty = await repository.run([...push, 'feature:third'], { cwd: linked })
  expect(dirty).toMatchObject({ code: 0, stderr: '' })
})

it('a checkout that cannot be set up refuses the push', async () => {
  const repository = await createRepository()
  rmSync(join(repository.root, 'node_modules'), { recursive: true })
  repository.write('no-setup.txt', '')
  const pushed = await repository.push('main')
  expect(pushed.code).not.toBe(0)
  expect(pushed.stderr).toContain(
    'smokechain: push refused: this checkout could not be set up (above); run scripts/setup.sh in a terminal, then push again\n',
  )
  expect(await repository.remoteCommit('main')).toBeUndefined()
})

it('a pushed commit that cannot be set up is refused', async () => {
  const repository = await createRepository()
  repository.write('no-setup.txt', '')
  await repository.commit()
  repository.remove('no-setup.txt')
  repository.write('package.json', '{}')
  const pushed = await repository.push('main')
  expect(pushed.code).not.toBe(0)
  expect(pushed.stderr).toMatch(
    /push refused: commit \w+ \(refs\/heads\/main\): scripts\/setup.sh failed \(above\)/,
  )
  expect(readdirSync(repository.project.tmp)).toEqual([])
})

it("git's variables lead the push, and lead nothing that it starts astray", async () => {
  const repository = await createRepository()
  const commit = await repository.git('rev-parse', 'HEAD')
  // A git folder that is not in the working tree: only the variables say where it is.
  const gitDir = join(repository.project.home, 'elsewhere.git')
  await repository.git('init', '-q', '--separate-git-dir', gitDir)
  rmSync(join(repository.root, '.git'))
  const env = {
    GIT_DIR: gitDir,
    GIT_WORK_TREE: repository.root,
    GIT_INDEX_FILE: join(gitDir, 'index'),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'user.name',
    GIT_CONFIG_VALUE_0: 'x',
  }
  // From elsewhere git finds the hook only by an absolute path.
  await repository.run(['git', 'config', 'core.hooksPath', join(repository.root, '.githooks')], { env })
  const outside = await repository.run(['git', 'push', '-q', 'origin', 'main'], {
    env,
    cwd: repository.project.home,
  })
  expect(outside.code, outside.stderr).toBe(0)
  expect(outside.stderr).toContain('testing it in a worktree of its own')
  expect(await repository.remoteCommit('main')).toBe(commit)
  expect(readdirSync(repository.project.tmp)).toEqual([])
  await repository.run(['git', 'config', 'core.hooksPath', '.githooks'], { env })
  const again = await repository.run(['git', 'push', '-q', 'origin', 'main:other'], { env })
  expect(again).toMatchObject({ code: 0, stderr: '' })
})

it('variables that point at another repository do not reach what verify hashes', async () => {
  const repository = await createRepository()
  const env = {
    GIT_DIR: repository.remote,
    GIT_INDEX_FILE: '/nonexistent',
    GIT_OBJECT_DIRECTORY: '/nonexistent',
  }
  const verified = await repository.run([process.execPath, 'src/smokechain.mjs', 'verify'], { env })
  expect(verified.code, verified.stderr).toBe(0)
  expect(await repository.push('main')).toMatchObject({ code: 0, stderr: '' })
})

it('another object in the place of a commit does not change what is tested', async () => {
  const repository = await createRepository()
  const good = await repository.git('rev-parse', 'HEAD')
  expect((await repository.verify()).code).toBe(0)
  repository.write(STATE, 'bad\n')
  const bad = await repository.commit()
  await repository.git('reset', '-q', '--hard', good)
  await repository.git('replace', bad, good)
  const pushed = await repository.push(`${bad}:refs/heads/main`)
  expect(pushed.code).not.toBe(0)
  expect(pushed.stderr).toContain('FAIL d2')
})

it('a submodule is the commit that is pushed of it, and nothing else', async () => {
  const repository = await createRepository()
  const library = join(repository.project.home, 'library')
  await repository.git('init', '-q', library)
  mkdirSync(library, { recursive: true })
  const inLibrary = (...args: string[]) => repository.git('-C', library, ...args)
  repository.write('../home/library/state.txt', 'good\n')
  await inLibrary('add', '-A')
  await inLibrary('commit', '-q', '-m', 'x')
  await repository.git('submodule', '--quiet', 'add', library, 'library')
  const smoke = readFileSync(join(repository.root, 'smokes/d2.sh'), 'utf8')
  repository.write('smokes/d2.sh', smoke.replace('<state.txt', '<library/state.txt'), 0o755)
  const commit = await repository.commit()

  // Changes in it that no commit holds: no receipt, and a test of what is pushed.
  repository.write('library/state.txt', 'good\nand more\n')
  const verified = await repository.verify()
  expect(verified.stdout).toContain(
    'warning: no receipt for the gate: the submodule library has changes that are not committed in it\n',
  )
  expect(verified.stdout).toContain('--- 2 PASS / 0 FAIL ---')
  const pushed = await repository.push('main')
  expect(pushed.code, pushed.stderr).toBe(0)
  expect(pushed.stderr).toContain('testing it in a worktree of its own')
  expect(await repository.remoteCommit('main')).toBe(commit)

  // A new commit in it that is nowhere else yet.
  repository.write('library/state.txt', 'bad\n')
  await repository.git('-C', 'library', 'commit', '-q', '-a', '-m', 'y')
  await repository.commit()
  const red = await repository.push('main')
  expect(red.code).not.toBe(0)
  expect(red.stderr).toContain('FAIL d2')
  expect(red.stderr).not.toContain('a worktree of its own')
  expect(existsSync(join(repository.root, '.git/modules/library'))).toBe(true)
  expect(readdirSync(repository.project.tmp)).toEqual([])
})

it('logs that git does not ignore are no part of what was tested', async () => {
  const repository = await createRepository()
  repository.write('.gitignore', 'node_modules/\n')
  await repository.commit()
  const verified = await repository.verify()
  expect(verified.stdout).not.toContain('no receipt')
  expect(await repository.push('main')).toMatchObject({ code: 0, stderr: '' })
})

it('another stack can be what a push must pass', async () => {
  const repository = await createRepository()
  repository.write(
    'stacks/small.toml',
    readFileSync(join(repository.root, 'stacks/dev.toml'), 'utf8').replace('"d1","d2"', '"d1"'),
  )
  repository.write(STATE, 'bad\n')
  await repository.commit()
  const pushed = await repository.run([
    'git',
    '-c',
    'smokechain.stack=stacks/small.toml',
    'push',
    '-q',
    'origin',
    'main',
  ])
  expect(pushed.code, pushed.stderr).toBe(0)
  expect(pushed.stderr).toContain('--- 1 PASS / 0 FAIL ---')
  await repository.git('config', 'smokechain.stack', 'stacks/small.toml')
  expect(await repository.push('main:other')).toMatchObject({ code: 0, stderr: '' })
  // It is not the receipt of the other stack.
  await repository.git('config', '--unset', 'smokechain.stack')
  expect((await repository.push('main:third')).code).not.toBe(0)
})
