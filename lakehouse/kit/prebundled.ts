/**
 * To be imported first, and for its effect: zod and Fastify come from one file each, where setup has bundled them in the
 * installed version (`scripts/prebundle.ts`), and otherwise from their packages as ever.
 */
import { existsSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const modules = new URL('../../node_modules/', import.meta.url)

function findBundle(name: string): string | undefined {
  const manifest = new URL(`${name}/package.json`, modules)
  if (!existsSync(manifest)) return undefined
  const { version }: { version?: unknown } = JSON.parse(readFileSync(manifest, 'utf8'))
  const bundle = new URL(`.cache/prebundled/${name}-${version}.mjs`, modules)
  return existsSync(bundle) ? bundle.href : undefined
}

const bundles = new Map(['fastify', 'zod'].map((name) => [name, findBundle(name)]))

registerHooks({
  resolve(specifier, context, next) {
    const url = bundles.get(specifier)
    return url === undefined ? next(specifier, context) : { url, format: 'module', shortCircuit: true }
  },
})
