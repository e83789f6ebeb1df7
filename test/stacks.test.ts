/** The stack files that ship: one platform, in three ways, and one daemon of it in two. */
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
