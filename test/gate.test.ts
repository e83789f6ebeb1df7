/** Real pushes through the real hook: what is pushed is what was tested. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createRepository, type Done, ledgerOf, type Repository, STATE } from './support/repository.ts'

/** Nothing of a test in a worktree of its own is left. */
async function expectNoWorktreeLeft(repository: Repository): Promise<void> {
  expect((await repository.git('worktree', 'list', '--porcelain')).match(/^worktree /gm)).toHaveLength(1)
  expect(readdirSync(repository.project.tmp)).toEqual([])
}

/** The one line that says why: the last of the tool's. */
function reasonOf({ stderr }: Done): string {
  const lines = stderr.split('\n').filter((line) => line.startsWith('smokechain: push refused: '))
  expect(lines, stderr).toHaveLength(1)
  return (lines[0] ?? '').replaceAll(/\b[0-9a-f]{10}\b/g, '<commit>')
}

it('a tree that was tested is pushed at once, under any name', async () => {
  const repository = await createRepository()
  const verified = await repository.verify()
  expect(verified.code, verified.stderr).toBe(0)
  expect(verified.stdout).not.toContain('receipt')

  const commit = await repository.git('rev-parse', 'HEAD')
  const pushed = await repository.push('HEAD', 'HEAD:refs/heads/release/1', `${commit}:refs/heads/by-id`)
  expect(pushed).toMatchObject({ code: 0, stderr: '' })
  for (const ref of ['main', 'release/1', 'by-id']) expect(await repository.remoteCommit(ref)).toBe(commit)
  expect(repository.runs()).toHaveLength(1)
})

it('without a receipt the chain runs, once; then the same tree needs no other run', async () => {
  const repository = await createRepository()
  const pushed = await repository.push('main')
  expect(pushed.code, pushed.stderr).toBe(0)
  expect(pushed.stderr).toContain('(refs/heads/main): no receipt; testing it now')
  expect(pushed.stderr).toContain('--- 2 PASS / 0 FAIL ---')
  expect(pushed.stdout).toBe('')
  expect(repository.runs()).toHaveLength(1)

  // Another commit with the same tree; an annotated tag; a name that is counted from another.
  const commit = await repository.commit()
  await repository.git('tag', '-a', 'v1', '-m', 'one')
  const again = await repository.push('main', 'v1', 'HEAD~:refs/heads/before')
  expect(again).toMatchObject({ code: 0, stderr: '' })
  expect(await repository.remoteCommit('v1')).toBe(commit)
  expect(await repository.remoteCommit('before')).toBe(await repository.git('rev-parse', 'HEAD~'))
  expect(repository.runs()).toHaveLength(1)
})

it('a red tree is refused, and nothing reaches the remote', async () => {
  const repository = await createRepository()
  repository.write(STATE, 'bad\n')
  await repository.commit()
  const pushed = await repository.push('main')
  expect(pushed.code).not.toBe(0)
  expect(pushed.stderr).toContain('--- 1 PASS / 1 FAIL ---')
  expect(reasonOf(pushed).replace(repository.root, '<root>')).toMatchInlineSnapshot(
    `"smokechain: push refused: commit <commit> (refs/heads/main): its chain is not green (above); mend it, commit, and push again. Logs: <root>/logs/latest"`,
  )
  expect(await repository.remoteCommit('main')).toBeUndefined()
})

it('a dirty tree: it is the pushed commit that is tested', async () => {
  const repository = await createRepository()
  const commit = await repository.git('rev-parse', 'HEAD')
  repository.write(STATE, 'bad\n')
  await repository.git('add', STATE)
  const before = readFileSync(join(repository.root, '.git/index'))
  const pushed = await repository.push('main')
  expect(pushed.code, pushed.stderr).toBe(0)
  expect(pushed.stderr).toContain('the working tree differs from it: testing it in a worktree of its own')
  expect(await repository.remoteCommit('main')).toBe(commit)
  const [run = ''] = repository.runs()
  expect(ledgerOf(repository, run)).toBe('PASS d1\nPASS d2\n--- 2 PASS / 0 FAIL ---\n')
  expect(readFileSync(join(repository.root, '.git/index')).equals(before)).toBe(true)
  expect(readFileSync(join(repository.root, STATE), 'utf8')).toBe('bad\n')
  await expectNoWorktreeLeft(repository)
})

it('a commit is not made good by what lies beside it: changes and untracked files', async () => {
  const repository = await createRepository()
  await repository.git('rm', '-q', '--cached', STATE)
  await repository.git('commit', '-q', '-m', 'forgets a file')
  const verified = await repository.verify()
  expect(verified.code, verified.stdout).toBe(0)
  const forgotten = await repository.push('main')
  expect(forgotten.code).not.toBe(0)
  expect(forgotten.stderr).toContain('FAIL d2')

  repository.write(STATE, 'bad\n')
  await repository.commit()
  repository.write(STATE, 'good\n')
  const red = await repository.push('main')
  expect(red.code).not.toBe(0)
  expect(red.stderr).toContain('FAIL d2')
  expect(await repository.remoteCommit('main')).toBeUndefined()
  await expectNoWorktreeLeft(repository)

  // What was tested in the working tree counts from the moment it is what is pushed.
  const commit = await repository.commit()
  const mended = await repository.push('main')
  expect(mended).toMatchObject({ code: 0, stderr: '' })
  expect(await repository.remoteCommit('main')).toBe(commit)
})

it('deletes, and pushes of nothing, pass without a run', async () => {
  const repository = await createRepository()
  await repository.git('push', '-q', '--no-verify', 'origin', 'main', 'main:other', 'main:third')
  expect(await repository.push('main')).toMatchObject({ code: 0, stderr: '' })
  expect(await repository.push('--delete', 'other')).toMatchObject({ code: 0, stderr: '' })
  expect(await repository.push(':third')).toMatchObject({ code: 0, stderr: '' })
  expect(await repository.remoteCommit('other')).toBeUndefined()
  expect(repository.runs()).toEqual([])
})

it('of several refs every one must pass, or none is pushed', async () => {
  const repository = await createRepository()
  expect((await repository.verify()).code).toBe(0)
  await repository.git('switch', '-q', '-c', 'red')
  repository.write(STATE, 'bad\n')
  await repository.commit()
  await repository.git('switch', '-q', 'main')
  const pushed = await repository.push('main', 'red', ':refs/heads/gone')
  expect(pushed.code).not.toBe(0)
  expect(reasonOf(pushed)).toContain('commit <commit> (refs/heads/red)')
  expect(await repository.remoteCommit('main')).toBeUndefined()
  await expectNoWorktreeLeft(repository)
})

it('a ref that is no commit, or a commit without a stack, cannot be tested', async () => {
  const repository = await createRepository()
  await repository.git('tag', 'text', `HEAD:${STATE}`)
  await repository.git('tag', '-a', 'tree', '-m', 'x', 'HEAD^{tree}')
  expect(reasonOf(await repository.push('text'))).toMatchInlineSnapshot(
    `"smokechain: push refused: refs/tags/text is no commit (<commit>), so nothing of it can be tested; \`git push --no-verify\` sends it untested"`,
  )
  expect(reasonOf(await repository.push('tree'))).toContain('refs/tags/tree is no commit')
  await repository.git('switch', '-q', '--orphan', 'pages')
  await repository.git('commit', '-q', '--allow-empty', '-m', 'x')
  const commit = await repository.git('rev-parse', 'HEAD')
  await repository.git('switch', '-q', 'main')
  expect(reasonOf(await repository.push('pages'))).toMatchInlineSnapshot(
    `"smokechain: push refused: commit <commit> (refs/heads/pages) has no stacks/dev.toml to be tested by; \`git push --no-verify\` sends it untested"`,
  )
  expect((await repository.push('--no-verify', 'pages')).code).toBe(0)
  expect(await repository.remoteCommit('pages')).toBe(commit)
  expect(repository.runs()).toEqual([])
})

it('hostile names are only names', async () => {
  const repository = await createRepository()
  expect((await repository.verify()).code).toBe(0)
  const names = ['$(id>pwned)', '`id>pwned`', ';id>pwned;', '--exec=x', '\'"|&', 'ä→\u202e', '%s%n']
  for (const name of names) await repository.git('update-ref', `refs/heads/${name}`, 'HEAD')
  const refs = names.map((name) => `refs/heads/${name}`)
  expect(await repository.push(...refs)).toMatchObject({ code: 0, stderr: '' })
  for (const ref of refs) expect(await repository.remoteCommit(ref)).toBeDefined()
  // Names with blanks and line breaks: of what is looked for in a message.
  await repository.git('commit', '-q', '--allow-empty', '-m', 'a b')
  expect(await repository.push(':/a b:refs/heads/found')).toMatchObject({ code: 0, stderr: '' })
  expect(existsSync(join(repository.root, 'pwned'))).toBe(false)
  expect(repository.runs()).toHaveLength(1)
})

it('ids of 64 digits', async () => {
  const repository = await createRepository('--object-format=sha256')
  const pushed = await repository.push('main')
  expect(pushed.code, pushed.stderr).toBe(0)
  expect(await repository.remoteCommit('main')).toMatch(/^[0-9a-f]{64}$/)
  expect(await repository.push('main:other')).toMatchObject({ code: 0, stderr: '' })
  expect(await repository.push(':other')).toMatchObject({ code: 0, stderr: '' })
  expect(repository.runs()).toHaveLength(1)
})

it('a receipt that was edited is none', async () => {
  const repository = await createRepository()
  repository.write(STATE, 'bad\n')
  await repository.commit()
  repository.write(STATE, 'good\n')
  expect((await repository.verify()).code).toBe(0)
  const folder = join(repository.root, 'logs/receipts')
  const [name = ''] = readdirSync(folder)
  const [good = '', stack] = name.split('-')
  const bad = await repository.git('rev-parse', 'HEAD^{tree}')
  const forged = readFileSync(join(folder, name), 'utf8').replaceAll(good, bad)
  writeFileSync(join(folder, `${bad}-${stack}`), forged)
  const pushed = await repository.push('main')
  expect(pushed.code).not.toBe(0)
  expect(pushed.stderr).toContain(
    'no valid receipt (it is damaged, or was edited, or another version wrote it)',
  )
  expect(reasonOf(pushed)).toContain('its chain is not green')
})
