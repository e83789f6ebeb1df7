import { execFile } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { makeTemporaryFolder } from './testing/daemon-process.ts'

/** A project with a package `zod` of version 2.0.0, and the bundle of `version` in its cache. Says which was loaded. */
async function load(version: string): Promise<string> {
  await using folder = await makeTemporaryFolder()
  const at = (...parts: readonly string[]) => join(folder.path, ...parts)
  await mkdir(at('node_modules', 'zod'), { recursive: true })
  await mkdir(at('node_modules', '.cache', 'prebundled'), { recursive: true })
  await mkdir(at('lakehouse', 'kit'), { recursive: true })
  await writeFile(at('package.json'), '{"type":"module"}')
  await writeFile(at('node_modules', 'zod', 'package.json'), '{"version":"2.0.0","main":"index.js"}')
  await writeFile(at('node_modules', 'zod', 'index.js'), 'exports.z = "the package"')
  await writeFile(
    at('node_modules', '.cache', 'prebundled', `zod-${version}.mjs`),
    'export const z = "the bundle"',
  )
  await cp(join(import.meta.dirname, 'prebundled.ts'), at('lakehouse', 'kit', 'prebundled.ts'))
  await writeFile(at('lakehouse', 'main.ts'), "import './kit/prebundled.ts'\nawait import('./start.ts')\n")
  await writeFile(at('lakehouse', 'start.ts'), "import { z } from 'zod'\nprocess.stdout.write(z)\n")
  const { stdout } = await promisify(execFile)(process.execPath, [at('lakehouse', 'main.ts')])
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
