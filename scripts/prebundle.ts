/**
 * Bundles what the tool and every daemon of the platform load, one script a package: zod, Fastify and execa alone are 300
 * files, and finding them takes longer than running them. `prebundled.ts` takes these in their place. Run by setup;
 * without it everything works, and a daemon's start takes twice as long.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Plugin, rolldown } from 'rolldown'

interface Wanted {
  /** What is imported of the package; a name that is missing here is an error where it is imported. */
  readonly names: readonly string[]
  /** Modules that nobody needs, by the end of their names, and why. */
  readonly without?: Readonly<Record<string, string>>
}

const PACKAGES: Readonly<Record<string, Wanted>> = {
  commander: { names: ['Command', 'CommanderError', 'InvalidArgumentError', 'Option'] },
  execa: { names: ['execa', 'parseCommandString'] },
  fastify: {
    names: ['default', 'LogController'],
    without: {
      '@fastify/ajv-compiler': 'no route has a schema of Fastify (lakehouse/kit/app.ts)',
      '@fastify/fast-json-stringify-compiler': 'no route has a schema of Fastify (lakehouse/kit/app.ts)',
      'light-my-request': 'only tests call inject(), and they take the package itself',
    },
  },
  toml: { names: ['default', 'parse'] },
  zod: { names: ['z'], without: { '/locales/index.js': 'messages are in English, which is another module' } },
}

const root = join(import.meta.dirname, '..')
const folder = join(root, 'node_modules', '.cache', 'prebundled')

/** Puts a module that says why it is missing in the place of each that is left out. */
function leaveOut(without: Readonly<Record<string, string>>): Plugin {
  const MARK = '\0left-out:'
  return {
    name: 'leave-out',
    resolveId(id) {
      const end = Object.keys(without).find((name) => id.endsWith(name))
      return end === undefined ? null : MARK + end
    },
    load(id) {
      if (!id.startsWith(MARK)) return null
      const name = id.slice(MARK.length)
      const message = `${name} is not in the bundle (scripts/prebundle.ts): ${without[name]}`
      return `module.exports = () => { throw new Error(${JSON.stringify(message)}) }`
    },
  }
}

async function bundle(name: string, { names, without = {} }: Wanted): Promise<void> {
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
        load: (id) => (id === entry ? `export { ${names.join(', ')} } from ${JSON.stringify(name)}` : null),
      },
      leaveOut(without),
    ],
  })
  const { output } = await build.generate({ format: 'cjs', exports: 'named', minify: true })
  await build.close()
  if (output.length !== 1) throw new Error(`${name} became ${output.length} files`)
  const id = `${name}-${manifest.version}`
  const facade = [
    "import { runBundle } from '../../../scripts/prebundled.ts'",
    `const bundle = runBundle(${JSON.stringify(id)})`,
    ...names.map((n) =>
      n === 'default' ? 'export default bundle.default' : `export const ${n} = bundle.${n}`,
    ),
  ]
  // What was kept of the last bundle's code is of no use any more.
  const before = (await readdir(folder)).filter((file) => file.startsWith(id) && file.endsWith('.cache'))
  await Promise.all(before.map((file) => rm(join(folder, file))))
  await write(`${id}.cjs`, `(function (module, exports, require) {${output[0].code}\n})`)
  await write(`${id}.mjs`, `${facade.join('\n')}\n`)
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(join(folder, `${file}.new`), text)
  await rename(join(folder, `${file}.new`), join(folder, file))
}

await mkdir(folder, { recursive: true })
await Promise.all(Object.entries(PACKAGES).map(([name, wanted]) => bundle(name, wanted)))
