/** The stack with its placeholders filled in, to look at commands and environments without starting anything. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { baseEnvironment } from '../host/environment.ts'
import type { Result } from '../kernel/result.ts'
import type { Diagnostic } from '../stack/diagnostic.ts'
import { type ResolvedDaemon, type ResolvedStack, resolveStack } from '../stack/resolve.ts'
import type { Stack } from '../stack/types.ts'

/** Stands for ports that are leased only when the stack starts. Nothing is sent there. */
const SOME_PORT = 1

/** A port for every bind. */
export function somePorts(stack: Stack): Map<string, Map<string, number>> {
  return new Map(
    [...stack.daemons].map(([name, { binds }]) => [
      name,
      new Map(binds.map((bind) => [bind.name, bind.port === 0 ? SOME_PORT : bind.port])),
    ]),
  )
}

/** Fails only for variables that are not set. */
export function resolveToLook(stack: Stack, env: NodeJS.ProcessEnv): Result<ResolvedStack, Diagnostic[]> {
  const ports = somePorts(stack)
  const dataDir = join(tmpdir(), 'smokechain-RUN')
  return resolveStack(stack, { ports, dataDir, configPath: join(dataDir, 'config.toml'), env })
}

/** The environment that this daemon would be started with. */
export function environmentOf(daemon: ResolvedDaemon, env: NodeJS.ProcessEnv): Record<string, string> {
  return { ...baseEnvironment(env), ...daemon.env }
}
