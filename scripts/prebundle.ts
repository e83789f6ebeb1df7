/**
 * Bundles what the tool and every daemon of the platform load, one file a package: zod, Fastify and execa alone are 300 files,
 * and finding them takes longer than running them. `prebundled.ts` takes these files in their place. Run by setup;
 * without it everything works, and a daemon's start takes half as long again.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

/** What is imported of each package; a name that is missing here is an error where it is imported. */
const EXPORTS: Readonly<Record<string, string>> = {
  commander: '{ Command, CommanderError, InvalidArgumentError, Option }',
  execa: '{ execa, parseCommandString }',
  fastify: '{ default, LogController }',
  toml: '{ default }',
  zod: '*',
}

const root = join(import.meta.dirname, '..')
const folder = join(root, 'node_modules', '.cache', 'prebundled')

async function bundle(name: string, names: string): Promise<void> {
  const manifest: { version: string } = JSON.parse(
    await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8'),
  )
  const entry = '\0entry'
  const build = await rolldown({
    input: entry,
    cwd: root,
    platform: 'node',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? `export ${names} from ${JSON.stringify(name)}` : null),
      },
    ],
  })
  const { output } = await build.generate({ format: 'esm', minify: true })
  await build.close()
  if (output.length !== 1) throw new Error(`${name} became ${output.length} files`)
  const target = join(folder, `${name}-${manifest.version}.mjs`)
  await writeFile(`${target}.new`, output[0].code)
  await rename(`${target}.new`, target)
}

await mkdir(folder, { recursive: true })
await Promise.all(Object.entries(EXPORTS).map(([name, names]) => bundle(name, names)))
