import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { contextOf, makeFolder } from '../test-context.ts'
import { dependenciesCheck } from './dependencies.ts'

function projectWith(installed: Readonly<Record<string, string>>, lock: object): string {
  const root = makeFolder()
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: lock }))
  for (const [path, version] of Object.entries(installed)) {
    const file = join(root, path, 'package.json')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify({ version }))
  }
  return root
}

const LOCK = {
  '': { version: '0.1.0' },
  shop: { version: '0.1.0' },
  'node_modules/shop': { link: true },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/a/node_modules/@s/b': { version: '2.0.0' },
  'node_modules/other-system': { version: '1.0.0', optional: true },
}

it('is content when every package is there in its version', async () => {
  const root = projectWith({ 'node_modules/a': '1.0.0', 'node_modules/a/node_modules/@s/b': '2.0.0' }, LOCK)
  expect(await dependenciesCheck.run(contextOf({ root }))).toMatchObject([{ id: 'dependencies.current' }])
})

it('names what is missing, and what has another version', async () => {
  const root = projectWith({ 'node_modules/a': '1.0.1' }, LOCK)
  expect(await dependenciesCheck.run(contextOf({ root }))).toMatchObject([
    {
      id: 'dependencies.outdated',
      severity: 'error',
      evidence: ['a is 1.0.1, the lock file says 1.0.0', '@s/b 2.0.0 is missing'],
      remedy: 'npm install --no-save',
    },
  ])
})

it('an optional package of another version counts as well', async () => {
  const root = projectWith(
    { 'node_modules/other-system': '0.9.0' },
    { 'node_modules/other-system': LOCK['node_modules/other-system'] },
  )
  expect(await dependenciesCheck.run(contextOf({ root }))).toMatchObject([{ id: 'dependencies.outdated' }])
})

it('has nothing to compare without a lock file', async () =>
  expect(await dependenciesCheck.run(contextOf({ root: makeFolder() }))).toMatchObject([
    { id: 'dependencies.none' },
  ]))

it('says which file is torn', async () => {
  const root = makeFolder()
  writeFileSync(join(root, 'package-lock.json'), '{')
  await expect(dependenciesCheck.run(contextOf({ root }))).rejects.toThrow('package-lock.json is no JSON')
})
