/** The cases file as written. */
import { z } from 'zod'
import { didYouMean, printable } from '../kernel/text.ts'
import { checked, duration, filled, pattern, size } from '../stack/fields.ts'
import type { Problem } from '../stack/problem.ts'
import { isTable, type Table, tableOf } from '../stack/toml-values.ts'
import { NUMBER_POLICIES } from './decimal.ts'
import { parseJson } from './parse-json.ts'
import { PATH_HINT, parsePath } from './path.ts'

const MODES = ['value', 'shape', 'ignore'] as const

/** One of a few words. */
function oneOf(words: readonly string[], noun: string) {
  return checked((text) =>
    words.includes(text)
      ? undefined
      : {
          message: `"${text.slice(0, 80)}" is no ${noun}${didYouMean(text.slice(0, 80), words)}`,
          hint: words.join(', '),
        },
  ).meta({ enum: [...words] })
}

const mode = oneOf(MODES, 'mode')
const modeOrPattern = z
  .union([mode, z.strictObject({ pattern })])
  .meta({ examples: ['shape', { pattern: '^\\d+$' }] })
const modes = z.record(z.string(), modeOrPattern)

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

const requestPath = checked((text) =>
  /^\/[\u0021-\u007e]*$/.test(text)
    ? undefined
    : {
        message: `"${text.slice(0, 80)}" is no path`,
        hint: 'begins with `/`; blanks and the like percent-encoded',
      },
)

const header = checked((text) =>
  /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(text)
    ? undefined
    : { message: 'a header cannot hold a line break or a control character' },
)

const settings = {
  method: checked((text) =>
    /^[A-Z]{1,20}$/.test(text)
      ? undefined
      : { message: `"${text.slice(0, 80)}" is no method`, hint: 'capital letters: GET, POST' },
  ).optional(),
  path: requestPath.optional(),
  headers: z.record(z.string(), header).optional(),
  asks: z.int().min(1).max(5).optional(),
  timeout: duration(1).optional(),
  max_body: size.optional(),
  numbers: oneOf(NUMBER_POLICIES, 'policy of numbers').optional(),
  mode: mode.optional(),
}

const target = filled.meta({ examples: ['http://127.0.0.1:8080', 'the name of a daemon'] })

export const suiteSchema = z.strictObject({
  name: checked((text) =>
    /^[A-Za-z0-9][\w.-]{0,63}$/.test(text)
      ? undefined
      : {
          message: `"${text.slice(0, 80)}" is no name`,
          hint: 'letters, digits, `-`, `_` and `.`, at most 64',
        },
  ).meta({ examples: ['validator'] }),
  left: target.optional(),
  right: target.optional(),
  stack: filled.optional(),
  known_gaps: filled.optional(),
  defaults: z.strictObject(settings).optional(),
  modes: modes.optional(),
  cases: z
    .array(
      z.strictObject({
        ...settings,
        name: checked((text) =>
          /^[^\n\t]{1,100}$/.test(text) && text.trim() === text && printable(text) === text
            ? undefined
            : { message: 'a name has 1 to 100 characters on one line, without blanks around it' },
        ),
        /** JSON text, sent as it is. */
        json: z.string().optional(),
        /** Any text, sent as it is. */
        text: z.string().optional(),
        /** Path of a file with the body, from the cases file's folder. */
        body_file: filled.optional(),
        modes: modes.optional(),
      }),
    )
    .meta({ examples: [[{ name: 'it answers', path: '/health' }]] }),
})

export type SuiteFile = z.infer<typeof suiteSchema>

/** Set by the tool itself, so that both sides get the same request. */
const RESERVED = ['host', 'content-length', 'transfer-encoding', 'connection', 'expect', 'upgrade']

/** Rules that span keys. */
export function checkSuite(file: Table): Problem[] {
  const cases = Array.isArray(file['cases']) ? file['cases'] : []
  const problems = [...checkTable(file['defaults'], ['defaults']), ...checkModes(file['modes'], ['modes'])]
  const names = new Map<unknown, number>()
  const standardPath = tableOf(file['defaults'])['path']
  for (const [index, one] of cases.entries()) {
    if (!isTable(one)) continue
    const at = ['cases', index]
    problems.push(
      ...checkTable(one, at),
      ...checkModes(one['modes'], [...at, 'modes']),
      ...checkBody(one, at),
    )
    const first = names.get(one['name'])
    if (first !== undefined) {
      const related = [{ path: ['cases', first, 'name'], at: 'value' as const, message: 'first used here' }]
      problems.push({ path: [...at, 'name'], at: 'value', message: 'two cases have this name', related })
    }
    names.set(one['name'], index)
    if (one['path'] === undefined && standardPath === undefined) {
      problems.push({
        path: at,
        at: 'key',
        message: 'this case has no `path`',
        hint: 'here or in [defaults]',
      })
    }
  }
  if (Array.isArray(file['cases']) && cases.length === 0) {
    problems.push({ path: ['cases'], at: 'value', message: 'there is no case' })
  }
  return problems
}

function checkTable(table: unknown, at: Problem['path']): Problem[] {
  return Object.keys(tableOf(tableOf(table)['headers'])).flatMap((name): Problem[] => {
    const path = [...at, 'headers', name]
    if (!TOKEN.test(name)) return [{ path, at: 'key', message: 'this is no name of a header' }]
    return RESERVED.includes(name.toLowerCase())
      ? [{ path, at: 'key', message: `the header ${name} is set by the tool` }]
      : []
  })
}

function checkModes(table: unknown, at: Problem['path']): Problem[] {
  return Object.keys(tableOf(table)).flatMap((path): Problem[] => {
    const parsed = parsePath(path)
    if (parsed.ok) return []
    return [{ path: [...at, path], at: 'key', message: `this is no path: ${parsed.error}`, hint: PATH_HINT }]
  })
}

function checkBody(one: Table, at: Problem['path']): Problem[] {
  const given = ['json', 'text', 'body_file'].filter((key) => one[key] !== undefined)
  const problems: Problem[] = given.slice(1).map((key) => ({
    path: [...at, key],
    at: 'key',
    message: `a case has one body, but here are ${given.join(' and ')}`,
  }))
  if (typeof one['json'] === 'string') {
    const parsed = parseJson(one['json'])
    if (!parsed.ok) {
      const { line, column, message } = parsed.error
      problems.push({
        path: [...at, 'json'],
        at: 'value',
        message: `\`json\` is not JSON: line ${line}, column ${column}: ${message}`,
        hint: 'to send something malformed on purpose, use `text` and a content-type header',
      })
    }
  }
  return problems
}
