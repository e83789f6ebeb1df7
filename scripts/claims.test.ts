/** The claims of this repository, and those who name them: smokes, tests and gates. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadClaims } from '../src/claims/load.ts'
import type { ClaimsFile } from '../src/claims/types.ts'
import { readClaimTags } from '../src/kernel/claim-tags.ts'
import { renderDiagnostics } from '../src/stack/diagnostic.ts'

const root = join(import.meta.dirname, '..')
let file: ClaimsFile
let known: readonly string[] = []
beforeAll(async () => {
  const loaded = await loadClaims(join(root, 'docs/claims.toml'), root)
  if (!loaded.ok) throw new Error(renderDiagnostics(loaded.error))
  file = loaded.value
  known = file.claims.map(({ id }) => id)
})

async function claimsOf(smoke: string): Promise<readonly string[]> {
  const loaded: { default: { claims: readonly string[] } } = await import(join(root, 'smokes', smoke))
  return loaded.default.claims
}

describe('docs/claims.toml', () => {
  it('and the smokes name the same claims', async () => {
    const smokes = readdirSync(join(root, 'smokes')).filter((name) => name.endsWith('.ts'))
    const named = new Set((await Promise.all(smokes.map(claimsOf))).flat())
    expect([...named].sort()).toEqual([...known].sort())
  })

  it('has every claim that a test names in its title', () => {
    const tests = globSync('{src,lakehouse,scripts}/**/*.test.ts', {
      cwd: root,
      exclude: (path) => path.includes('node_modules'),
    })
    const titles = tests.flatMap((test) =>
      [...readFileSync(join(root, test), 'utf8').matchAll(/\b(?:it|test)\(\s*'((?:[^'\\]|\\.)*)'/g)].map(
        ([, title = '']) => ({ test, ids: readClaimTags(title) }),
      ),
    )
    const named = titles.filter(({ ids }) => ids.length > 0)
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter(({ ids }) => !ids.every((id) => known.includes(id)))).toEqual([])
    const claimed = file.gates.find(({ id }) => id === 'claimed-tests')?.claims ?? []
    expect([...new Set(named.flatMap(({ ids }) => ids))].sort()).toEqual([...claimed].sort())
  })

  it.each([
    'loopback-only',
    'write-durability',
    'schema-drift',
    'idempotent-ingest',
    'refresh-visibility',
    'upload-limits',
    'memory-history',
    'retired-excluded',
    'wire-form',
  ])('has a gate that is for %s alone', (claim) => {
    const own = file.gates.filter(({ claims }) => claims.length === 1 && claims[0] === claim)
    expect(own.map(({ id }) => id)).toHaveLength(1)
    const [script, ofClaim] = own[0]?.command.slice(1) ?? []
    if (script?.endsWith('claimed-tests.ts')) expect(ofClaim).toBe(claim)
  })

  it('has gates whose programs are there', () => {
    const scripts = file.gates.flatMap(({ command }) => command.filter((word) => word.endsWith('.ts')))
    expect(scripts.filter((script) => !existsSync(join(root, script)))).toEqual([])
    expect(scripts.length).toBeGreaterThan(0)
  })
})
