/** Takes packages from one file each, where setup has bundled them (`prebundle.ts`) in the version that is installed. */
import { existsSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const modules = new URL('../node_modules/', import.meta.url)

/**
 * From now on these packages come from their bundles, wherever they are imported; a package without a bundle of its
 * installed version comes from its own files as ever. Modules that import one of them must be loaded afterwards.
 */
export function usePrebundled(names: readonly string[]): void {
  const bundles = new Map(names.map((name) => [name, findBundle(name)]))
  registerHooks({
    resolve(specifier, context, next) {
      const url = bundles.get(specifier)
      return url === undefined ? next(specifier, context) : { url, format: 'module', shortCircuit: true }
    },
  })
}

function findBundle(name: string): string | undefined {
  const manifest = new URL(`${name}/package.json`, modules)
  if (!existsSync(manifest)) return undefined
  const { version }: { version?: unknown } = JSON.parse(readFileSync(manifest, 'utf8'))
  const bundle = new URL(`.cache/prebundled/${name}-${version}.mjs`, modules)
  return existsSync(bundle) ? bundle.href : undefined
}
