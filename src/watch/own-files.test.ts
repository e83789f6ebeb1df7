import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import { compileGlob, findProgramFiles } from './own-files.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'own-files-')))
afterAll(() => rmSync(root, { recursive: true }))

function write(path: string): string {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '')
  chmodSync(file, 0o755)
  return file
}
for (const path of ['bin/api', 'tools/redis', 'main.ts', 'hook.mjs', 'app.py', 'run/config.toml']) write(path)

function filesOf(...command: string[]): string[] {
  const spec = { command, cwd: root, env: { PATH: join(root, 'elsewhere') } } as unknown as ResolvedDaemon
  return findProgramFiles(spec, { root, written: [join(root, 'run')] }).map((file) =>
    file.replace(`${root}/`, ''),
  )
}

describe('the files that a command names', () => {
  it('a script, and what is loaded before it', () =>
    expect(filesOf(process.execPath, '--import=./hook.mjs', 'main.ts', '--port', '80')).toEqual([
      'hook.mjs',
      'main.ts',
    ]))
  it('a script that is not there yet', () => expect(filesOf('node', 'later.ts')).toEqual(['later.ts']))
  it('in any language', () => expect(filesOf('python3', join(root, 'app.py'))).toEqual(['app.py']))
  it('a program of the project, built or not, with what it is handed', () => {
    expect(filesOf('./bin/api', 'main.ts')).toEqual(['bin/api', 'main.ts'])
    expect(filesOf('./bin/new')).toEqual(['bin/new'])
  })
  it('a program of the system, when nothing else is named', () =>
    expect(filesOf('/bin/sh', '-c', 'true')).toEqual(['/bin/sh']))
  it('not what the run itself writes', () =>
    expect(filesOf('./bin/api', '--config', 'run/config.toml')).toEqual(['bin/api']))
  it('nothing for a program that cannot be found', () => expect(filesOf('nowhere-to-be-found')).toEqual([]))
})

describe('globs', () => {
  const matches = (pattern: string, path: string): boolean => compileGlob(pattern, '/p').matches(path)

  it.each([
    ['src/**/*.go', '/p/src/a/b.go', true],
    ['src/**/*.go', '/p/src/b.go', true],
    ['src/**', '/p/src/a/b.go', true],
    ['src/*.go', '/p/src/a/b.go', false],
    ['src/**/*.go', '/p/other/b.go', false],
    ['go.mod', '/p/go.mod', true],
    ['{a,b}/*.rs', '/p/b/x.rs', true],
    ['../shared/**', '/shared/x', true],
    ['**', '/p/node_modules/x/y.js', false],
    ['/etc/app/*.toml', '/etc/app/x.toml', true],
  ])('%s and %s: %s', (pattern, path, expected) => expect(matches(pattern, path)).toBe(expected))

  it('begin in the deepest folder that they name', () => {
    expect(compileGlob('src/api/**/*.go', '/p').folder).toBe('/p/src/api')
    expect(compileGlob('go.mod', '/p').folder).toBe('/p')
    expect(compileGlob('**/*.rs', '/p').folder).toBe('/p')
  })
})
