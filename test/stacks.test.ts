/** The stack files that ship: one platform, in three ways, and one daemon of it in two. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { renderDiagnostics } from '../src/stack/diagnostic.ts'
import { loadStack } from '../src/stack/load.ts'
import { resolveDataFolder } from '../src/stack/resolve.ts'
import { tableOf } from '../src/stack/toml-values.ts'
import type { DaemonSpec, Stack } from '../src/stack/types.ts'
import { REPOSITORY } from './support/tool.ts'

async function load(name: string): Promise<Stack> {
  const loaded = await loadStack(join(REPOSITORY, 'stacks', `${name}.toml`))
  if (!loaded.ok) throw new Error(renderDiagnostics(loaded.error))
  return loaded.value
}

const dev = await load('dev')
const minio = await load('minio')
const persistent = await load('persistent')
const parity = await load('parity')

/** What of a daemon is the same everywhere: neither its port, nor how it is kept up. */
function essence({ binds, restart: _, alive: __, ...rest }: DaemonSpec): object {
  return { ...rest, binds: binds.map(({ name, host }) => ({ name, host })) }
}

it('have the same chain', () => {
  expect(minio.chain).toEqual(dev.chain)
  expect(persistent.chain).toEqual(dev.chain)
})

/** All texts in a table, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

it('the embedded default has every smoke, and needs no service but its own daemons (`just smoke-fixtures`)', () => {
  const smokes = readdirSync(join(REPOSITORY, 'smokes')).filter((name) => name.endsWith('.ts'))
  expect([...dev.chain].sort()).toEqual(smokes.map((name) => name.replace('.ts', '')).sort())
  for (const { name, command, binds } of dev.daemons.values()) {
    expect(command[0]).toBe('node')
    expect(command.at(-1)).toBe(`lakehouse/${name}/main.ts`)
    expect(binds.map(({ host }) => host)).toEqual(['127.0.0.1'])
  }
  // Whose addresses have a default.
  for (const outside of ['s3', 'openai', 'ollama']) expect(textsIn(dev.config)).not.toContain(outside)
  // Every address is a daemon's own, filled in for the run.
  const addresses = textsIn(dev.config).filter((text) => /:\/\/|:\d|\{(url|bind)\b/.test(text))
  expect(addresses.length).toBeGreaterThan(dev.daemons.size)
  for (const text of addresses) expect(text).toMatch(/^\{(url|bind)(\.[a-z]+)?\}$/)
})

it('have the same daemons, needs, commands and limits', () => {
  const all = (stack: Stack): object[] => [...stack.daemons.values()].map(essence)
  expect(all(persistent)).toEqual(all(dev))
  // MinIO stands below storaged; nothing else differs.
  const [first, storaged, ...rest] = all(minio)
  expect(first).toMatchObject({ name: 'minio' })
  expect(storaged).toMatchObject({ name: 'storaged', needs: ['minio'] })
  expect([{ ...storaged, needs: [] }, ...rest]).toEqual(all(dev))
})

it('configure their daemons alike, but for the store', () => {
  const { storaged: inDev, ...rest } = dev.config ?? {}
  const { storaged: inMinio, ...restOfMinio } = minio.config ?? {}
  expect(restOfMinio).toEqual(rest)
  expect(persistent.config).toEqual({ storaged: inDev, ...rest })
  expect(inMinio).not.toEqual(inDev)
})

it('the one for parity has validatord twice, alike but for the wire form', () => {
  const standard = dev.daemons.get('validatord')
  const { bind: _, wire: __, ...settings } = tableOf(dev.config?.['validatord'])
  for (const wire of ['tagged', 'flat']) {
    const name = `validatord_${wire}`
    const daemon = parity.daemons.get(name)
    const env = { ...standard?.env, LAKEHOUSE_SECTION: name }
    expect(daemon && essence(daemon)).toEqual(standard && { ...essence(standard), name, env })
    expect(parity.config?.[name]).toEqual({ ...settings, bind: `{bind.${name}}`, wire })
  }
  expect(parity.daemons.size).toBe(2)
})

it('the persistent one has the documented ports and its data where LAKEHOUSE_DATA says', () => {
  const ports = [...persistent.daemons.values()].flatMap(({ binds }) => binds.map(({ port }) => port))
  expect(ports.toSorted()).toEqual([3110, ...Array.from({ length: 11 }, (_, index) => 3211 + index)])
  expect(persistent.daemons.get('gateway')?.binds[0]?.port).toBe(3110)
  for (const { restart, alive } of persistent.daemons.values()) {
    expect(restart).toBeDefined()
    expect(alive).not.toEqual([])
  }
  expect(resolveDataFolder(persistent, {})).toEqual({ ok: true, value: join(REPOSITORY, 'data') })
  expect(resolveDataFolder(persistent, { LAKEHOUSE_DATA: '/srv/lake' })).toEqual({
    ok: true,
    value: '/srv/lake',
  })
})
