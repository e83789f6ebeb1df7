/** `ready` and `alive`: what a probe needs of its daemon, beyond what the schema can say. */
import { nearest } from '../kernel/text.ts'
import type { Path, Problem } from './problem.ts'
import { describeType, isTable, type Table, TomlTime, tableOf } from './toml-values.ts'

interface Probe {
  readonly path: Path
  readonly kind: string
  readonly spec: unknown
  readonly daemon: string
  readonly binds: readonly string[]
}

/** @param daemons the table `daemons` of the file, as parsed; what has the wrong type is passed over. */
export function checkProbes(daemons: Table): Problem[] {
  return Object.keys(daemons).flatMap((daemon) => {
    const table = tableOf(daemons[daemon])
    const binds = table['bind'] === undefined ? Object.keys(tableOf(table['binds'])) : ['main']
    return ['ready', 'alive'].flatMap((key) => {
      const probes = table[key]
      if (!isTable(probes)) return []
      const path = ['daemons', daemon, key]
      if (Object.keys(probes).length === 0) {
        return [
          {
            path,
            at: 'value',
            message: `\`${key}\` asks nothing`,
            hint: 'e.g. { http = "/health" }',
          } as const,
        ]
      }
      const kinds = Object.entries(probes).flatMap(([kind, spec]) =>
        checkProbe({ path: [...path, kind], kind, spec, daemon, binds }),
      )
      return [
        ...kinds,
        ...checkJson([...path, 'http', 'json'], tableOf(probes['http'])['json']),
        ...checkJson([...path, 'sql', 'expect'], tableOf(probes['sql'])['expect']),
        ...refuseInAlive(key, path, probes),
      ]
    })
  })
}

/** An expected answer is JSON, which knows no dates, no infinity, and no integers that a double cannot hold. */
function checkJson(path: Path, value: unknown): Problem[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown, index) => checkJson([...path, index], item))
  if (isTable(value)) return Object.entries(value).flatMap(([key, item]) => checkJson([...path, key], item))
  const fits =
    typeof value !== 'bigint' &&
    !(value instanceof TomlTime) &&
    (typeof value !== 'number' || Number.isFinite(value))
  return fits
    ? []
    : [
        {
          path,
          at: 'value',
          message: `JSON has no such value: ${describeType(value)}`,
          hint: 'write it as a string',
        },
      ]
}

/** These tell that something happened once; they cannot stop holding. */
function refuseInAlive(key: string, path: Path, probes: Table): Problem[] {
  if (key !== 'alive') return []
  return ['fd', 'log']
    .filter((kind) => Object.hasOwn(probes, kind))
    .map((kind) => ({
      path: [...path, kind],
      at: 'key',
      message: `\`${kind}\` says that something has happened, not that it still holds`,
      hint: '`alive` takes http, tcp, sql, command, file and socket',
    }))
}

function checkProbe(probe: Probe): Problem[] {
  const table = tableOf(probe.spec)
  if (probe.kind === 'http')
    return [...checkHttpForm(probe, table), ...checkBind(probe, table, isHttpPath(probe.spec))]
  if (probe.kind === 'tcp') {
    const own = probe.spec === true || (isTable(probe.spec) && table['target'] === undefined)
    return [...refuseBoth(probe, table, 'bind', 'target'), ...checkBind(probe, table, own)]
  }
  if (probe.kind !== 'sql') return []
  const problems: Problem[] =
    isTable(probe.spec) && table['statement'] === undefined ? [] : refuseBoth(probe, table, 'bind', 'url')
  return [...problems, ...checkBind(probe, table, probe.spec !== undefined && table['url'] === undefined)]
}

const isPath = (text: unknown): boolean => typeof text === 'string' && text.startsWith('/')

function isHttpPath(spec: unknown): boolean {
  return isPath(spec) || isPath(tableOf(spec)['path'])
}

function checkHttpForm(probe: Probe, table: Table): Problem[] {
  if (!isTable(probe.spec)) return []
  const { path: asked, url } = table
  const problems = [...refuseBoth(probe, table, 'path', 'url'), ...refuseBoth(probe, table, 'url', 'bind')]
  // An unknown key is most likely one of the two, misspelt, and has been reported.
  const misspelt = Object.keys(table).some((key) => !['status', 'json', 'bind'].includes(key))
  if (asked === undefined && url === undefined && !misspelt) {
    problems.push({
      path: probe.path,
      at: 'value',
      message: '`http` has neither `path` nor `url`',
      hint: 'e.g. { path = "/health", status = 204 }',
    })
  }
  if (typeof asked === 'string' && asked !== '' && !isPath(asked)) {
    problems.push({
      path: [...probe.path, 'path'],
      at: 'value',
      message: '`path` must begin with `/`',
      hint: 'a whole URL is `url`',
    })
  }
  if (isPath(url)) {
    problems.push({
      path: [...probe.path, 'url'],
      at: 'value',
      message: '`url` must be a whole URL',
      hint: 'a path on the own socket is `path`',
    })
  }
  return problems
}

function refuseBoth(probe: Probe, table: Table, one: string, other: string): Problem[] {
  if (table[one] === undefined || table[other] === undefined) return []
  return [
    {
      path: [...probe.path, other],
      at: 'key',
      message: `\`${other}\` and \`${one}\` exclude each other`,
      related: [{ path: [...probe.path, one], at: 'key', message: `\`${one}\` is here` }],
    },
  ]
}

/** A probe of the daemon's own socket needs one; a named one must exist. */
function checkBind(probe: Probe, table: Table, own: boolean): Problem[] {
  const { kind, path, daemon, binds } = probe
  const bind = table['bind']
  if (typeof bind === 'string' && bind !== '' && !binds.includes(bind)) {
    const near = nearest(bind.slice(0, 64), binds)
    return [
      {
        path: [...path, 'bind'],
        at: 'value',
        message: `daemon \`${daemon}\` has no bind \`${bind}\`${near === undefined ? '' : `; did you mean \`${near}\`?`}`,
        ...(binds.length > 0 ? { hint: `its binds: ${binds.join(', ')}` } : {}),
        follows: true,
      },
    ]
  }
  if (!own || binds.length > 0) return []
  return [
    {
      path,
      at: 'key',
      message: `\`${kind}\` asks the daemon's own socket, but daemon \`${daemon}\` has no bind`,
      hint: 'give it one: bind = "127.0.0.1:0"',
      follows: true,
    },
  ]
}
