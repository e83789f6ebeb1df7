import { describe, expect, it } from 'vitest'
import { fileName, keyOfName } from './object-file.ts'

describe('file names', () => {
  it.each([
    ['data/x-1_y.parquet', 'kdata%2Fx-1_y.parquet'],
    ['A', 'k%41'],
    ['a', 'ka'],
    ['.', 'k.'],
    ['%41', 'k%2541'],
    ['ö 😀', 'k%C3%B6%20%F0%9F%98%80'],
  ])('%s is %s and back', (key, name) => {
    expect(fileName(key)).toBe(name)
    expect(keyOfName(name)).toBe(key)
  })

  it('fit into 255 bytes, however long the key, and stay apart', () => {
    const keys = ['x'.repeat(239), 'x'.repeat(240), 'x'.repeat(1024), '語'.repeat(341)]
    const names = keys.map(fileName)
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(240)
    expect(new Set(names).size).toBe(keys.length)
    expect(names.map(keyOfName)).toEqual([keys[0], undefined, undefined, undefined])
  })
})
