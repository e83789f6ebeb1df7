import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { lookAt } from './look-at.ts'
import { makeFolder } from './test-support.ts'

it('tells what is there, through links', () => {
  const folder = makeFolder()
  const file = join(folder, 'file')
  writeFileSync(file, 'abc')
  symlinkSync(file, join(folder, 'link'))
  expect(lookAt(folder)?.isDirectory()).toBe(true)
  expect(lookAt(join(folder, 'link'))?.size).toBe(3)
})

it('what is missing, below a file, or a loop of links is not there', () => {
  const folder = makeFolder()
  writeFileSync(join(folder, 'file'), '')
  symlinkSync(join(folder, 'loop'), join(folder, 'loop'))
  expect(
    ['missing', 'missing/below', 'file/below', 'loop'].map((name) => lookAt(join(folder, name))),
  ).toEqual([undefined, undefined, undefined, undefined])
})
