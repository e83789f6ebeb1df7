import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { makeFolder } from './make-folder.ts'

function makeRoot(): string {
  const folder = mkdtempSync(join(tmpdir(), 'make-folder-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

it('makes what is missing, with the mode, and leaves what is there', () => {
  const root = makeRoot()
  makeFolder(join(root, 'a/b/c'), 0o700)
  expect(['a', 'a/b', 'a/b/c'].map((path) => statSync(join(root, path)).mode & 0o777)).toEqual([
    0o700, 0o700, 0o700,
  ])
  makeFolder(join(root, 'a'), 0o755)
  expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700)
})

it('fails below a file', () => {
  const root = makeRoot()
  writeFileSync(join(root, 'file'), '')
  expect(() => makeFolder(join(root, 'file/a'), 0o700)).toThrow(/ENOTDIR/)
})

it.runIf(existsSync('/proc'))('returns even where nothing can be made', () => {
  expect(() => makeFolder('/proc/none/a', 0o700)).toThrow(/ENOENT/)
})
