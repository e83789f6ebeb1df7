/** A file system of a few hundred KiB, to be filled up. Only root may mount one. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const mount = (path: string): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', path], { stdio: 'ignore' }).status === 0
const unmount = (path: string): void => void spawnSync('umount', ['-l', path], { stdio: 'ignore' })

/** Found out by doing it. */
export function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'smokechain-mount-'))
  try {
    if (!mount(folder)) return false
    unmount(folder)
    return true
  } finally {
    rmdirSync(folder)
  }
}

/** Until the test is over. */
export function mountSmallDisk(path: string): { fill(): void } {
  mkdirSync(path, { recursive: true })
  if (!mount(path)) throw new Error(`${path} could not be mounted`)
  onTestFinished(() => unmount(path))
  return {
    fill() {
      try {
        writeFileSync(join(path, 'ballast'), Buffer.alloc(2 ** 20))
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return
        throw error
      }
      throw new Error('the disk took more than it should hold')
    },
  }
}
