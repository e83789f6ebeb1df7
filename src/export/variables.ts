/** Which environment variables a stack file reads (`{env.VAR}`), and what of the stack reads each. Pure. */
import { splitTemplate } from '../stack/placeholders.ts'
import { isTable } from '../stack/toml-values.ts'
import type { DaemonSpec, ReadySpec, Stack } from '../stack/types.ts'

export interface VariableUse {
  readonly name: string
  /** `[daemons.api]`, `[config]`, `data`. */
  readonly readBy: readonly string[]
  /** No place that reads it has a default. */
  readonly required: boolean
}

/** In the order of the file. */
export function listVariables(stack: Stack): VariableUse[] {
  const { doctor } = stack
  const places: [string, unknown][] = [
    ['data', stack.data],
    ...[...stack.daemons].map(([name, daemon]): [string, unknown] => [
      `[daemons.${name}]`,
      templatesOf(daemon),
    ]),
    ['[config]', stack.config],
    ['[doctor]', doctor?.s3],
  ]
  const uses = new Map<string, VariableUse>()
  for (const [place, value] of places) {
    for (const { name, hasDefault } of listReads(value)) {
      const known = uses.get(name)
      const readBy = [...new Set([...(known?.readBy ?? []), place])]
      uses.set(name, { name, readBy, required: (known?.required ?? false) || !hasDefault })
    }
  }
  return [...uses.values()]
}

/** Variables that the daemon's readiness probes read, or the folder that they start from, each once. */
export function listProbeVariables(daemon: DaemonSpec): string[] {
  return [...new Set(listReads([daemon.cwd, templatesOfProbes(daemon)]).map(({ name }) => name))]
}

/** Whether any string of the stack that reaches a daemon names the placeholder, e.g. `data`. */
export function usesPlaceholder(stack: Stack, key: string): boolean {
  return [stack.config, ...[...stack.daemons.values()].map(templatesOf)].some((value) =>
    listStrings(value).some((text) => hasPlaceholder(text, key)),
  )
}

/** Whether the daemon's readiness probes name the placeholder. */
export function probesUse(daemon: DaemonSpec, key: string): boolean {
  return listStrings([daemon.cwd, templatesOfProbes(daemon)]).some((text) => hasPlaceholder(text, key))
}

function hasPlaceholder(text: string, key: string): boolean {
  return splitTemplate(text).some((part) => part.kind === 'placeholder' && part.key === key)
}

/** Only what may hold placeholders: patterns, statements and expected values are taken as they are. */
function templatesOf(daemon: DaemonSpec): unknown {
  return [daemon.command, daemon.cwd, daemon.env, templatesOfProbes(daemon)]
}

function templatesOfProbes({ ready }: DaemonSpec): unknown {
  return ready.map(templatesOfProbe)
}

function templatesOfProbe(spec: ReadySpec): unknown {
  switch (spec.kind) {
    case 'http':
    case 'tcp':
      return spec.target
    case 'sql':
      return spec.url
    case 'command':
      return spec.command
    case 'file':
    case 'socket':
      return spec.path
    case 'log':
    case 'fd':
      return undefined
  }
}

function listReads(value: unknown): { name: string; hasDefault: boolean }[] {
  return listStrings(value).flatMap((text) =>
    splitTemplate(text).flatMap((part) =>
      part.kind === 'placeholder' && part.key === 'env' && part.name !== undefined
        ? [{ name: part.name, hasDefault: part.fallback !== undefined }]
        : [],
    ),
  )
}

function listStrings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap((item: unknown) => listStrings(item))
  return isTable(value) ? Object.values(value).flatMap((item: unknown) => listStrings(item)) : []
}
