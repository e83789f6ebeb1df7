/** Kind `sql`: a statement gives the expected value, over the daemon's HTTP endpoint or a database driver. */
import { requestHttp } from '../host/http.ts'
import { bounded, printable } from '../kernel/text.ts'
import type { Json, ReadySpec, SqlEndpoint } from '../stack/types.ts'
import { describeFault, hopeless } from './http.ts'
import { matchesJson, showJson } from './match.ts'
import type { Probe, ProbeAnswer, ProbeContext } from './probe.ts'
import { queryDriver } from './sql-driver.ts'
import { isOwn, listenGate, ownTarget } from './target.ts'

type SqlSpec = Extract<ReadySpec, { kind: 'sql' }>

const MAX_BODY_BYTES = 256 * 1024
const SHOWN_CHARACTERS = 160

/** What a statement gave: rows, each with its values in column order. */
export type SqlRows = readonly (readonly unknown[])[]

/**
 * With `url` through a driver, which is looked for from the daemon's `cwd`; without it over the daemon's own socket.
 * A missing driver or socket is told by an attempt, as fatal.
 */
export function createSqlProbe(spec: SqlSpec, context: ProbeContext): Probe {
  return spec.url === undefined ? overHttp(spec, context) : overDriver(spec, spec.url, context)
}

function overHttp(spec: SqlSpec, { daemon }: ProbeContext): Probe {
  const target = ownTarget(daemon, spec.bind)
  if ('problem' in target) return hopeless('sql', target.problem)
  const { sql } = daemon
  return {
    kind: 'sql',
    ...(isOwn(target, daemon) && { gate: listenGate(target) }),
    async attempt(signal, timeoutMs) {
      const answer = await requestHttp({
        method: 'POST',
        host: target.host,
        port: target.port,
        path: sql.path,
        headers: { host: target.address, 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ [sql.statementField]: spec.statement }),
        timeoutMs,
        maxBodyBytes: MAX_BODY_BYTES,
        signal,
      })
      if (!answer.ok) return { ok: false, saw: describeFault(answer.error, target, timeoutMs) }
      const { status, body } = answer.value
      const text = body.toString('utf8')
      if (status < 200 || status > 299) return { ok: false, saw: `answered ${status}: ${show(text)}` }
      const rows = readRows(text, sql)
      if (typeof rows === 'string')
        return { ok: false, saw: `answered ${status}, but ${rows}: ${show(text)}` }
      return judgeRows(rows, spec.expect)
    },
  }
}

function overDriver(spec: SqlSpec, url: string, { daemon }: ProbeContext): Probe {
  return {
    kind: 'sql',
    async attempt(signal, timeoutMs) {
      const answer = await queryDriver({
        url,
        statement: spec.statement,
        timeoutMs,
        signal,
        from: daemon.cwd,
      })
      if (answer.ok) return judgeRows(answer.value, spec.expect)
      return { ok: false, saw: show(answer.error.detail), fatal: answer.error.fatal }
    },
  }
}

/**
 * Rows may be arrays, or objects; an object's values are taken in the order of the columns field, or in its own.
 *
 * @returns the rows, or what is wrong with the answer.
 */
export function readRows(text: string, sql: SqlEndpoint): SqlRows | string {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    // Whatever is wrong with it, it is no JSON; the caller shows the text.
    return 'it is no JSON'
  }
  const fields = asRecord(parsed)
  const rows = fields?.[sql.rowsField]
  if (!Array.isArray(rows)) return `it has no list "${sql.rowsField}"`
  const columns = columnNames(fields?.[sql.columnsField])
  const read: unknown[][] = []
  for (const row of rows) {
    const record = asRecord(row)
    if (Array.isArray(row)) read.push(row)
    else if (record) read.push(columns ? columns.map((name) => record[name]) : Object.values(record))
    else return `a row of "${sql.rowsField}" is neither a list nor an object`
  }
  return read
}

/** Columns may be names, or objects with a `name`. */
function columnNames(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const names = value.map((column) => (typeof column === 'string' ? column : asRecord(column)?.['name']))
  return names.every((name) => typeof name === 'string') ? names : undefined
}

/**
 * A lone value is the first one of the first row; a list is the first row; a list of lists is all rows.
 * Without an expected value, having been answered with rows (be it none) is enough.
 */
export function judgeRows(rows: SqlRows, expected: Json | undefined): ProbeAnswer {
  if (expected === undefined) return { ok: true, saw: 'the statement was answered' }
  const isTable = Array.isArray(expected) && expected.every((row) => Array.isArray(row))
  const received = isTable ? rows : Array.isArray(expected) ? rows[0] : rows[0]?.[0]
  const plain: unknown = JSON.parse(showJson(received ?? null))
  if (matchesJson(loosen(expected), loosen(plain as Json))) {
    return { ok: true, saw: `the statement gave ${show(showJson(expected))}` }
  }
  return {
    ok: false,
    saw: `the statement gave ${show(showJson(received ?? null))}, expected ${show(showJson(expected))}`,
  }
}

/** 64-bit integers and decimals come as text from most drivers: a number and its digits are taken as the same. */
function loosen(value: Json): Json {
  if (typeof value === 'number') return String(value)
  return Array.isArray(value) ? value.map(loosen) : value
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined
}

const show = (text: string): string => bounded(printable(text).replace(/\s+/g, ' ').trim(), SHOWN_CHARACTERS)
