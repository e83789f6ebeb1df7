/** From a file that has passed every check to a `Stack`: defaults filled in, durations in ms, sizes in bytes. */
import { basename, dirname, resolve } from 'node:path'
import type { Limits } from '../kernel/resources.ts'
import { parseDuration, parseSize } from '../kernel/units.ts'
import { parseBind } from './bind.ts'
import type { DaemonTable, ProbesTable, SharedTable, StackFile } from './schema.ts'
import { listMasked, listSecretValues } from './secrets.ts'
import type { TomlTable } from './toml-values.ts'
import type { BindSpec, DaemonSpec, DoctorSpec, Json, ReadySpec, SqlEndpoint, Stack } from './types.ts'
import { usualRoot } from './usual-root.ts'

/** `file` is an absolute path; `config` is the `[config]` section with nothing lost. */
export function buildStack(
  table: StackFile,
  config: TomlTable | undefined,
  file: string,
  source: string,
): Stack {
  const root = table.root === undefined ? usualRoot(file) : resolve(dirname(file), table.root)
  const daemons = Object.entries(table.daemons ?? {}).map(([name, daemon]) =>
    buildDaemon(name, daemon, table.defaults ?? {}),
  )
  const secrets = listSecretValues({ ...table, config })
  return {
    name: table.name ?? basename(file).replace(/\.toml$/, ''),
    file,
    root,
    smokes: resolve(root, table.smokes ?? 'smokes'),
    chain: table.chain ?? [],
    ...(table.data === undefined ? {} : { data: table.data }),
    daemons: new Map(daemons.map((daemon) => [daemon.name, daemon])),
    config,
    secrets: listMasked(secrets.map((secret) => secret.text).filter((text) => !/[{}]/.test(text))),
    secretMarks: table.secrets ?? [],
    ...(table.doctor === undefined ? {} : { doctor: buildDoctor(table.doctor) }),
    source,
  }
}

function buildDoctor({ patterns = [], s3 }: NonNullable<StackFile['doctor']>): DoctorSpec {
  if (s3 === undefined) return { patterns }
  const { endpoint, region = 'us-east-1', bucket, access_key_id, secret_access_key } = s3
  const store = { endpoint, region, bucket, accessKeyId: access_key_id, secretAccessKey: secret_access_key }
  return { patterns, s3: store }
}

function buildDaemon(name: string, table: DaemonTable, defaults: SharedTable): DaemonSpec {
  return {
    name,
    command: table.command,
    cwd: table.cwd ?? defaults.cwd ?? '{root}',
    env: { ...defaults.env, ...table.env },
    binds: buildBinds(table),
    needs: table.needs ?? [],
    ready: buildProbes(table.ready ?? {}),
    alive: buildProbes(table.alive ?? {}),
    readyTimeoutMs: milliseconds(table.ready_timeout ?? defaults.ready_timeout ?? '15s'),
    stopGraceMs: milliseconds(table.stop_grace ?? defaults.stop_grace ?? '5s'),
    ...buildLimits(table, defaults),
    expose: table.expose ?? false,
    ...(table.watch === undefined ? {} : { watch: table.watch }),
    sql: buildSql({ ...defaults.sql, ...table.sql }),
    ...buildRestart(table, defaults),
  }
}

function buildBinds({ bind, binds }: DaemonTable): BindSpec[] {
  return Object.entries(bind === undefined ? (binds ?? {}) : { main: bind }).map(([name, text]) => {
    const parsed = parseBind(text)
    if ('message' in parsed) throw new Error(`unchecked address: ${parsed.message}`)
    return { name, ...parsed }
  })
}

/** In the order in which the file asks for them. */
function buildProbes(probes: ProbesTable): ReadySpec[] {
  return Object.keys(probes).flatMap((kind) => buildProbe(probes, kind as keyof ProbesTable) ?? [])
}

function buildProbe(probes: ProbesTable, kind: keyof ProbesTable): ReadySpec | undefined {
  const { http, tcp, sql, log, fd, command, file, socket } = probes
  switch (kind) {
    case 'http':
      return http === undefined ? undefined : buildHttp(http)
    case 'tcp':
      if (tcp === undefined) return undefined
      return { kind, ...(tcp === true ? {} : typeof tcp === 'string' ? { target: tcp } : definedOf(tcp)) }
    case 'sql':
      if (sql === undefined) return undefined
      return typeof sql === 'string' ? { kind, statement: sql } : { kind, ...buildStatement(sql) }
    case 'log':
      return log === undefined ? undefined : { kind, pattern: log }
    case 'fd':
      return fd === undefined ? undefined : { kind, fd }
    case 'command':
      return command === undefined ? undefined : { kind, command }
    case 'file':
      return file === undefined ? undefined : { kind, path: file }
    case 'socket':
      return socket === undefined ? undefined : { kind, path: socket }
  }
}

function buildHttp(http: NonNullable<ProbesTable['http']>): ReadySpec {
  if (typeof http === 'string') return { kind: 'http', target: http, status: 200 }
  const { path, url, status = 200, json, bind } = http
  return {
    kind: 'http',
    target: path ?? url ?? '/',
    status,
    ...(json === undefined ? {} : { json: json as Json }),
    ...(bind === undefined ? {} : { bind }),
  }
}

function buildStatement(sql: Exclude<NonNullable<ProbesTable['sql']>, string>) {
  const { statement, expect, url, bind } = sql
  return {
    statement,
    ...(expect === undefined ? {} : { expect: expect as Json }),
    ...(url === undefined ? {} : { url }),
    ...(bind === undefined ? {} : { bind }),
  }
}

function buildSql(table: NonNullable<SharedTable['sql']>): SqlEndpoint {
  return {
    path: table.path ?? '/v1/sql',
    statementField: table.statement_field ?? 'sql',
    rowsField: table.rows_field ?? 'rows',
    columnsField: table.columns_field ?? 'columns',
  }
}

function buildLimits(table: SharedTable, defaults: SharedTable): Limits {
  const maxRss = table.max_rss ?? defaults.max_rss
  const maxCpu = table.max_cpu ?? defaults.max_cpu
  const maxFds = table.max_fds ?? defaults.max_fds
  return {
    ...(maxRss === undefined ? {} : { maxRssBytes: bytes(maxRss) }),
    ...(maxCpu === undefined ? {} : { maxCpuMs: milliseconds(maxCpu) }),
    ...(maxFds === undefined ? {} : { maxFds }),
  }
}

function buildRestart(table: SharedTable, defaults: SharedTable): Pick<DaemonSpec, 'restart'> {
  if ((table.restart ?? defaults.restart) !== 'on-failure') return {}
  const limit = table.restart_limit ?? defaults.restart_limit ?? 5
  const backoffMs = milliseconds(table.restart_backoff ?? defaults.restart_backoff ?? '500ms')
  return { restart: { limit, backoffMs } }
}

/** The entries that have a value: optional properties here are absent, never undefined. */
function definedOf({ target, bind }: { target?: string | undefined; bind?: string | undefined }) {
  return { ...(target === undefined ? {} : { target }), ...(bind === undefined ? {} : { bind }) }
}

function milliseconds(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new Error(`unchecked duration: ${text}`)
  return ms
}

function bytes(text: string): number {
  const size = parseSize(text)
  if (size === undefined) throw new Error(`unchecked size: ${text}`)
  return size
}
