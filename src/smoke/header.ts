/**
 * The header of an executable smoke: comments such as `# title: every row is counted` in its first lines, in any
 * language whose comments begin with `#`, `//` or `--`.
 */
import { editDistance } from '../kernel/text.ts'
import { DURATION_HINT, parseDuration } from '../kernel/units.ts'

export interface SmokeHeader {
  readonly title?: string
  readonly why?: string
  readonly needs?: readonly string[]
  readonly claims?: readonly string[]
  readonly budgetMs?: number
}

export interface HeaderProblem {
  readonly line: number
  readonly column: number
  readonly message: string
}

const KEYS = ['title', 'why', 'needs', 'claims', 'budget'] as const
type Key = (typeof KEYS)[number]
const MAX_LINES = 40
const FIELD = /^(\s*(?:#|\/\/|--)\s*)([A-Za-z]+)\s*:\s*(.*?)\s*$/

/** Reads the fields of a header. Unknown words are plain comments, unless they are one slip away from a field. */
export function parseHeader(text: string): { header: SmokeHeader; problems: HeaderProblem[] } {
  const problems: HeaderProblem[] = []
  const fields = new Map<Key, string>()
  for (const [i, line] of text.split('\n', MAX_LINES).entries()) {
    const [, indent = '', word, value = ''] = FIELD.exec(line.trimEnd()) ?? []
    if (word === undefined) continue
    const at = { line: i + 1, column: indent.length + 1 }
    const key = KEYS.find((known) => known === word)
    const meant = key ?? KEYS.find((known) => editDistance(word.toLowerCase(), known) <= 1)
    if (meant === undefined) continue
    if (key === undefined)
      problems.push({ ...at, message: `unknown field "${word}"; did you mean "${meant}"?` })
    else if (fields.has(key)) problems.push({ ...at, message: `"${key}" is given twice` })
    else if (value === '' && key !== 'needs') problems.push({ ...at, message: `"${key}" is empty` })
    else if (key === 'budget' && !((parseDuration(value) ?? 0) > 0)) {
      problems.push({ ...at, message: `"budget" must be ${DURATION_HINT}` })
    } else fields.set(key, value)
  }
  return { header: buildHeader(fields), problems }
}

function buildHeader(fields: ReadonlyMap<Key, string>): SmokeHeader {
  const title = fields.get('title')
  const why = fields.get('why')
  const needs = fields.get('needs')
  const claims = fields.get('claims')
  const budgetMs = parseDuration(fields.get('budget') ?? '')
  return {
    ...(title === undefined ? {} : { title }),
    ...(why === undefined ? {} : { why }),
    ...(needs === undefined ? {} : { needs: splitNames(needs) }),
    ...(claims === undefined ? {} : { claims: splitNames(claims) }),
    ...(budgetMs === undefined ? {} : { budgetMs }),
  }
}

const splitNames = (text: string): string[] => [
  ...new Set(text.split(/[\s,]+/).filter((name) => name !== '')),
]
