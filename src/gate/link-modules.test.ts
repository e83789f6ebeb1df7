import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createTestRepository, type TestRepository } from './fixtures/repository.ts'
import { openRepository } from './git.ts'
import { linkModules } from './link-modules.ts'

/** A workspace with installed packages, and a second working tree of its commit. */
function createWorkspace(): { readonly from: TestRepository; readonly top: string } {
  const from = createTestRepository()
  from.write('.gitignore', 'node_modules/\n')
  from.write('package.json', '{ "workspaces": ["inner"] }')
  from.write('package-lock.json', '{}')
  from.write('inner/package.json', '{ "name": "inner" }')
  from.write('inner/index.js', '1')
  from.commit()
  from.write('node_modules/dep/index.js', 'dep')
  from.write('node_modules/@scope/dep/index.js', 'scoped')
  from.write('node_modules/.cache/x', 'x')
  from.write('node_modules/.stamp', 'stamp')
  from.write('inner/node_modules/own/index.js', 'own')
  mkdirSync(join(from.top, 'node_modules/.bin'))
  symlinkSync('../dep/index.js', join(from.top, 'node_modules/.bin/dep'))
  symlinkSync('../inner', join(from.top, 'node_modules/inner'))
  const top = join(from.top, '../second')
  from.git('worktree', 'add', '-q', '--detach', top)
  return { from, top }
}

async function link(from: TestRepository, top: string): Promise<boolean> {
  return linkModules({
    from: await openRepository(from.top, from.env),
    to: await openRepository(top, from.env),
  })
}

it('links every package, and those of the workspace to the new working tree', async () => {
  const { from, top } = createWorkspace()
  const read = (path: string): string => readFileSync(join(top, path), 'utf8')
  const status = (): string => from.git('-C', top, 'status', '--porcelain')
  expect(await link(from, top)).toBe(true)
  expect(read('node_modules/dep/index.js')).toBe('dep')
  expect(read('node_modules/@scope/dep/index.js')).toBe('scoped')
  expect(read('node_modules/.bin/dep')).toBe('dep')
  expect(read('inner/node_modules/own/index.js')).toBe('own')
  expect(readlinkSync(join(top, 'node_modules/inner'))).toBe('../inner')
  // A file is a copy: whoever rewrites it there changes nothing here.
  expect(lstatSync(join(top, 'node_modules/.stamp')).isFile()).toBe(true)
  expect(existsSync(join(top, 'node_modules/.cache'))).toBe(false)
  expect(status()).toBe('')
})

it.each<[string, (from: TestRepository) => void]>([
  ['another lock file', ({ write }) => write('package-lock.json', '{ "x": 1 }')],
  ['another manifest of the workspace', ({ write }) => write('inner/package.json', '{ "name": "other" }')],
  ['a manifest that is gone', ({ remove }) => remove('inner/package.json')],
])('links nothing for %s', async (_, change) => {
  const { from, top } = createWorkspace()
  change(from)
  expect(await link(from, top)).toBe(false)
  expect(existsSync(join(top, 'node_modules'))).toBe(false)
})

it('links nothing that git would take for a part of the tree', async () => {
  const { from, top } = createWorkspace()
  from.git('-C', top, 'rm', '-q', '.gitignore')
  expect(await link(from, top)).toBe(false)
})
