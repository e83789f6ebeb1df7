/**
 * A reviewer's answer: findings in the strict form, the verdict, and what was meant as either and is neither. Every line
 * that begins with one of the five keys is accounted for; nothing is guessed.
 *
 *     SEVERITY: high
 *     WHERE: src/store.ts:41
 *     WHAT: …
 *     WHY: …
 *
 *     VERDICT: hold
 */
import { type Finding, SEVERITIES, type Unparsed, VERDICTS, type VerdictWord } from './types.ts'

export interface ParsedAnswer {
  readonly findings: readonly Finding[]
  readonly unparsed: readonly Unparsed[]
  /** The worst, when there are several: an answer must not be talked out of a `hold` by what it quotes. */
  readonly verdict?: VerdictWord
}

type Key = 'SEVERITY' | 'WHERE' | 'WHAT' | 'WHY' | 'VERDICT'
const FIELDS = ['SEVERITY', 'WHERE', 'WHAT', 'WHY'] as const

/** Marks of lists, quotes, headings and emphasis around the key are decoration; `Where` is as good as `WHERE`. */
const KEY_LINE =
  /^\s*(?:[-*>#]+\s+|\d+[.)]\s+)?([*_`]{0,3})(SEVERITY|WHERE|WHAT|WHY|VERDICT|Severity|Where|What|Why|Verdict)(?:\1\s*:|\s*:\1|\s*:)[ \t]*(.*)$/
const FENCE = /^\s*(?:```|~~~)/

interface Field {
  readonly key: Key
  value: string
  readonly line: number
  text: string
  /** Further lines may belong to it. */
  open: boolean
}

/** Never throws, whatever the answer. Lines count from 1. `verdict` is absent when none was given in the form. */
export function parseAnswer(answer: string): ParsedAnswer {
  const findings: Finding[] = []
  const unparsed: Unparsed[] = []
  const verdicts: VerdictWord[] = []
  for (const group of groupFields(readFields(answer))) {
    const [first] = group
    if (first === undefined) continue
    const read = first.key === 'VERDICT' ? readVerdict(first) : readFinding(group)
    if (typeof read === 'string') {
      unparsed.push({
        line: first.line,
        text: group
          .map(({ text }) => text)
          .join('\n')
          .trimEnd(),
        reason: read,
      })
    } else if (typeof read === 'object' && 'word' in read) verdicts.push(read.word)
    else findings.push(read)
  }
  const verdict = VERDICTS.find((word) => verdicts.includes(word))
  return { findings, unparsed, ...(verdict === undefined ? {} : { verdict }) }
}

/** The lines with keys, each with the lines that continue it. */
function readFields(answer: string): Field[] {
  const fields: Field[] = []
  for (const [index, line] of answer.split(/\r\n|\n|\r/).entries()) {
    const match = KEY_LINE.exec(line)
    const last = fields.at(-1)
    if (match) {
      const key = (match[2] ?? '').toUpperCase() as Key
      fields.push({
        key,
        value: match[3] ?? '',
        line: index + 1,
        text: line,
        open: key === 'WHAT' || key === 'WHY',
      })
    } else if (last?.open) {
      // Sentences may go on over several lines; a blank one, or a fence, ends them.
      last.open = line.trim() !== '' && !FENCE.test(line)
      if (!last.open) continue
      last.value += `\n${line.trim()}`
      last.text += `\n${line}`
    }
  }
  return fields
}

/** Fields that stand together: a new group begins with SEVERITY, VERDICT, or a key that the group already has. */
function groupFields(fields: readonly Field[]): Field[][] {
  const groups: Field[][] = []
  for (const field of fields) {
    const group = groups.at(-1)
    const fits =
      group !== undefined &&
      field.key !== 'SEVERITY' &&
      field.key !== 'VERDICT' &&
      !group.some(({ key }) => key === field.key || key === 'VERDICT')
    if (fits) group.push(field)
    else groups.push([field])
  }
  return groups
}

function readVerdict({ value }: Field): { readonly word: VerdictWord } | string {
  const said = /^[a-z]+/i.exec(undecorate(value))?.[0].toLowerCase()
  const word = VERDICTS.find((each) => each === said)
  // The form itself, repeated, names all three.
  if (word === undefined || /^\w+\s*[|/]/.test(undecorate(value)))
    return `VERDICT is none of ${VERDICTS.toReversed().join(', ')}`
  return { word }
}

function readFinding(group: readonly Field[]): Finding | string {
  const keys = group.map(({ key }) => key)
  const missing = FIELDS.filter((key) => !keys.includes(key))
  if (missing.length > 0) return `without ${missing.join(', ')}`
  if (keys.join() !== FIELDS.join()) return `not in the order ${FIELDS.join(', ')}`
  const [severity = '', where = '', what = '', why = ''] = group.map(({ key, value }) =>
    key === 'SEVERITY' || key === 'WHERE' ? undecorate(value) : value.trim(),
  )
  const level = SEVERITIES.find((each) => each === severity.toLowerCase())
  if (level === undefined) return `SEVERITY is none of ${SEVERITIES.join(', ')}`
  const place = where.length < LONGEST ? readPlace(where) : undefined
  if (place === undefined) return 'WHERE is not path:line'
  if (what === '') return 'WHAT is empty'
  if (why === '') return 'WHY is empty'
  return { severity: level, ...place, what, why }
}

/** `path:41`, `path:41-48`, `path:0` for the file as a whole. */
function readPlace(where: string): Pick<Finding, 'path' | 'line' | 'endLine'> | undefined {
  const [, path, first, last = first] = /^(\S.*?):(\d{1,9})(?:-(\d{1,9}))?$/.exec(where) ?? []
  if (path === undefined || first === undefined) return undefined
  const [line, endLine] = [Number(first), Number(last)]
  return endLine < line ? undefined : { path, line, endLine }
}

/** No path is longer; a search for the end of a long run of blanks would take its square. */
const LONGEST = 5_000

/** Without emphasis and code marks around it. */
function undecorate(value: string): string {
  return value
    .trim()
    .slice(0, LONGEST)
    .replace(/^[\s*_`]+/, '')
    .replace(/[\s*`]+$/, '')
}
