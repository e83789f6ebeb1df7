import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prebundled-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** A project with a package `zod` of version 2.0.0, and the bundle of `version` in its cache. Says which was loaded. */
async function load(version: string): Promise<string> {
  const put = async (path: string, content: string): Promise<void> => {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  await put('package.json', '{"type":"module"}')
  await put('node_modules/zod/package.json', '{"version":"2.0.0","main":"index.js"}')
  await put('node_modules/zod/index.js', 'exports.z = "the package"')
  await put(`node_modules/.cache/prebundled/zod-${version}.mjs`, 'export const z = "the bundle"')
  await mkdir(join(folder, 'scripts'))
  await cp(join(import.meta.dirname, 'prebundled.ts'), join(folder, 'scripts', 'prebundled.ts'))
  await put(
    'main.ts',
    "import { usePrebundled } from './scripts/prebundled.ts'\nusePrebundled(['zod', 'other'])\nawait import('./start.ts')\n",
  )
  await put('start.ts', "import { z } from 'zod'\nprocess.stdout.write(z)\n")
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'main.ts')])
  return stdout
}

describe('prebundled', () => {
  it('takes the bundle of the installed version', async () => {
    expect(await load('2.0.0')).toBe('the bundle')
  })

  it('leaves the bundle of another version alone', async () => {
    expect(await load('2.0.1')).toBe('the package')
  })
})
