/** `--reporter NAME[=FILE]`: which reports are asked for, and where each goes. */
import { accessSync, constants } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { lookAt } from '../../host/look-at.ts'
import { err, ok, type Result } from '../../kernel/result.ts'
import { unknownName } from '../names.ts'
import { REPORT_FORMATS, REPORT_NAMES, type ReportFormat } from './formats.ts'

export interface ReportRequest {
  readonly name: string
  readonly format: ReportFormat
  /** Absolute path; absent: standard output. */
  readonly file?: string
}

/** The part of a command line that this reads. */
export interface ReportOptions {
  /** Each `NAME` or `NAME=FILE`. */
  readonly reporter?: readonly string[]
  /** The same as the reporter `json`. */
  readonly json?: boolean
}

/**
 * Reads what is asked for, and looks whether it can be done before anything runs.
 *
 * @param cwd from where files are named.
 * @returns the requests; or one line for each mistake.
 */
export function readReportRequests(
  { reporter = [], json = false }: ReportOptions,
  cwd: string,
): Result<readonly ReportRequest[], readonly string[]> {
  // `--json --reporter json` asks twice for one thing.
  const asked = [...new Set([...(json ? ['json'] : []), ...reporter])]
  const read = asked.map((spec) => readRequest(spec, cwd))
  const requests = read.flatMap((result) => (result.ok ? [result.value] : []))
  const mistakes = [
    ...read.flatMap((result) => (result.ok ? [] : [result.error])),
    ...describeClashes(requests),
  ]
  return mistakes.length > 0 ? err(mistakes) : ok(requests)
}

/** The one that goes to standard output. */
export const findPrinted = (requests: readonly ReportRequest[]): ReportRequest | undefined =>
  requests.find(({ file }) => file === undefined)

/** Ways to name standard output, in whose place no file may be put. */
const STDOUT: ReadonlySet<string> = new Set(['-', '/dev/stdout', '/dev/fd/1'])

function readRequest(spec: string, cwd: string): Result<ReportRequest, string> {
  const at = spec.indexOf('=')
  const name = at === -1 ? spec : spec.slice(0, at)
  const format = Object.hasOwn(REPORT_FORMATS, name) ? REPORT_FORMATS[name] : undefined
  if (format === undefined) return err(unknownName('report format', name, REPORT_NAMES))
  const named = spec.slice(at + 1)
  if (at === -1 || STDOUT.has(named)) return ok({ name, format })
  if (named === '')
    return err(`--reporter ${spec} names no file; without "=" the report goes to standard output`)
  const file = resolve(cwd, named)
  const obstacle = named.endsWith('/') ? 'it is a folder; name a file' : findObstacle(file)
  return obstacle === undefined
    ? ok({ name, format, file })
    : err(`the report ${name} cannot be written to ${named}: ${obstacle}`)
}

function describeClashes(requests: readonly ReportRequest[]): string[] {
  const onStdout = requests.filter(({ file }) => file === undefined).map(({ name }) => name)
  const files = requests.flatMap(({ file }) => (file === undefined ? [] : [file]))
  const twice = new Set(files.filter((file, i) => files.indexOf(file) !== i))
  return [
    ...(onStdout.length > 1
      ? [
          `standard output takes one report, not ${onStdout.join(' and ')}; give the others a file: --reporter ${onStdout.at(-1)}=FILE`,
        ]
      : []),
    ...[...twice].map((file) => `two reports cannot go to one file: ${file}`),
  ]
}

/** Why this file cannot be written, as far as it can be told without writing. */
export function findObstacle(file: string): string | undefined {
  // What cannot be looked at is taken for missing: then its folder decides, and in the end the writing itself.
  const stats = lookAt(file)
  if (stats?.isDirectory()) return 'it is a folder; name a file'
  // A device or a pipe is written to, a file is replaced.
  if (stats && !stats.isFile()) return isWritable(file) ? undefined : 'no permission to write to it'
  let folder = dirname(file)
  while (lookAt(folder) === undefined && folder !== dirname(folder)) folder = dirname(folder)
  if (lookAt(folder)?.isDirectory() !== true) return `${folder} is no folder`
  return isWritable(folder) ? undefined : `no permission to write in ${folder}`
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    // Whatever the reason is, it cannot be written.
    return false
  }
}
