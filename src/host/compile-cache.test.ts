import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const MODULE = JSON.stringify(new URL('./compile-cache.ts', import.meta.url).href)
const PRINT_OWN = 'process.stdout.write(String(require("node:module").getCompileCacheDir()))'

/** What `compileCacheEnvironment` gives in a process that begins with `before`. */
function environmentAfter(before: string): Record<string, string> {
  const program = `${before}
    const { compileCacheEnvironment } = await import(${MODULE})
    process.stdout.write(JSON.stringify(compileCacheEnvironment()))`
  const env = { PATH: process.env['PATH'] }
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { env }).toString(),
  )
}

it('gives children the cache that this process has', () => {
  const folder = mkdtempSync(join(tmpdir(), 'compile-cache-'))
  try {
    const before = `import { enableCompileCache } from 'node:module'
      enableCompileCache(${JSON.stringify(folder)})`
    const env = environmentAfter(before)
    expect(env).toEqual({ NODE_COMPILE_CACHE: folder })
    // The child's is in that very folder, not in one below it.
    const own = execFileSync(process.execPath, ['-e', PRINT_OWN], { env }).toString()
    expect(own.slice(0, own.lastIndexOf('/'))).toBe(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('gives nothing where there is none', () => expect(environmentAfter('')).toEqual({}))
