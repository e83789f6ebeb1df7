import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readStyle } from './style.ts'

it('holds each file of the folder once', () => {
  const folder = new URL('style/', import.meta.url)
  const texts = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'))
  const style = readStyle()
  expect(texts.map((text) => style.split(text).length - 1)).toEqual(texts.map(() => 1))
})
