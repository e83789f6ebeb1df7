/** The kinds of text a stack file holds, as zod schemas: durations, sizes, addresses, names, templates. */
import { z } from 'zod'
import { didYouMean } from '../kernel/text.ts'
import { DURATION_HINT, parseDuration, parseSize, SIZE_HINT } from '../kernel/units.ts'
import { parseBind } from './bind.ts'

export interface Complaint {
  readonly message: string
  readonly hint?: string
}

/** A string with a check of its own. The hint travels in the issue's `params`. */
export function checked(check: (text: string) => Complaint | undefined) {
  return z.string().superRefine((text, context) => {
    const complaint = check(text)
    if (complaint !== undefined) {
      context.addIssue({ code: 'custom', message: complaint.message, params: { hint: complaint.hint } })
    }
  })
}

const DAY_MS = 86_400_000

/** A duration; `least` in milliseconds. */
export function duration(least: number) {
  return checked((text) => {
    const ms = parseDuration(text)
    if (ms === undefined) return { message: `"${text}" is no duration`, hint: DURATION_HINT }
    if (ms < least) return { message: `"${text}" is too short`, hint: 'more than zero' }
    if (ms > DAY_MS) return { message: `"${text}" is too long`, hint: 'at most 24h' }
    return undefined
  }).meta({ pattern: '^\\s*\\d+(\\.\\d+)?\\s*(ms|s|m|h)\\s*$' })
}

/** More than zero bytes, with a unit. */
export const size = checked((text) => {
  const bytes = parseSize(text)
  if (bytes === undefined) return { message: `"${text}" is no size`, hint: SIZE_HINT }
  return bytes > 0 ? undefined : { message: `"${text}" allows nothing`, hint: 'more than zero' }
}).meta({ pattern: '^\\s*\\d+(\\.\\d+)?\\s*(B|[kK]B|MB|GB|KiB|MiB|GiB)\\s*$' })

/** As `parseBind` takes it. */
export const address = checked((text) => {
  const bind = parseBind(text)
  return 'message' in bind ? bind : undefined
}).meta({ pattern: '^(\\[[0-9a-fA-F:.]+\\]|[0-9.]+|localhost):\\d{1,5}$' })

const RESTART_POLICIES = ['never', 'on-failure']

export const restartPolicy = checked((text) =>
  RESTART_POLICIES.includes(text)
    ? undefined
    : {
        message: `"${text.slice(0, 80)}" is no restart policy${didYouMean(text.slice(0, 80), RESTART_POLICIES)}`,
        hint: '"never", or "on-failure": when it ends without having been asked to',
      },
).meta({ enum: RESTART_POLICIES })

/** Text that must not be empty, nor hold NUL, which no argument, path or variable can carry. */
export const filled = checked(refuseEmpty).meta({ minLength: 1 })

/** As `filled`, but may be empty. */
export const carried = checked(refuseNul)

function refuseNul(text: string): Complaint | undefined {
  return text.includes('\0') ? { message: 'a NUL character cannot be handed to a process' } : undefined
}

/** Undefined: it is fine. Blanks alone are empty; a NUL is refused as well. */
export function refuseEmpty(text: string): Complaint | undefined {
  return text.trim() === '' ? { message: 'must not be empty' } : refuseNul(text)
}

// Digits alone would be sorted before other keys by JavaScript, and the file's order counts.
const NAME = /^(?!\d+$)[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/

/** What is wrong with the name of a daemon or of a bind: both become parts of file names and placeholders. */
export function checkName(name: string): Complaint | undefined {
  return NAME.test(name)
    ? undefined
    : {
        message: name === '' ? 'a name must not be empty' : `"${name.slice(0, 80)}" is no name`,
        hint: 'letters, digits, `-` and `_`, beginning with a letter or digit, at most 64; not digits alone',
      }
}

export const NAME_PATTERN = NAME.source

/** A glob of files, relative to the root of the project. */
export const watchPattern = checked((text) => {
  const empty = refuseEmpty(text)
  if (empty !== undefined) return empty
  if (text.startsWith('!')) {
    return { message: `"${text}" takes files away`, hint: 'each pattern names files that count' }
  }
  if (text.includes('\\'))
    return { message: `"${text}" holds a backslash`, hint: 'folders are parted by `/`' }
  return /\{(root|data|config|bind|port|url|env)[.}]/.test(text)
    ? { message: `"${text}" holds a placeholder`, hint: 'patterns are relative to the root of the project' }
    : undefined
}).meta({ minLength: 1 })

/** A smoke's id is its file's name. */
export const smokeId = checked((id) => {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(id)) return undefined
  return id.trim() === ''
    ? { message: 'a smoke must have a name' }
    : {
        message: `"${id.slice(0, 80)}" is no smoke id`,
        hint: 'the name of a file in the folder of smokes, without its ending',
      }
}).meta({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$' })

/** Compiles as a JavaScript regular expression. */
export const pattern = checked((text) => {
  if (text === '') return { message: 'must not be empty: it would match anything' }
  try {
    RegExp(text)
    return undefined
  } catch (error) {
    // A SyntaxError is all that RegExp throws; the end of its text says what is wrong.
    const reason = error instanceof Error ? error.message.replace(/^.*: /s, '') : String(error)
    return {
      message: `not a regular expression: ${reason}`,
      hint: "JavaScript syntax; in '…' (a literal string) a backslash stays as it is",
    }
  }
})

/** A path, or a URL of plain http; both may hold placeholders. */
export const httpTarget = checked((text) => {
  if (/^(\/|http:\/\/|\{url[.}]|\{env\.)/.test(text) && !/[\s\0]/.test(text)) return undefined
  return {
    message: `"${text}" is neither a path nor a URL`,
    hint: text.startsWith('https:')
      ? 'probes speak plain http:// to this machine'
      : 'a path begins with `/`, a URL with http:// or {url.NAME}',
  }
})

/** With its scheme, unless it begins with a variable. */
export const sqlUrl = checked((text) =>
  /^(postgres(ql)?|mysql):\/\/|^\{env\./.test(text)
    ? undefined
    : { message: `"${text}" is no database URL`, hint: 'postgres://… or mysql://…' },
)
