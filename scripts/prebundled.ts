/**
 * Finds modules quickly: packages in one file each, where setup has bundled them (`prebundle.ts`) in the version that is
 * installed, and the repository's own files where their importers say that they are.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { Script } from 'node:vm'

const modules = new URL('../node_modules/', import.meta.url)
const bundles = new URL('.cache/prebundled/', modules)
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
  const bundle = new URL(`${name}-${version}.mjs`, bundles)
  return existsSync(bundle) ? bundle.href : undefined
}

/** The bundles that this process has run, by name. */
const ran = new Map<string, Script>()

/** What Fastify loads and only a server with TLS or HTTP/2 uses: a tenth of a daemon's start. */
const SELDOM_USED = ['node:https', 'node:http2']

/**
 * Runs a bundle, and gives what it exports: called by the module that `prebundle.ts` has put beside it. With the code that
 * `keepCode` has kept, if there is any, nothing is compiled that was called then.
 */
export function runBundle(name: string): Record<string, unknown> {
  const file = sourceFile(name)
  const source = readFileSync(file)
  const code = readCode(name, process.execArgv, source) ?? readCode(name, [], source)
  const script = new Script(source.toString('utf8'), {
    filename: file.href,
    ...(code === undefined ? {} : { cachedData: code }),
  })
  ran.set(name, script)
  const module = { exports: {} }
  script.runInThisContext()(module, module.exports, requireBuiltin)
  return module.exports
}

/** Keeps the compiled code of all that was called so far in each bundle, for processes with the same flags of Node. */
export function keepCode(): void {
  for (const [name, script] of ran) {
    const code = script.createCachedData()
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(checksum(readFileSync(sourceFile(name)), code))
    const file = codeFile(name, process.execArgv)
    const written = new URL(`${file.href}.new`)
    writeFileSync(written, Buffer.concat([sum, code]))
    renameSync(written, file)
  }
}

/** Of each bundle that this process has run: was the kept code taken? Undefined: there was none. */
export function codeTaken(): Readonly<Record<string, boolean | undefined>> {
  return Object.fromEntries(
    [...ran].map(([name, { cachedDataRejected: rejected }]) => [
      name,
      rejected === undefined ? undefined : !rejected,
    ]),
  )
}

/**
 * V8 itself refuses the code of another V8, or of one with other flags; but it runs code that is damaged, and that of
 * another source of the same length. Such code is none to us.
 */
function readCode(name: string, flags: readonly string[], source: Buffer): Buffer | undefined {
  const file = codeFile(name, flags)
  if (!existsSync(file)) return undefined
  const sealed = readFileSync(file)
  const code = sealed.subarray(4)
  return sealed.length > 4 && sealed.readUInt32BE() === checksum(source, code) ? code : undefined
}

function checksum(source: Buffer, code: Buffer): number {
  // Not by import: reading all that zlib exports takes as long as this.
  const { crc32 } = process.getBuiltinModule('node:zlib')
  return crc32(code, crc32(source))
}

const sourceFile = (name: string): URL => new URL(`${name}.cjs`, bundles)

function codeFile(name: string, flags: readonly string[]): URL {
  return new URL(`${[name, ...flags].map(encodeURIComponent).join('+')}.cache`, bundles)
}

/** All that a bundle asks for: everything else is in it. */
function requireBuiltin(name: string): unknown {
  if (!SELDOM_USED.includes(name)) return process.getBuiltinModule(name)
  return new Proxy({}, { get: (_, key) => Reflect.get(process.getBuiltinModule(name) ?? {}, key) })
}
