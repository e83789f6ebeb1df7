import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { discoverSmokes } from './discover.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'discover-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

function put(name: string, mode = 0o644): void {
  writeFileSync(join(dir, name), '#!/bin/sh\n')
  chmodSync(join(dir, name), mode)
}

function problems(...ids: string[]): string[] {
  const found = discoverSmokes(dir, ids)
  return found.ok ? [] : found.error.map((problem) => problem.message.replaceAll(dir, '<dir>'))
}

describe('discoverSmokes', () => {
  it('finds modules and executables, in the order of the chain', () => {
    put('b.ts')
    put('a.sh', 0o755)
    put('c', 0o755)
    put('d.py', 0o755)
    put('e.mjs', 0o755)
    put('e.md')
    put('e.test.ts')
    const found = discoverSmokes(dir, ['e', 'a', 'b', 'd', 'c'])
    expect(found.ok && found.value.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      'e typescript',
      'a executable',
      'b typescript',
      'd executable',
      'c executable',
    ])
  })

  it('names what is missing and what was probably meant, all in one go', () => {
    put('orders.ts')
    expect(problems('ordres', 'zzz')).toEqual([
      'no file for the smoke "ordres"; the nearest is orders.ts',
      'no file for the smoke "zzz"',
    ])
  })

  it('refuses two files for one smoke', () => {
    put('a.ts')
    put('a.sh', 0o755)
    expect(problems('a')).toEqual(['two files for the smoke "a": a.sh and a.ts; keep one'])
    chmodSync(join(dir, 'a.sh'), 0o644)
    expect(problems('a')).toEqual(['two files for the smoke "a": a.ts and a.sh; keep one'])
  })

  it('says how to make a script executable', () => {
    put('a.sh')
    expect(problems('a')).toEqual(['a.sh is not executable; make it so: chmod +x <dir>/a.sh'])
  })

  it.each(['../a', 'a/b', '', '.hidden', '-rf', 'a b', 'ä', 'x'.repeat(65), 'a\u0000'])(
    'refuses the id %j',
    (id) => {
      expect(problems(id)[0]).toContain('cannot be the id of a smoke')
    },
  )

  it('does not take a folder for a smoke, and says when there is none to look in', () => {
    mkdirSync(join(dir, 'a.ts'))
    expect(problems('a')).toEqual(['no file for the smoke "a"'])
    const gone = discoverSmokes(join(dir, 'gone'), ['a'])
    expect(gone.ok ? '' : gone.error[0]?.message).toContain('cannot be read')
  })
})
