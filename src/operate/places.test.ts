import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { dataLeaseOf, openPlace, placeOf, stateFolder, UnusableState } from './places.ts'

function makeFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'places-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

it.each([
  [{ SMOKECHAIN_STATE_DIR: '/s', XDG_STATE_HOME: '/x' }, '/s'],
  [{ SMOKECHAIN_STATE_DIR: '', XDG_STATE_HOME: '/x' }, '/x/smokechain'],
  // The specification has relative paths ignored.
  [{ XDG_STATE_HOME: 'x' }, join(homedir(), '.local/state/smokechain')],
  [{}, join(homedir(), '.local/state/smokechain')],
])('%j: state is in %s', (env, folder) => expect(stateFolder(env)).toBe(folder))

it('refuses a relative folder of its own', () =>
  expect(() => stateFolder({ SMOKECHAIN_STATE_DIR: 's' })).toThrow(UnusableState))

it('is one place for all ways to a file, and another for another file of the same name', () => {
  const folder = makeFolder()
  const env = { SMOKECHAIN_STATE_DIR: '/s' }
  for (const name of ['a', 'b']) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'stack.toml'), '')
  }
  symlinkSync(join(folder, 'a'), join(folder, 'link'))
  const place = placeOf(join(folder, 'a/stack.toml'), env)
  expect(place.folder).toMatch(/^\/s\/stack-[0-9a-f]{10}$/)
  expect(placeOf(join(folder, 'link/../link/stack.toml'), env)).toEqual(place)
  expect(placeOf(join(folder, 'b/stack.toml'), env).folder).not.toBe(place.folder)
  // A stack that is up can be taken down when its file is gone.
  rmSync(join(folder, 'a/stack.toml'))
  expect(placeOf(join(folder, 'link/stack.toml'), env)).toEqual(place)
})

it('is closed to others', () => {
  const state = makeFolder()
  const place = placeOf(join(state, 'stack.toml'), { SMOKECHAIN_STATE_DIR: join(state, 'deep/state') })
  openPlace(place)
  expect(statSync(place.folder).mode & 0o777).toBe(0o700)
  chmodSync(place.folder, 0o755)
  openPlace(place)
  expect(statSync(place.folder).mode & 0o777).toBe(0o700)
})

it('a folder of data is one, whatever leads to it', () => {
  const folder = makeFolder()
  const env = { SMOKECHAIN_STATE_DIR: '/s' }
  mkdirSync(join(folder, 'data'))
  symlinkSync(join(folder, 'data'), join(folder, 'link'))
  expect(dataLeaseOf(join(folder, 'link'), env)).toBe(dataLeaseOf(join(folder, 'data'), env))
  expect(dataLeaseOf(folder, env)).not.toBe(dataLeaseOf(join(folder, 'data'), env))
})

it('that cannot be made says which variable helps', () => {
  const state = makeFolder()
  writeFileSync(join(state, 'file'), '')
  const place = placeOf(join(state, 'stack.toml'), { SMOKECHAIN_STATE_DIR: join(state, 'file') })
  expect(() => openPlace(place)).toThrow(/state cannot be kept in .*SMOKECHAIN_STATE_DIR/)
})
