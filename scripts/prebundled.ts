/**
 * Finds modules quickly: packages in one file each, where setup has bundled them (`prebundle.ts`) in the version that is
 * installed, and the repository's own files where their importers say that they are.
 */
import { existsSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const modules = new URL('../node_modules/', import.meta.url)
const own = ['src/', 'lakehouse/'].map((folder) => new URL(`../${folder}`, import.meta.url).href)

/**
 * From now on these packages come from their bundles, wherever they are imported; a package without a bundle of its
 * installed version comes from its own files as ever. Modules that import one of them must be loaded afterwards.
 *
 * A file of the repository that imports `./another.ts` gets that file, without the look at symbolic links, neighbours and
 * manifests that Node would take at each: with two hundred small files, more than a third of the time that they take.
 */
export function usePrebundled(names: readonly string[]): void {
  const bundles = new Map(names.map((name) => [name, findBundle(name)]))
  registerHooks({
    resolve(specifier, context, next) {
      const bundle = bundles.get(specifier)
      if (bundle !== undefined) return { url: bundle, format: 'module', shortCircuit: true }
      const file = findOwn(specifier, context.parentURL)
      return file === undefined
        ? next(specifier, context)
        : { url: file, format: 'module-typescript', shortCircuit: true }
    },
  })
}

/** Every import of the repository's own code is written so: with its folder and its ending. */
function findOwn(specifier: string, importer: string | undefined): string | undefined {
  if (importer === undefined || !/^\.\.?\/.*\.ts$/.test(specifier)) return undefined
  return own.some((folder) => importer.startsWith(folder)) ? new URL(specifier, importer).href : undefined
}

function findBundle(name: string): string | undefined {
  const manifest = new URL(`${name}/package.json`, modules)
  if (!existsSync(manifest)) return undefined
  const { version }: { version?: unknown } = JSON.parse(readFileSync(manifest, 'utf8'))
  const bundle = new URL(`.cache/prebundled/${name}-${version}.mjs`, modules)
  return existsSync(bundle) ? bundle.href : undefined
}
