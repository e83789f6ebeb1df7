import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { unique } from './unique.ts'

describe('unique', () => {
  it('never gives a name twice', () => {
    const names = Array.from({ length: 10_000 }, () => unique('t'))
    expect(new Set(names).size).toBe(names.length)
  })

  it.each(['orders', 'Größe & Co', '1st', '', '_x', 'x'.repeat(200), '../../etc'])(
    'makes a safe name of %j',
    (prefix) => {
      expect(unique(prefix)).toMatch(/^[a-z][a-z0-9_]{0,47}$/)
    },
  )

  it('differs between processes', () => {
    const url = new URL('./unique.ts', import.meta.url).href
    const program = `console.log((await import(${JSON.stringify(url)})).unique('t'))`
    const run = (): string =>
      execFileSync(process.execPath, ['--input-type=module', '-e', program]).toString()
    expect(run()).not.toBe(run())
  })
})
