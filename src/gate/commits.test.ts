import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readCommits } from './commits.ts'
import { createTestRepository } from './fixtures/repository.ts'
import { GitFault, openRepository } from './git.ts'

it('peels tags, reads files, and keeps to the order that was asked for', async () => {
  const repository = createTestRepository()
  repository.write('a file.txt', 'one\ntwo\n')
  repository.write('empty', '')
  const tree = repository.commit()
  const commit = repository.git('rev-parse', 'HEAD')
  repository.git('tag', '-a', 'v1', '-m', 'x')
  repository.git('tag', '-a', 'v1-of-tag', '-m', 'x', 'v1')
  const tag = repository.git('rev-parse', 'v1-of-tag')
  const unknown = '1'.repeat(40)
  const found = await readCommits(
    await openRepository(repository.top, repository.env),
    [unknown, tag, tree, commit],
    ['a file.txt', 'none', 'a file.txt/x', 'empty'],
  )
  const expected = { commit, tree, files: ['one\ntwo\n', undefined, undefined, ''] }
  expect(found).toEqual([undefined, expected, undefined, expected])
})

it('follows links inside of the tree, and none that lead out of it', async () => {
  const repository = createTestRepository()
  repository.write('real', 'text')
  const links = {
    inside: 'real',
    outside: '../outside\nx',
    absolute: '/etc/passwd',
    dangling: 'gone',
    self: 'self',
  }
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(repository.top, name))
  repository.commit()
  const commit = repository.git('rev-parse', 'HEAD')
  const paths = [...Object.keys(links), 'real']
  const [found] = await readCommits(await openRepository(repository.top, repository.env), [commit], paths)
  expect(found?.files).toEqual(['text', undefined, undefined, undefined, undefined, 'text'])
})

it('fails when git does', async () => {
  const repository = createTestRepository()
  const opened = await openRepository(repository.top, repository.env)
  const broken = { ...opened, gitDir: '/nonexistent' }
  await expect(readCommits(broken, ['1'.repeat(40)], [])).rejects.toThrow(GitFault)
  expect(await readCommits(broken, [], [])).toEqual([])
})
