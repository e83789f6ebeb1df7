/** On real files: what is told, whatever way they are written. */
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { now } from '../kernel/clock.ts'
import { type Changed, FileWatch } from './file-watch.ts'
import { compileGlob } from './own-files.ts'

interface Stage {
  readonly root: string
  write(path: string, text?: string): string
  follow(files: readonly string[], glob?: string): Promise<void>
  /** Paths of the next changes, as soon as there are some, sorted. */
  next(): Promise<string[]>
  readonly changes: readonly Changed[]
}

async function stage(...files: readonly string[]): Promise<Stage> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'file-watch-')))
  const followed = new Set<string>()
  let glob = compileGlob('none/none', root)
  const told: string[][] = []
  const changes: Changed[] = []
  let arrived = Promise.withResolvers<void>()
  const watch = new FileWatch({
    concerns: (path) => followed.has(path) || glob.matches(path),
    written: [join(root, 'logs')],
    onChange(changed) {
      told.push(changed.map(({ path }) => path.slice(root.length + 1)).sort())
      changes.push(...changed)
      arrived.resolve()
    },
    onError: (error) => {
      throw error
    },
  })
  onTestFinished(async () => {
    await watch.close()
    rmSync(root, { recursive: true })
  })
  const made: Stage = {
    root,
    changes,
    write(path, text = '') {
      const file = join(root, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
      return file
    },
    async follow(paths, pattern) {
      for (const path of paths) followed.add(join(root, path))
      if (pattern !== undefined) glob = compileGlob(pattern, root)
      await watch.follow(followed, pattern === undefined ? [] : [glob.folder])
    },
    async next() {
      while (told.length === 0) {
        arrived = Promise.withResolvers()
        await arrived.promise
      }
      return told.shift() ?? []
    },
  }
  for (const file of files) made.write(file, 'old')
  await made.follow(files)
  return made
}

it('a file that is written, and when', async () => {
  const { write, next, changes } = await stage('a.ts', 'b.ts')
  const before = now()
  write('a.ts', 'new')
  expect(await next()).toEqual(['a.ts'])
  expect(changes[0]?.savedAt).toBeGreaterThan(before - 50)
  expect(changes[0]?.savedAt).toBeLessThanOrEqual(now())
})

it('a file that is replaced by another', async () => {
  const { root, write, next } = await stage('a.ts')
  const part = write('.a.ts.part', 'new')
  renameSync(part, join(root, 'a.ts'))
  expect(await next()).toEqual(['a.ts'])
  renameSync(write('.a.ts.part', 'newer'), join(root, 'a.ts'))
  expect(await next()).toEqual(['a.ts'])
})

it('a file that goes, and comes again', async () => {
  const { root, write, next } = await stage('deep/a.ts')
  rmSync(join(root, 'deep/a.ts'))
  expect(await next()).toEqual(['deep/a.ts'])
  write('deep/a.ts', 'new')
  expect(await next()).toEqual(['deep/a.ts'])
})

it('a file that is emptied and then written is told once', async () => {
  const { root, write, next } = await stage('a.ts', 'b.ts')
  writeFileSync(join(root, 'a.ts'), '')
  writeFileSync(join(root, 'a.ts'), 'new')
  expect(await next()).toEqual(['a.ts'])
  write('b.ts', 'new')
  expect(await next()).toEqual(['b.ts'])
})

it('the second of two saves, however quick', async () => {
  const { write, next } = await stage('a.ts')
  write('a.ts', 'one')
  await next()
  // Within the time in which the library tells no second change.
  write('a.ts', 'and two')
  expect(await next()).toEqual(['a.ts'])
})

it('a file that counts only since it was followed, in a folder that is watched already', async () => {
  const { write, follow, next } = await stage('a.ts')
  write('later.ts', 'old')
  await follow(['later.ts'])
  // Of another size: two saves within a tick of the kernel's clock may bear the same time.
  write('later.ts', 'newer')
  expect(await next()).toEqual(['later.ts'])
})

it('a file that is missing, in a folder that is missing', async () => {
  const { write, follow, next } = await stage('a.ts')
  await follow(['far/away/b.ts'])
  write('far/away/b.ts', 'here')
  expect(await next()).toEqual(['far/away/b.ts'])
})

it('what comes with the folder in which a glob looks', async () => {
  const { write, follow, next } = await stage('a.ts')
  await follow([], 'src/deep/**/*.go')
  write('src/deep/er/x.go', 'yes')
  expect(await next()).toEqual(['src/deep/er/x.go'])
})

it('what comes where a glob looks, and nothing else', async () => {
  const { write, follow, next } = await stage('a.ts')
  write('src/deep/x.go', 'old')
  await follow([], 'src/**/*.go')
  write('src/deep/x.txt', 'no')
  write('src/node_modules/y.go', 'no')
  write('src/deep/er/y.go', 'yes')
  expect(await next()).toEqual(['src/deep/er/y.go'])
  write('src/deep/x.go', 'new')
  expect(await next()).toEqual(['src/deep/x.go'])
})
