/** For this room's tests: what the command would hand to the renderer. */
import { parseStack } from '../stack/parse.ts'
import { resolveStack } from '../stack/resolve.ts'
import type { Stack } from '../stack/types.ts'
import { unitPrefix } from './systemd.ts'
import type { SystemdOptions } from './types.ts'

/** The stack of a text that must be accepted; its root is `/srv/shop`. */
export function stackOf(text: string): Stack {
  const parsed = parseStack(text, '/srv/shop/stacks/shop.toml')
  if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('\n'))
  return parsed.value
}

/** Every program is `program`, unless a test knows better. */
export function optionsOf(
  stack: Stack,
  o: { readonly env?: NodeJS.ProcessEnv; readonly program?: string } & Partial<SystemdOptions> = {},
): SystemdOptions {
  const { env = {}, program = '/usr/bin/api', ...rest } = o
  const outDir = rest.outDir ?? '/etc/shop'
  const dataDir = rest.dataDir ?? '/var/lib/shop'
  const configPath = `${outDir}/${unitPrefix(stack)}.toml`
  const resolved = resolveStack(stack, { ports: new Map(), dataDir, configPath, env })
  if (!resolved.ok) throw new Error(resolved.error.map(({ message }) => message).join('\n'))
  return {
    resolved: resolved.value,
    programs: new Map([...stack.daemons.keys()].map((name) => [name, program])),
    scope: 'system',
    runAs: 'shop',
    outDir,
    dataDir,
    configPath,
    tool: ['/usr/bin/node', '/opt/smokechain/src/smokechain.mjs'],
    ...rest,
  }
}
