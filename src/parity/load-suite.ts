/** Reads a cases file, and the bodies that it names. */
import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { err, ok, type Result } from '../kernel/result.ts'
import { formatBytes, parseDuration, parseSize } from '../kernel/units.ts'
import { renderDiagnostics } from '../stack/diagnostic.ts'
import { type DocumentForm, loadDocument } from '../stack/document.ts'
import type { NumberPolicy } from './decimal.ts'
import type { Mode, ModeRule } from './modes.ts'
import { parsePath } from './path.ts'
import { checkSuite, type SuiteFile, suiteSchema } from './suite-schema.ts'
import type { ParityCase, ParitySuite } from './suite-types.ts'

const SUITE_FORM: DocumentForm<SuiteFile> = {
  name: 'cases file',
  least: 'at least: a `name`, and one [[cases]] with a `name` and a `path`',
  schema: suiteSchema,
  rules: checkSuite,
}

const STANDARD = { asks: 2, timeoutMs: 10_000, maxBodyBytes: 16 * 2 ** 20 } as const
/** A request body that is read from a file. */
const MOST_BODY_BYTES = 64 * 2 ** 20

/** @returns the suite, or everything that is wrong with the file, for people. */
export async function loadSuite(path: string): Promise<Result<ParitySuite, readonly string[]>> {
  const file = resolve(path)
  const loaded = await loadDocument(file, SUITE_FORM)
  if (!loaded.ok) return err([renderDiagnostics(loaded.error)])
  const written = loaded.value
  const folder = dirname(file)
  const cases: ParityCase[] = []
  const faults: string[] = []
  for (const one of written.cases) {
    const body = await readBody(one, folder)
    if (body.ok) cases.push(buildCase(one, written, body.value))
    else faults.push(`error: ${file}: case "${one.name}": ${body.error}`)
  }
  if (faults.length > 0) return err(faults)
  const { name, left, right, stack, known_gaps: gaps } = written
  return ok({
    name,
    file,
    ...(left === undefined ? {} : { left }),
    ...(right === undefined ? {} : { right }),
    ...(stack === undefined ? {} : { stack: resolve(folder, stack) }),
    ...(gaps === undefined ? {} : { gaps: resolve(folder, gaps) }),
    cases,
  })
}

type CaseFile = SuiteFile['cases'][number]

async function readBody(one: CaseFile, folder: string): Promise<Result<Buffer | undefined, string>> {
  const text = one.json ?? one.text
  if (text !== undefined) return ok(Buffer.from(text))
  if (one.body_file === undefined) return ok(undefined)
  const path = resolve(folder, one.body_file)
  try {
    const { size } = await stat(path)
    if (size > MOST_BODY_BYTES) {
      return err(`${path} is larger than ${formatBytes(MOST_BODY_BYTES)}`)
    }
    return ok(await readFile(path))
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return err(`its body cannot be read: ${error.message}`)
  }
}

function buildCase(one: CaseFile, { defaults = {}, modes = {} }: SuiteFile, body?: Buffer): ParityCase {
  const standardType: Record<string, string> =
    one.json === undefined ? {} : { 'content-type': 'application/json' }
  return {
    name: one.name,
    method: one.method ?? defaults.method ?? (body === undefined ? 'GET' : 'POST'),
    path: one.path ?? defaults.path ?? '/',
    headers: { ...standardType, ...lowerNames(defaults.headers), ...lowerNames(one.headers) },
    ...(body === undefined ? {} : { body }),
    asks: one.asks ?? defaults.asks ?? STANDARD.asks,
    timeoutMs: parseDuration(one.timeout ?? defaults.timeout ?? '') ?? STANDARD.timeoutMs,
    maxBodyBytes: parseSize(one.max_body ?? defaults.max_body ?? '') ?? STANDARD.maxBodyBytes,
    numbers: (one.numbers ?? defaults.numbers ?? 'literal') as NumberPolicy,
    mode: readMode(one.mode ?? defaults.mode ?? 'value'),
    rules: [...readRules(modes), ...readRules(one.modes ?? {})],
  }
}

const lowerNames = (headers: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

type ModeFile = NonNullable<SuiteFile['modes']>[string]

function readRules(modes: Readonly<Record<string, ModeFile>>): ModeRule[] {
  return Object.entries(modes).flatMap(([path, mode]) => {
    const parsed = parsePath(path)
    // Checked before: a wrong path is an error of the file.
    return parsed.ok ? [{ path: parsed.value, mode: readMode(mode) }] : []
  })
}

function readMode(mode: ModeFile): Mode {
  if (typeof mode !== 'string') return { kind: 'pattern', pattern: new RegExp(mode.pattern) }
  return { kind: mode as 'value' | 'shape' | 'ignore' }
}
