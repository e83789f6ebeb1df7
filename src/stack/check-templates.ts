/** Placeholders: every string of the file that may hold them, and whether all of them mean something. */
import type { Socket } from './check-sockets.ts'
import { checkTemplate, splitTemplate, type TemplateScope } from './placeholders.ts'
import type { Path, Problem } from './problem.ts'
import { isTable, type Table, tableOf } from './toml-values.ts'

/** A string that may hold placeholders, and the daemon it speaks for (none in `[config]`). */
interface Template {
  readonly path: Path
  readonly text: string
  readonly daemon?: string
}

/** @param file the whole file as parsed. @param sockets what `readSockets` has found in it. */
export function checkTemplates(file: Table, sockets: readonly Socket[]): Problem[] {
  const daemons = tableOf(file['daemons'])
  const binds = new Map<string, string[]>(Object.keys(daemons).map((name) => [name, []]))
  for (const socket of sockets) binds.get(socket.daemon)?.push(socket.name)
  const hasConfig = file['config'] !== undefined
  const seen = new Set<string>()
  const templates = [...listTemplates(file), ...listDefaults(tableOf(file['defaults']))]
  const problems = templates.flatMap(({ path, text, daemon }) => {
    const scope: TemplateScope = { binds, hasConfig, ...(daemon === undefined ? {} : { daemon }) }
    return checkTemplate(text, scope).flatMap(({ source, message, hint, unknownName }): Problem[] => {
      // A default is checked for every daemon that takes it, and by itself for what no daemon could mend.
      if (path[0] === 'defaults' && daemon === undefined && !isUnreadable(source)) return []
      const key = JSON.stringify([path, source])
      if (seen.has(key)) return []
      seen.add(key)
      return [
        {
          path,
          at: 'value',
          within: source,
          message,
          ...(hint === undefined ? {} : { hint }),
          ...(unknownName ? { follows: true } : {}),
        },
      ]
    })
  })
  return [...problems, ...checkDataFolder(file['data'])]
}

/** The folder is known before ports, sockets and configuration are. */
function checkDataFolder(data: unknown): Problem[] {
  if (typeof data !== 'string') return []
  return splitTemplate(data).flatMap((part): Problem[] => {
    const place = { path: ['data'], at: 'value' } as const
    if (part.kind === 'bad')
      return [{ ...place, within: part.source, message: part.message, hint: part.hint }]
    if (part.kind === 'text' || part.key === 'root' || part.key === 'env') return []
    const message = `\`${part.source}\` is not known when the folder of the data is chosen`
    return [{ ...place, within: part.source, message, hint: 'there are {root} {env.VAR} {env.VAR:-default}' }]
  })
}

function isUnreadable(source: string): boolean {
  return splitTemplate(source).some((part) => part.kind === 'bad')
}

function listDefaults(defaults: Table): Template[] {
  return [
    ...collectStrings(defaults['cwd'], ['defaults', 'cwd']),
    ...collectStrings(defaults['env'], ['defaults', 'env']),
  ]
}

/** Regular expressions, SQL statements and expected JSON are no templates: braces are at home there. */
function listTemplates(file: Table): Template[] {
  const daemons = tableOf(file['daemons'])
  return [
    ...Object.keys(daemons).flatMap((daemon) =>
      listDaemonTemplates(tableOf(daemons[daemon]), tableOf(file['defaults']), daemon),
    ),
    ...collectStrings(file['config'], ['config']),
    ...collectStrings(tableOf(file['doctor'])['s3'], ['doctor', 's3']),
  ]
}

function listDaemonTemplates(table: Table, defaults: Table, daemon: string): Template[] {
  const at = (...keys: string[]): Path => ['daemons', daemon, ...keys]
  const env = tableOf(table['env'])
  const inherited = Object.entries(tableOf(defaults['env'])).filter(([name]) => !Object.hasOwn(env, name))
  const found: [Path, unknown][] = [
    [at('command'), table['command']],
    table['cwd'] === undefined ? [['defaults', 'cwd'], defaults['cwd']] : [at('cwd'), table['cwd']],
    [at('env'), env],
    ...inherited.map(([name, value]): [Path, unknown] => [['defaults', 'env', name], value]),
    ...['ready', 'alive'].flatMap((key) => listProbeTemplates(tableOf(table[key]), at(key))),
  ]
  return found.flatMap(([path, value]) =>
    collectStrings(value, path).map((template) => ({ ...template, daemon })),
  )
}

function listProbeTemplates(probes: Table, path: Path): [Path, unknown][] {
  const inside = (kind: string, ...keys: string[]): [Path, unknown][] =>
    isTable(probes[kind])
      ? keys.map((key) => [[...path, kind, key], tableOf(probes[kind])[key]])
      : [[[...path, kind], kind === 'sql' ? undefined : probes[kind]]]
  return [
    ...inside('http', 'path', 'url'),
    ...inside('tcp', 'target'),
    ...inside('sql', 'url'),
    ...['command', 'file', 'socket'].map((kind): [Path, unknown] => [[...path, kind], probes[kind]]),
  ]
}

function collectStrings(value: unknown, path: Path): Template[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) => collectStrings(item, [...path, index]))
  if (!isTable(value)) return []
  return Object.entries(value).flatMap(([key, item]) => collectStrings(item, [...path, key]))
}
