import { expect, it } from 'vitest'
import { baseEnvironment } from './environment.ts'
import { unsupportedPlatform } from './platform.ts'

it('only the allowlist passes', () => {
  const env = {
    PATH: '/bin',
    HOME: '/home/x',
    LC_ALL: 'C',
    LCX: 'no',
    GIT_DIR: '.git',
    NODE_OPTIONS: '-r x',
    TZ: undefined,
  }
  expect(baseEnvironment(env)).toEqual({ PATH: '/bin', HOME: '/home/x', LC_ALL: 'C' })
})

it('other systems are told at once', () => {
  expect(unsupportedPlatform('linux')).toBeUndefined()
  expect(unsupportedPlatform('darwin')).toBeUndefined()
  expect(unsupportedPlatform('win32')).toMatch(/runs on Linux and macOS; on win32/)
})
