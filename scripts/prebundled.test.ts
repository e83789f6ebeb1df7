import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder: string
beforeEach(async () => {
  // What a URL writes in another way than a path.
  folder = await mkdtemp(join(tmpdir(), 'pre bundled#%20-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Runs `src/start.ts` of a project with these files. @returns what it prints. */
async function run(files: Readonly<Record<string, string>>): Promise<string> {
  const all = {
    'package.json': '{"type":"module"}',
    'main.ts':
      "import { usePrebundled } from './scripts/prebundled.ts'\nusePrebundled(['zod', 'other'])\nawait import('./src/start.ts')\n",
    ...files,
  }
  for (const [path, content] of Object.entries(all)) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  await mkdir(join(folder, 'scripts'))
  await cp(join(import.meta.dirname, 'prebundled.ts'), join(folder, 'scripts', 'prebundled.ts'))
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'main.ts')])
  return stdout
}

/** A project with a package `zod` of version 2.0.0, and the bundle of `version` in its cache. Says which was loaded. */
async function load(version: string): Promise<string> {
  return await run({
    'node_modules/zod/package.json': '{"version":"2.0.0","main":"index.js"}',
    'node_modules/zod/index.js': 'exports.z = "the package"',
    [`node_modules/.cache/prebundled/zod-${version}.mjs`]: 'export const z = "the bundle"',
    'src/start.ts': "import { z } from 'zod'\nprocess.stdout.write(z)\n",
  })
}

describe('prebundled', () => {
  it('takes the bundle of the installed version', async () => {
    expect(await load('2.0.0')).toBe('the bundle')
  })

  it('leaves the bundle of another version alone', async () => {
    expect(await load('2.0.1')).toBe('the package')
  })

  it('finds the files of the project where their importers say, each as the module that it is to everybody', async () => {
    const said = await run({
      'src/start.ts': `import { own } from './inner/middle.ts'
const { own: same } = await import(new URL('own.ts', import.meta.url).href)
process.stdout.write(JSON.stringify({ own, isSame: own === same }))`,
      'src/inner/middle.ts': "export { own } from '../own.ts'\n",
      'src/own.ts': 'export const own: { readonly url: string } = { url: import.meta.url }\n',
    })
    expect(JSON.parse(said)).toEqual({
      own: { url: pathToFileURL(join(folder, 'src', 'own.ts')).href },
      isSame: true,
    })
  })
})
