import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createRunFolder, listRunFolders, removeFolder } from './temp-folder.ts'
import { makeFolder, uniqueName } from './test-support.ts'

it('a run has a folder of its own, closed to others, until it is removed', async () => {
  const run = uniqueName()
  const folder = createRunFolder(run)
  onTestFinished(() => void removeFolder(folder))
  expect(folder).toBe(join(tmpdir(), `smokechain-${run}`))
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(() => createRunFolder(run)).toThrow(/EEXIST/)
  expect(listRunFolders()).toContain(folder)
  expect(listRunFolders().some((path) => path.endsWith('smokechain-ports'))).toBe(false)
  expect(await removeFolder(folder)).toBeUndefined()
  expect(existsSync(folder)).toBe(false)
  expect(await removeFolder(folder)).toBeUndefined()
})

it('a folder is removed with what is read-only in it, and links are not followed', async () => {
  const base = makeFolder()
  const folder = join(base, 'data')
  mkdirSync(join(folder, 'locked', 'deep'), { recursive: true })
  writeFileSync(join(folder, 'locked', 'deep', 'file'), '')
  writeFileSync(join(base, 'precious'), '')
  symlinkSync(base, join(folder, 'link'))
  chmodSync(join(folder, 'locked', 'deep'), 0o500)
  chmodSync(join(folder, 'locked'), 0o000)
  expect(await removeFolder(folder)).toBeUndefined()
  expect(existsSync(folder)).toBe(false)
  expect(existsSync(join(base, 'precious'))).toBe(true)
})

it('what must not be removed is refused', async () => {
  for (const path of ['/', homedir(), tmpdir(), 'relative', `${tmpdir()}/x/..`])
    expect(await removeFolder(path), path).toMatch(/is no folder that may be removed/)
})

it('what stands in the way is told', async () => {
  expect(await removeFolder('/proc/self/fd')).toMatch(/^\/proc\/self\/fd could not be removed: /)
})
