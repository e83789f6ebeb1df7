import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createTestRepository, type TestRepository } from './fixtures/repository.ts'
import { openRepository } from './git.ts'
import { hashWorkingTree, listChanges } from './tree.ts'

async function hash(repository: TestRepository, logs = 'logs'): Promise<string> {
  const opened = await openRepository(repository.top, repository.env)
  const tree = await hashWorkingTree(opened, join(repository.top, logs))
  return tree.ok ? tree.value.id : `refused: ${tree.error}`
}

/** A committed file and an ignored folder. */
function createCommitted(...init: readonly string[]): TestRepository & { readonly tree: string } {
  const repository = createTestRepository(...init)
  repository.write('a.txt', 'one\n')
  repository.write('.gitignore', 'out/\n')
  return { ...repository, tree: repository.commit() }
}

/** Git looks at times in whole seconds. */
const secondOf = (file: string): number => Math.floor(statSync(file).mtimeMs / 1_000)

/** The index and a change that came after it have the same time. */
function createChangedInOneSecond(): ReturnType<typeof createCommitted> {
  for (;;) {
    const repository = createCommitted()
    repository.write('a.txt', 'two\n')
    if (secondOf(join(repository.top, 'a.txt')) === secondOf(join(repository.top, '.git/index')))
      return repository
  }
}

describe('hashWorkingTree', () => {
  it('is the tree of the commit when nothing differs from it', async () => {
    const repository = createCommitted()
    repository.write('out/x', 'ignored')
    expect(await hash(repository)).toBe(repository.tree)
  })

  it('is of 64 digits where git uses SHA-256', async () => {
    const repository = createCommitted('--object-format=sha256')
    expect(repository.tree).toMatch(/^[0-9a-f]{64}$/)
    expect(await hash(repository)).toBe(repository.tree)
  })

  it.each<[string, (repository: TestRepository) => void]>([
    ['a change', ({ write }) => write('a.txt', 'two\n')],
    ['an untracked file', ({ write }) => write('b/c.txt', 'new')],
    ['a deletion', ({ remove }) => remove('a.txt')],
    ['a mode', ({ top }) => chmodSync(join(top, 'a.txt'), 0o755)],
    ['a name that is no plain word', ({ write }) => write(' "ä\n$(x)', 'new')],
    ['a rename', ({ git }) => git('mv', 'a.txt', 'z.txt')],
  ])('is what a commit of everything would record: %s', async (_, change) => {
    const repository = createCommitted()
    change(repository)
    const tree = await hash(repository)
    expect(tree).not.toBe(repository.tree)
    expect(tree).toBe(repository.commit())
  })

  it('is the files and not what is staged', async () => {
    const repository = createCommitted()
    repository.write('a.txt', 'staged\n')
    repository.git('add', 'a.txt')
    repository.write('a.txt', 'one\n')
    expect(await hash(repository)).toBe(repository.tree)
  })

  it('holds a tracked file although it is ignored', async () => {
    const repository = createCommitted()
    repository.write('out/kept', '1')
    repository.git('add', '-f', 'out/kept')
    const tree = repository.commit()
    expect(await hash(repository)).toBe(tree)
    repository.write('out/kept', '2')
    expect(await hash(repository)).not.toBe(tree)
  })

  it.each(['--assume-unchanged', '--skip-worktree'])('does not believe %s', async (mark) => {
    const repository = createCommitted()
    repository.git('update-index', mark, 'a.txt')
    expect(await hash(repository)).toBe(repository.tree)
    repository.write('a.txt', 'two\n')
    const tree = await hash(repository)
    repository.git('update-index', mark.replace('--', '--no-'), 'a.txt')
    expect(tree).toBe(repository.commit())
  })

  it('sees a change of the same size in the second in which the index was written', async () => {
    const repository = createChangedInOneSecond()
    // In a later second, a copy of the index looks newer than the change.
    const changed = secondOf(join(repository.top, 'a.txt'))
    while (Math.floor(Date.now() / 1_000) === changed) await delay(20)
    expect(await hash(repository)).not.toBe(repository.tree)
  })

  it('leaves the index and the objects of the repository as they are', async () => {
    const repository = createCommitted()
    repository.write('a.txt', 'two\n')
    repository.write('b.txt', 'new and secret\n')
    const look = () => [
      readFileSync(join(repository.top, '.git/index')).toString('hex'),
      execFileSync('find', [join(repository.top, '.git'), '-type', 'f'], { encoding: 'utf8' }),
    ]
    const before = look()
    await hash(repository)
    expect(look()).toEqual(before)
  })

  it('works before the first commit', async () => {
    const repository = createTestRepository()
    repository.write('a.txt', 'one\n')
    const tree = await hash(repository)
    expect(tree).toBe(repository.commit())
  })

  it('works while a merge is in conflict', async () => {
    const repository = createCommitted()
    repository.git('switch', '-q', '-c', 'other')
    repository.write('a.txt', 'two\n')
    repository.commit()
    repository.git('switch', '-q', 'main')
    repository.write('a.txt', 'three\n')
    repository.commit()
    expect(() => repository.git('merge', '-q', 'other')).toThrow()
    const tree = await hash(repository)
    expect(tree).toBe(repository.commit())
  })

  it("counts nothing of the tool's own folder but what is tracked in it", async () => {
    const repository = createCommitted()
    repository.write('logs/.gitkeep', '')
    const tree = repository.commit()
    repository.write('logs/runs/x/journal.jsonl', '{}')
    expect(await hash(repository)).toBe(tree)
    expect(await hash(repository, 'elsewhere')).not.toBe(tree)
    repository.write('logs/.gitkeep', 'changed')
    expect(await hash(repository)).not.toBe(tree)
  })

  it('hashes the whole repository, also from a folder in it', async () => {
    const repository = createCommitted()
    repository.write('project/p.txt', 'p')
    const tree = repository.commit()
    const opened = await openRepository(join(repository.top, 'project'), repository.env)
    expect(await hashWorkingTree(opened, join(repository.top, 'project/logs'))).toMatchObject({
      value: { id: tree },
    })
  })

  it('looks at its own repository, whatever the environment says', async () => {
    const [repository, other] = [createCommitted(), createTestRepository()]
    const env = {
      ...repository.env,
      GIT_DIR: join(other.top, '.git'),
      GIT_WORK_TREE: other.top,
      GIT_INDEX_FILE: '/nonexistent',
      GIT_OBJECT_DIRECTORY: '/nonexistent',
    }
    const opened = await openRepository(repository.top, env)
    expect(await hashWorkingTree(opened, '/logs')).toMatchObject({ value: { id: repository.tree } })
  })
})

it('names what differs between two working states', async () => {
  const repository = createCommitted()
  repository.write('z.txt', 'goes')
  const opened = await openRepository(repository.top, repository.env)
  const look = async () => {
    const tree = await hashWorkingTree(opened, '/logs')
    if (!tree.ok) throw new Error(tree.error)
    return tree.value
  }
  const before = await look()
  expect(listChanges(before, await look())).toEqual([])
  repository.write('a.txt', 'two\n')
  repository.write('new\tname', '')
  repository.remove('z.txt')
  expect(listChanges(before, await look())).toEqual(['a.txt', 'new\tname', 'z.txt'])
})

describe('submodules', () => {
  function createWithSubmodule(): TestRepository & { readonly inner: TestRepository; readonly tree: string } {
    const [inner, repository] = [createCommitted(), createCommitted()]
    repository.git('submodule', '--quiet', 'add', inner.top, 'sub')
    return { ...repository, inner, tree: repository.commit() }
  }

  it('are the commit they are at', async () => {
    const repository = createWithSubmodule()
    expect(await hash(repository)).toBe(repository.tree)
    repository.git('-C', 'sub', 'commit', '-q', '--allow-empty', '-m', 'y')
    const tree = await hash(repository)
    expect(tree).not.toBe(repository.tree)
    expect(tree).toBe(repository.commit())
  })

  it.each(['a.txt', 'untracked'])('must hold nothing else: %s', async (file) => {
    const repository = createWithSubmodule()
    repository.write(`sub/${file}`, 'changed')
    expect(await hash(repository)).toBe('refused: the submodule sub has changes that are not committed in it')
  })

  it('that are not checked out are still in the tree', async () => {
    const repository = createWithSubmodule()
    repository.git('submodule', '--quiet', 'deinit', '-f', 'sub')
    expect(await hash(repository)).toBe(repository.tree)
  })

  it('that git is told to ignore are not ignored', async () => {
    const repository = createWithSubmodule()
    repository.git('config', 'submodule.sub.ignore', 'all')
    repository.git('config', 'diff.ignoreSubmodules', 'all')
    repository.git('-C', 'sub', 'commit', '-q', '--allow-empty', '-m', 'y')
    expect(await hash(repository)).not.toBe(repository.tree)
  })
})

it('says why a folder has no repository', async () => {
  const { env } = createTestRepository()
  await expect(openRepository('/', env)).rejects.toMatchObject({ noRepository: true })
  await expect(openRepository('/', { ...env, PATH: '/nonexistent' })).rejects.toMatchObject({
    noRepository: true,
  })
})
