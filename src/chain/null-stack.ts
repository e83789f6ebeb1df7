/**
 * The null stack: every daemon replaced by one that gives the same empty answer to everything. A smoke that passes
 * on it proves nothing.
 */
import { fileURLToPath } from 'node:url'
import type { DaemonSpec, Stack } from '../stack/types.ts'

const PROGRAM = fileURLToPath(new URL('./null-daemon.mjs', import.meta.url))

/** The null stacks, in the order in which they are tried. The names are the null daemon's own. */
export const NULL_MODES = [
  { mode: 'object', answer: '200 {}' },
  { mode: 'empty', answer: '200 empty' },
  { mode: 'error', answer: '500' },
] as const
export type NullMode = (typeof NULL_MODES)[number]['mode']

/**
 * A stack of the same daemons on the same hosts, all of them null. Ports are leased, so that a stack that is running
 * stays undisturbed, and a smoke that speaks to a fixed port is not helped by it. What needed configuration, an
 * environment or another daemon no longer does.
 */
export function deriveNullStack(stack: Stack, mode: NullMode): Stack {
  const daemons = new Map([...stack.daemons].map(([name, spec]) => [name, deriveNullDaemon(spec, mode)]))
  return { ...stack, daemons, config: undefined, secretMarks: [] }
}

function deriveNullDaemon(spec: DaemonSpec, mode: NullMode): DaemonSpec {
  const { maxRssBytes: _rss, maxCpuMs: _cpu, maxFds: _fds, ...kept } = spec
  return {
    ...kept,
    command: [
      escapeBraces(process.execPath),
      escapeBraces(PROGRAM),
      mode,
      ...spec.binds.map((bind) => `{bind.${spec.name}.${bind.name}}`),
    ],
    cwd: '{root}',
    env: {},
    binds: spec.binds.map((bind) => ({ ...bind, port: 0 })),
    needs: [],
    // Nothing but its sockets: listening, and its own.
    ready: [],
    alive: [],
  }
}

/** A path is no template. */
const escapeBraces = (text: string): string => text.replaceAll('{', '{{').replaceAll('}', '}}')
