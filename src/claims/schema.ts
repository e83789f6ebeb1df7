/** A claims file as written in TOML, and the rules that span its tables. */
import { z } from 'zod'
import { didYouMean } from '../kernel/text.ts'
import type { DocumentForm } from '../stack/document.ts'
import { checked, duration, filled } from '../stack/fields.ts'
import type { Problem } from '../stack/problem.ts'
import { type Table, tableOf } from '../stack/toml-values.ts'
import { RISK_STATES, SEVERITIES } from './types.ts'

/** One of these words, or a complaint that knows the nearest of them. */
function oneOf<const W extends string>(kind: string, words: readonly W[]) {
  return checked((text) =>
    words.some((word) => word === text)
      ? undefined
      : {
          message: `"${text.slice(0, 80)}" is no ${kind}${didYouMean(text.slice(0, 80), words)}`,
          hint: `one of: ${words.join(', ')}`,
        },
  ).transform((text) => text as W)
}

const severity = oneOf('severity', SEVERITIES)
const ids = z.array(z.string())

const claim = z.strictObject({
  sentence: filled.meta({ examples: ['what was acknowledged survives a crash'] }),
  risk: filled.meta({ examples: ['an answer that was given is taken back'] }),
  severity: severity.meta({ examples: ['high'] }),
})

const risk = z.strictObject({
  sentence: filled.meta({ examples: ['a full disk loses the last write'] }),
  severity: severity.meta({ examples: ['high'] }),
  state: oneOf('state of a risk', RISK_STATES).meta({ examples: ['open'] }),
  closes: filled.meta({ examples: ['a smoke that fills the disk'] }),
  claims: ids.default([]).meta({ examples: [['write-durability']] }),
})

const gate = z.strictObject({
  claims: ids.meta({ examples: [['loopback-only']] }),
  command: z.array(filled).meta({ examples: [['node', 'scripts/gates/loopback.ts']] }),
  deadline: duration(1)
    .default('60s')
    .meta({ examples: ['60s'] }),
})

const decision = z.strictObject({
  question: filled.meta({ examples: ['which runtime speaks the tagged form?'] }),
  state: oneOf('state of a decision', ['open', 'taken'])
    .default('open')
    .meta({ examples: ['open'] }),
  blocks: z
    .boolean()
    .default(false)
    .meta({ examples: [true] }),
})

const claimsSchema = z.strictObject({
  tests: z
    .array(filled)
    .default([])
    .meta({ examples: [['logs/tests.json']] }),
  claims: z.record(z.string(), claim),
  risks: z.record(z.string(), risk).default({}),
  gates: z.record(z.string(), gate).default({}),
  decisions: z.record(z.string(), decision).default({}),
})

export type ClaimsTable = z.output<typeof claimsSchema>

export const CLAIMS_FORM: DocumentForm<ClaimsTable> = {
  name: 'claims file',
  least: 'at least: [claims.ID] with `sentence`, `risk` and `severity`',
  schema: claimsSchema,
  rules: checkRules,
}

const SECTIONS = ['claims', 'risks', 'gates', 'decisions'] as const
const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/

function checkRules(file: Table): Problem[] {
  return [...checkIds(file), ...checkEmpty(file), ...checkReferences(file), ...checkCommands(file)]
}

/** An id is a file's name, and stands in titles between brackets. */
function checkIds(file: Table): Problem[] {
  return SECTIONS.flatMap((section) =>
    Object.keys(tableOf(file[section])).flatMap((id): Problem[] =>
      ID.test(id)
        ? []
        : [
            {
              path: [section, id],
              at: 'key',
              message: `"${id.slice(0, 80)}" is no id`,
              hint: 'letters, digits, `-` and `_`, beginning with a letter or digit, at most 64',
            },
          ],
    ),
  )
}

function checkEmpty(file: Table): Problem[] {
  const { claims } = file
  if (claims === undefined || Object.keys(tableOf(claims)).length > 0) return []
  return [{ path: ['claims'], at: 'key', message: '`claims` is empty: nothing is promised' }]
}

function checkReferences(file: Table): Problem[] {
  const known = Object.keys(tableOf(file['claims']))
  return (['risks', 'gates'] as const).flatMap((section) =>
    Object.entries(tableOf(file[section])).flatMap(([id, row]) => {
      const named = tableOf(row)['claims']
      return Array.isArray(named) ? checkNames([section, id, 'claims'], named, known) : []
    }),
  )
}

function checkNames(path: Problem['path'], named: readonly unknown[], known: readonly string[]): Problem[] {
  if (named.length === 0 && path[0] === 'gates') {
    return [{ path, at: 'value', message: 'a gate that proves no claim is none', hint: 'name one at least' }]
  }
  return named.flatMap((id, index): Problem[] => {
    if (typeof id !== 'string') return []
    const at = { path: [...path, index], at: 'value' } as const
    if (named.indexOf(id) < index) return [{ ...at, message: `the claim "${id}" is named twice` }]
    if (known.includes(id)) return []
    // The claim may be there, where the file could not be read.
    return [{ ...at, message: `there is no claim "${id}"${didYouMean(id, known)}`, follows: true }]
  })
}

function checkCommands(file: Table): Problem[] {
  return Object.entries(tableOf(file['gates'])).flatMap(([id, gate]): Problem[] => {
    const { command } = tableOf(gate)
    if (!Array.isArray(command) || command.length > 0) return []
    const hint = 'program and arguments, each a string of its own'
    return [{ path: ['gates', id, 'command'], at: 'value', message: '`command` is empty', hint }]
  })
}
