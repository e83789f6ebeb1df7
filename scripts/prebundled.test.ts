import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
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

/** Runs `src/start.ts` of a project with these files. @param flags of Node. @returns what it prints. */
async function run(files: Readonly<Record<string, string>>, flags: readonly string[] = []): Promise<string> {
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
  await mkdir(join(folder, 'scripts'), { recursive: true })
  await cp(join(import.meta.dirname, 'prebundled.ts'), join(folder, 'scripts', 'prebundled.ts'))
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, join(folder, 'main.ts')])
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

describe('a bundle', () => {
  const cache = 'node_modules/.cache/prebundled'
  const files = {
    'node_modules/zod/package.json': '{"version":"2.0.0"}',
    [`${cache}/zod-2.0.0.cjs`]: '(function (module, exports, require) { exports.z = () => "the bundle" })',
    [`${cache}/zod-2.0.0.mjs`]:
      "import { runBundle } from '../../../scripts/prebundled.ts'\nexport const z = runBundle('zod-2.0.0').z\n",
    // Prints what the bundle says, and whether the code that was kept of it was taken; keeps the code.
    'src/start.ts': `import { z } from 'zod'
import { codeTaken, keepCode } from '../scripts/prebundled.ts'
process.stdout.write(z() + ', ' + codeTaken()['zod-2.0.0'])
keepCode()
`,
  }
  const code = `${cache}/zod-2.0.0.cache`
  const [NONE, TAKEN, REFUSED] = ['undefined', 'true', 'false'].map((taken) => `the bundle, ${taken}`)

  it('is run with the code that was kept of it', async () => {
    expect([await run(files), await run(files)]).toEqual([NONE, TAKEN])
  })

  it('is run without code that was kept under other flags of Node, and with that of its own', async () => {
    const flags = ['--initial-heap-size=512']
    expect([await run(files), await run(files, flags), await run(files, flags)]).toEqual([
      NONE,
      REFUSED,
      TAKEN,
    ])
  })

  it('is run without code that is damaged, cut off, or of another source of the same length', async () => {
    const damaged = async (damage: (kept: Buffer) => Buffer): Promise<string> => {
      await run(files)
      const kept = await readFile(join(folder, code))
      await writeFile(join(folder, code), damage(kept))
      return await run(files)
    }
    expect(await damaged((kept) => kept.fill(0, kept.length - 9))).toBe(NONE)
    expect(await damaged((kept) => kept.subarray(0, -1))).toBe(NONE)
    expect(await damaged(() => Buffer.alloc(0))).toBe(NONE)
    await run(files)
    const other = files[`${cache}/zod-2.0.0.cjs`].replace('the bundle', 'THE BUNDLE')
    expect(await run({ ...files, [`${cache}/zod-2.0.0.cjs`]: other })).toBe('THE BUNDLE, undefined')
  })

  it('gets the modules of Node that it asks for, and those that few need only when it uses them', async () => {
    const said = await run({
      ...files,
      [`${cache}/zod-2.0.0.cjs`]: `(function (module, exports, require) {
  const [path, https] = [require('node:path'), require('node:https')]
  const loaded = () => process.moduleLoadList.includes('NativeModule https')
  exports.z = () => [path.basename('a/b'), loaded(), typeof https.request, loaded()].join(' ')
})`,
    })
    expect(said).toMatch(/^b false function true, /)
  })
})
