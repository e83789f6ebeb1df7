/**
 * What is wrong with a stack file and where, and how people read it: file:line:column, the message, the line
 * with the offending text underlined, a hint, and the related place.
 */
import { isAbsolute, relative } from 'node:path'
import { styleText } from 'node:util'
import { count, printable } from '../kernel/text.ts'

/** A stretch of one line. Line and column count from 1; column and length count characters (code points). */
export interface Place {
  /** Absolute path. */
  readonly file: string
  readonly line: number
  readonly column: number
  /** 0: nothing to underline, e.g. the file could not be read. */
  readonly length: number
  /** The whole line, without its line end; absent when there is none to show. */
  readonly source?: string
}

export interface Diagnostic extends Place {
  /** One line; names in backticks. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
  readonly related?: readonly (Place & { readonly message: string })[]
}

export interface RenderOptions {
  /** Default false. */
  readonly color?: boolean
  /** Paths inside this folder are shown relative to it. Default: the current one. */
  readonly cwd?: string
  /** How many are shown in full before "… and N more". Default 50. */
  readonly limit?: number
}

const CONTEXT = 100

/** All of them, as text for a terminal, ending in a newline. Empty text for no diagnostics. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions = {}): string {
  if (diagnostics.length === 0) return ''
  const limit = options.limit ?? 50
  const shown = diagnostics.slice(0, limit).map((diagnostic) => renderOne(diagnostic, options))
  const left = diagnostics.length - shown.length
  if (left > 0) shown.push(`… and ${count(left, 'more error')}\n`)
  return shown.join('\n')
}

function renderOne(diagnostic: Diagnostic, options: RenderOptions): string {
  const paint = painter(options.color ?? false)
  const lines = [
    `${paint('bold', where(diagnostic, options))} ${paint('red', 'error:')} ${printable(diagnostic.message)}`,
    ...excerpt(diagnostic, '^', (mark) => paint('red', mark)),
  ]
  if (diagnostic.hint !== undefined) lines.push(`  ${paint('cyan', 'hint:')} ${printable(diagnostic.hint)}`)
  for (const related of diagnostic.related ?? []) {
    lines.push(
      `  ${where(related, options)} ${printable(related.message)}`,
      ...excerpt(related, '-', (mark) => paint('cyan', mark)),
    )
  }
  return `${lines.join('\n')}\n`
}

type Paint = (style: 'bold' | 'red' | 'cyan', text: string) => string

function painter(color: boolean): Paint {
  return (style, text) => (color ? styleText(style, text, { validateStream: false }) : text)
}

function where(place: Place, options: RenderOptions): string {
  const path = relative(options.cwd ?? process.cwd(), place.file)
  const shown = path === '' || path.startsWith('..') || isAbsolute(path) ? place.file : path
  return place.length === 0 && place.source === undefined
    ? `${printable(shown)}:`
    : `${printable(shown)}:${place.line}:${place.column}:`
}

/** The source line and, under it, the marks. A very long line is cut to what surrounds the place. */
function excerpt(place: Place, mark: string, paintMark: (text: string) => string): string[] {
  if (place.source === undefined) return []
  const characters = [...place.source]
  const start = place.column - 1
  const from = Math.max(0, start - CONTEXT)
  const to = Math.min(
    characters.length,
    Math.max(start + 1, Math.min(start + place.length, from + CONTEXT) + CONTEXT),
  )
  const before = from > 0 ? '…' : ''
  const after = to < characters.length ? '…' : ''
  const visible = characters.slice(from, to).map(visibleCharacter)
  const gutter = String(place.line)
  const pad = before.replace('…', ' ') + characters.slice(from, start).map(blankOf).join('')
  const marked = characters.slice(start, Math.min(start + place.length, to))
  const marks = mark.repeat(
    Math.max(
      1,
      marked.map(widthOf).reduce((sum, width) => sum + width, 0),
    ),
  )
  return [
    `  ${gutter} | ${before}${visible.join('')}${after}`,
    `  ${' '.repeat(gutter.length)} | ${pad}${paintMark(marks)}`,
  ]
}

/** One character of a stranger's file, safe to print and as wide as `widthOf` says. */
function visibleCharacter(character: string): string {
  return /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udfff]/.test(
    character,
  ) && character.length === 1
    ? '\ufffd'
    : character
}

// East Asian Width (UAX #11) by script, and emoji: two columns on a terminal.
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u
const ZERO_WIDTH = /\p{Mn}|\p{Me}|\u200d|[\ufe00-\ufe0f]/u

/** Columns that a character takes on a terminal. */
export function widthOf(character: string): number {
  if (ZERO_WIDTH.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}

/** As wide as the character, so that the caret stands under its text: a tab stays a tab. */
function blankOf(character: string): string {
  return character === '\t' ? '\t' : ' '.repeat(widthOf(character))
}
