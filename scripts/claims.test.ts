import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'toml'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const smokes = readdirSync(join(root, 'smokes')).filter((name) => name.endsWith('.ts'))

async function claimsOf(file: string): Promise<readonly string[]> {
  const loaded: { default: { claims: readonly string[] } } = await import(join(root, 'smokes', file))
  return loaded.default.claims
}

it('smokes and docs/claims.toml name the same claims', async () => {
  const { claims }: { claims: Record<string, unknown> } = parse(
    readFileSync(join(root, 'docs/claims.toml'), 'utf8'),
  )
  const named = new Set((await Promise.all(smokes.map(claimsOf))).flat())
  expect([...named].sort()).toEqual(Object.keys(claims).sort())
})
