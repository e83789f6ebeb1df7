/** Fills the placeholders of a checked stack, per run, when ports are leased and folders are known. */
import { resolve } from 'node:path'
import { err, ok, type Result } from '../kernel/result.ts'
import { clientHost, formatHostPort } from './bind.ts'
import type { Diagnostic } from './diagnostic.ts'
import { placeProblems, SourceText } from './locate.ts'
import { maskDiagnostics } from './mask.ts'
import { findSocket, type PlaceholderPart, splitTemplate, type TemplateScope } from './placeholders.ts'
import type { Path, Problem } from './problem.ts'
import { isSecretName, listMasked, listSecretValues } from './secrets.ts'
import { isTable, type TomlTable, type TomlValue } from './toml-values.ts'
import type { BindSpec, DaemonSpec, ReadySpec, Stack } from './types.ts'
import { writeToml } from './write-toml.ts'

/** A daemon with real ports and no placeholders left; `cwd` is absolute. */
export interface ResolvedDaemon extends Omit<DaemonSpec, 'binds'> {
  readonly binds: readonly BindSpec[]
}

export interface ResolvedStack {
  readonly stack: Stack
  readonly daemons: ReadonlyMap<string, ResolvedDaemon>
  /** `[config]` as TOML text, to be written to `configPath`; undefined when the file has none. */
  readonly configText: string | undefined
  /** Every value to mask: the stack's own, and those that came from the environment. */
  readonly secrets: readonly string[]
}

export interface ResolveOptions {
  /** Leased ports by daemon and bind name. A bind with a fixed port needs no entry. */
  readonly ports: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** Absolute. */
  readonly dataDir: string
  /** Absolute; where the caller writes `configText`. */
  readonly configPath: string
  /** What `{env.VAR}` reads. */
  readonly env: NodeJS.ProcessEnv
}

/** Fails only for `{env.VAR}` without that variable: each is reported at its place. Throws when a port is missing. */
export function resolveStack(stack: Stack, options: ResolveOptions): Result<ResolvedStack, Diagnostic[]> {
  const filler = new Filler(stack, options)
  const daemons = new Map(
    [...stack.daemons].map(([name, daemon]) => [name, resolveDaemon(daemon, filler, stack.root)]),
  )
  const config = stack.config === undefined ? undefined : fillTable(stack.config, ['config'], filler)
  if (filler.problems.length > 0) {
    const placed = placeProblems(filler.problems, new SourceText(stack.file, stack.source ?? ''))
    return err(maskDiagnostics(dropRepeated(placed), stack.secrets))
  }
  const environments = Object.fromEntries([...daemons].map(([name, { env }]) => [name, { env }]))
  const filled = listSecretValues({ config, daemons: environments, secrets: stack.secretMarks })
  return ok({
    stack,
    daemons,
    configText: config === undefined ? undefined : writeToml(config),
    secrets: listMasked([...stack.secrets, ...filled.map((secret) => secret.text), ...filler.secrets]),
  })
}

/** The absolute folder of the data that a supervisor keeps; undefined when the file names none. */
export function resolveDataFolder(
  stack: Stack,
  env: NodeJS.ProcessEnv,
): Result<string | undefined, Diagnostic[]> {
  if (stack.data === undefined) return ok(undefined)
  const filler = new Filler(stack, { ports: new Map(), dataDir: '', configPath: '', env })
  const folder = filler.fill(stack.data, ['data'])
  if (filler.problems.length > 0) {
    const placed = placeProblems(filler.problems, new SourceText(stack.file, stack.source ?? ''))
    return err(maskDiagnostics(placed, stack.secrets))
  }
  return ok(resolve(stack.root, folder))
}

/** A default that several daemons take is reported once. */
function dropRepeated(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Map(diagnostics.map((one) => [JSON.stringify([one.line, one.column, one.message]), one]))
  return [...seen.values()]
}

function resolveDaemon(daemon: DaemonSpec, filler: Filler, root: string): ResolvedDaemon {
  const path = ['daemons', daemon.name]
  const fill = (text: string, ...keys: (string | number)[]) =>
    filler.fill(text, [...path, ...keys], daemon.name)
  const fillAll = (texts: readonly string[], ...keys: string[]) =>
    texts.map((text, index) => fill(text, ...keys, index))
  const probes = (specs: readonly ReadySpec[], key: string) =>
    specs.map((spec) => fillProbe(spec, (text, ...keys) => fill(text, key, spec.kind, ...keys)))
  return {
    ...daemon,
    command: fillAll(daemon.command, 'command'),
    cwd: resolve(root, fill(daemon.cwd, 'cwd')),
    env: Object.fromEntries(
      Object.entries(daemon.env).map(([name, text]) => [name, fill(text, 'env', name)]),
    ),
    binds: daemon.binds.map((bind) => ({ ...bind, port: filler.port(daemon.name, bind) })),
    ready: probes(daemon.ready, 'ready'),
    alive: probes(daemon.alive, 'alive'),
  }
}

function fillProbe(spec: ReadySpec, fill: (text: string, ...keys: (string | number)[]) => string): ReadySpec {
  switch (spec.kind) {
    case 'http':
      return { ...spec, target: fill(spec.target) }
    case 'tcp':
      return spec.target === undefined ? spec : { ...spec, target: fill(spec.target) }
    case 'sql':
      return spec.url === undefined ? spec : { ...spec, url: fill(spec.url, 'url') }
    case 'command':
      return { ...spec, command: spec.command.map((text, index) => fill(text, index)) }
    case 'file':
    case 'socket':
      return { ...spec, path: fill(spec.path) }
    case 'log':
    case 'fd':
      return spec
  }
}

function fillTable(table: TomlTable, path: Path, filler: Filler): TomlTable {
  const filled: Record<string, TomlValue> = Object.create(null)
  for (const [key, value] of Object.entries(table)) filled[key] = fillValue(value, [...path, key], filler)
  return filled
}

function fillValue(value: TomlValue, path: Path, filler: Filler): TomlValue {
  if (typeof value === 'string') return filler.fill(value, path)
  if (Array.isArray(value))
    return value.map((item: TomlValue, index) => fillValue(item, [...path, index], filler))
  return isTable(value) ? fillTable(value as TomlTable, path, filler) : value
}

/** Fills one string after another; collects missing variables and the secrets that came from variables. */
export class Filler {
  readonly problems: Problem[] = []
  readonly secrets = new Set<string>()
  readonly #stack: Stack
  readonly #options: ResolveOptions
  readonly #binds: ReadonlyMap<string, readonly string[]>

  constructor(stack: Stack, options: ResolveOptions) {
    this.#stack = stack
    this.#options = options
    this.#binds = new Map(
      [...stack.daemons].map(([name, { binds }]) => [name, binds.map((bind) => bind.name)]),
    )
  }

  /**
   * A variable that is not set becomes empty text, and one of the `problems`.
   * @throws Error for a placeholder that no check has seen.
   */
  fill(template: string, path: Path, daemon?: string): string {
    if (!/[{}]/.test(template)) return template
    const parts = splitTemplate(template)
    return parts
      .map((part) => {
        if (part.kind === 'text') return part.text
        if (part.kind === 'bad') throw new Error(`unchecked placeholder: ${part.message}`)
        return part.key === 'env'
          ? this.#readVariable(part, path)
          : this.#valueOf(part.key, part.name, daemon)
      })
      .join('')
  }

  /** @throws Error for port 0 without a lease. */
  port(daemon: string, bind: BindSpec): number {
    const port = this.#options.ports.get(daemon)?.get(bind.name) ?? bind.port
    if (port === 0) throw new Error(`no port leased for bind ${bind.name} of daemon ${daemon}`)
    return port
  }

  #valueOf(key: string, name: string | undefined, daemon: string | undefined): string {
    if (key === 'root') return this.#stack.root
    if (key === 'data') return this.#options.dataDir
    if (key === 'config') return this.#options.configPath
    const scope: TemplateScope = {
      binds: this.#binds,
      hasConfig: true,
      ...(daemon === undefined ? {} : { daemon }),
    }
    const socket = findSocket(name ?? daemon ?? '', scope)
    const bind = this.#stack.daemons.get(socket?.daemon ?? '')?.binds.find((one) => one.name === socket?.bind)
    if (socket === undefined || bind === undefined) throw new Error(`unchecked placeholder: {${key}.${name}}`)
    const port = this.port(socket.daemon, bind)
    if (key === 'port') return String(port)
    if (key === 'bind') return formatHostPort({ host: bind.host, port })
    return `http://${formatHostPort({ host: clientHost(bind.host), port })}`
  }

  #readVariable({ name = '', source, fallback }: PlaceholderPart, path: Path): string {
    const { env } = this.#options
    const set = Object.hasOwn(env, name) ? env[name] : undefined
    const value = fallback === undefined || set ? set : fallback
    if (value === undefined) {
      const [, , ...keys] = path
      this.problems.push({
        path,
        otherwise: ['defaults', ...keys],
        at: 'value',
        within: source,
        message: `the environment variable \`${name}\` is not set`,
        hint: `set it for this command: ${name}=… smokechain …`,
      })
      return ''
    }
    if (isSecretName(name)) this.secrets.add(value)
    return value
  }
}
