/**
 * Which values are secret: by the name of their key, or because `secrets = […]` marks their path. What is
 * listed here is masked wherever the tool writes.
 */
import { nearest } from '../kernel/text.ts'
import type { Path, Problem } from './problem.ts'
import { isTable, type Table, tableOf } from './toml-values.ts'

/** Shorter values would mask half of every log. */
const SHORTEST = 4

const WORDS = new Set(
  'secret secrets password passwords passwd pwd passphrase token tokens credential credentials apikey accesskey privatekey'.split(
    ' ',
  ),
)
const PAIRS = new Set('api access private secret signing encryption account auth'.split(' '))
/** `token_file` says where a secret is, `token_ttl` how long it lives: neither is one. */
const ABOUT = new Set(
  'file path dir folder url uri endpoint ttl timeout expiry count limit size length name type kind'.split(
    ' ',
  ),
)

/** A variable, not a key of a configuration: `WORK_KEY` and `OPENAI_KEY` hold secrets, `primary_key` does not. */
const KEY_VARIABLE = /^[A-Z][A-Z0-9_]*_KEY$/
const PUBLIC = /(?:^|_)PUBLIC_KEY$/

/** Whether a key or a variable of this name holds a secret: `secret_access_key`, `API_KEY`, `WORK_KEY`, `authToken`. */
export function isSecretName(name: string): boolean {
  if (KEY_VARIABLE.test(name)) return !PUBLIC.test(name)
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
  if (ABOUT.has(words.at(-1) ?? '')) return false
  // "max_tokens" counts; "tokens" alone, or "auth_tokens", holds them.
  if (words.includes('max') || words.includes('min')) return false
  return words.some((word, index) => WORDS.has(word) || (word === 'key' && PAIRS.has(words[index - 1] ?? '')))
}

/**
 * Whether the value of this key is to be masked. `api_key_env` names the variable that holds a secret, and messages must
 * be able to name it; what is no name of a variable there may be the secret itself, by mistake.
 */
export function isSecretEntry(key: string, value: unknown): boolean {
  const isName = /_env$/i.test(key) && typeof value === 'string' && /^[A-Z_][A-Z0-9_]*$/.test(value)
  return isSecretName(key) && !isName
}

export interface SecretValue {
  readonly path: Path
  readonly text: string
}

/** Every secret string (and, where marked, number) of `[config]`, the environments and `[doctor.s3]`, as written. */
export function listSecretValues(file: Table): SecretValue[] {
  const marks = readMarks(file)
  const marked = (path: Path) => marks.has(JSON.stringify(path.map(String)))
  const walk = (value: unknown, path: Path, secret: boolean, byMark: boolean): SecretValue[] => {
    const mark = byMark || marked(path)
    const hidden = secret || mark
    if (isTable(value)) {
      return Object.entries(value).flatMap(([key, item]) =>
        walk(item, [...path, key], hidden || isSecretEntry(key, item), mark),
      )
    }
    if (Array.isArray(value)) {
      return value.flatMap((item: unknown, index) => walk(item, [...path, index], hidden, mark))
    }
    if (typeof value === 'string') return hidden ? [{ path, text: value }] : []
    return mark && (typeof value === 'number' || typeof value === 'bigint')
      ? [{ path, text: String(value) }]
      : []
  }
  return secretRoots(file).flatMap(({ path, value }) => walk(value, path, false, false))
}

/** What to mask for these values: long enough, each once, and the lines of those that have several. */
export function listMasked(values: Iterable<string>): string[] {
  const masked = new Set<string>()
  for (const value of values) {
    if (value.trim().length < SHORTEST) continue
    masked.add(value)
    const lines = value.split(/\r?\n/).map((line) => line.trim())
    if (lines.length > 1) for (const line of lines) if (line.length >= 8) masked.add(line)
  }
  return [...masked]
}

function secretRoots(file: Table): { path: Path; value: unknown }[] {
  const daemons = tableOf(file['daemons'])
  return [
    { path: ['config'], value: file['config'] },
    { path: ['doctor', 's3'], value: tableOf(file['doctor'])['s3'] },
    { path: ['defaults', 'env'], value: tableOf(file['defaults'])['env'] },
    ...Object.keys(daemons).map((name) => ({
      path: ['daemons', name, 'env'],
      value: tableOf(daemons[name])['env'],
    })),
  ]
}

function readMarks(file: Table): Set<string> {
  const marks: unknown = file['secrets']
  const paths = (Array.isArray(marks) ? marks : []).map((mark) =>
    typeof mark === 'string' ? splitMark(mark) : undefined,
  )
  return new Set(paths.filter((path) => path !== undefined).map((path) => JSON.stringify(path)))
}

/** `config.a."b.c"` as TOML would read a dotted key; undefined when it is none. */
function splitMark(mark: string): string[] | undefined {
  const keys = [...mark.matchAll(/(?:^|\.)(?:"([^"]*)"|([^."]+))/g)]
  return keys.map(([whole]) => whole).join('') === mark && mark !== ''
    ? keys.map(([, quoted, bare]) => quoted ?? bare?.trim() ?? '')
    : undefined
}

/** A mark must be the path of something that the file has, in `[config]` or an `env`. @param file as parsed. */
export function checkSecretMarks(file: Table): Problem[] {
  const marks: unknown = file['secrets']
  return (Array.isArray(marks) ? marks : []).flatMap((mark: unknown, index): Problem[] => {
    if (typeof mark !== 'string' || mark.trim() === '') return []
    const place = { path: ['secrets', index], at: 'value' } as const
    const path = splitMark(mark)
    if (path === undefined) {
      return [{ ...place, message: `"${mark}" is no path of keys`, hint: 'e.g. "config.storaged.store.pin"' }]
    }
    const inEnv =
      (path[0] === 'daemons' && path[2] === 'env') || (path[0] === 'defaults' && path[1] === 'env')
    if (path[0] !== 'config' && !inEnv) {
      return [
        {
          ...place,
          message: `"${mark}" is neither in [config] nor in an \`env\``,
          hint: 'only those reach a daemon as values',
        },
      ]
    }
    let value: unknown = file
    for (const [depth, key] of path.entries()) {
      const next = Array.isArray(value)
        ? (value[Number(key)] as unknown)
        : Object.hasOwn(tableOf(value), key)
          ? tableOf(value)[key]
          : undefined
      if (next === undefined) {
        const near = nearest(key.slice(0, 64), Object.keys(tableOf(value)).slice(0, 500))
        const suggestion =
          near === undefined ? '' : `; did you mean \`${[...path.slice(0, depth), near].join('.')}\`?`
        return [
          {
            ...place,
            message: `"${mark}" does not exist: there is no \`${path.slice(0, depth + 1).join('.')}\`${suggestion}`,
            follows: true,
          },
        ]
      }
      value = next
    }
    return []
  })
}
