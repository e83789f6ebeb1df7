/** Syntax errors in values: what stands where a value should, or beside one. */

import type { SyntaxFault } from './syntax-fault.ts'
import type { Scan } from './syntax-scan.ts'

/** @param scan of the same text and offset. @returns undefined: it is not for a value that the parser gave up. */
export function explainValue(text: string, offset: number, scan: Scan): SyntaxFault | undefined {
  const token = /^[^\s,\]}#]*/.exec(text.slice(scan.token))?.[0] ?? ''
  const span = { start: scan.token, end: scan.token + Math.max(1, token.length) }
  if (!scan.hasEquals && scan.open.length === 0) return undefined
  if (token === '') {
    const next = text.charAt(scan.token)
    if (next === ',') return { span, message: 'a value is missing before the comma' }
    const equals = text.lastIndexOf('=', offset)
    return scan.open.length === 0 || next === '}' || next === ','
      ? { span: { start: equals, end: equals + 1 }, message: 'no value after `=`' }
      : undefined
  }
  if (/^["'[{]/.test(token)) return explainLeftover(text, offset, scan)
  if (offset > span.end) return explainLeftover(text, offset, scan)
  if (CURLY.test(token)) return explainCharacter(text, scan.token)
  if (/^(true|false)$/i.test(token))
    return { span, message: `\`${token}\` is written \`${token.toLowerCase()}\`` }
  if (/^(null|nil|none|undefined)$/i.test(token)) {
    return { span, message: `TOML has no \`${token}\``, hint: 'leave the key out' }
  }
  if (/^[+-]?0[0-9_]/.test(token))
    return { span, message: `a number does not begin with 0: \`${token}\``, hint: 'octal numbers are 0o755' }
  if (/^\d{4}-\d\d?|^\d\d:\d\d/.test(token)) {
    return {
      span,
      message: `\`${token}\` is no date or time`,
      hint: '2020-01-31, 12:30:00 and 2020-01-31T12:30:00Z are; text stands in quotes',
    }
  }
  if (/^[+-]*\.?[0-9][0-9_.eE+-]*$|^0[xob]/i.test(token) && !/\..*\./.test(token)) {
    return {
      span,
      message: `\`${token}\` is no number`,
      hint: '42, 1.5, 1e3 and 1_000 are; text stands in quotes',
    }
  }
  const rest = /^[^,\]}#\n\r]*/.exec(text.slice(scan.token))?.[0].trimEnd() ?? token
  const words = scan.open.length === 0 ? rest : token
  const shown = words.length > 60 ? `${words.slice(0, 57)}…` : words
  return {
    span: { start: scan.token, end: scan.token + words.length },
    message: 'text must stand in quotes',
    hint: `write ${JSON.stringify(shown)}`,
  }
}

/** After a whole value: another one, without a comma or a line between. */
function explainLeftover(text: string, offset: number, scan: Scan): SyntaxFault | undefined {
  const character = text.charAt(offset)
  if (offset >= text.length || /\s/.test(character)) return undefined
  const rest = /^[^\n\r#]*/.exec(text.slice(offset))?.[0].trimEnd() ?? character
  const open = scan.open.at(-1)
  if (open === undefined) {
    return {
      span: { start: offset, end: offset + Math.max(1, rest.length) },
      message: 'nothing may follow the value on its line',
      hint: 'begin a new line; a comment begins with #',
    }
  }
  const closing = open.mark === '[' ? ']' : '}'
  if (character === ']' || character === '}') {
    return {
      span: { start: offset, end: offset + 1 },
      message: `\`${character}\` closes what was opened with \`${open.mark}\``,
      hint: `expected \`${closing}\``,
    }
  }
  return {
    span: { start: offset, end: offset + 1 },
    message: `expected a comma or \`${closing}\` before this`,
  }
}

const CURLY = /^[\u2018-\u201f\u00ab\u00bb]/

/** Characters that TOML allows nowhere, or not outside of strings. */
export function explainCharacter(text: string, offset: number): SyntaxFault | undefined {
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0x20)
  const span = { start: offset, end: offset + character.length }
  if (offset < text.length && CURLY.test(character)) {
    return {
      span,
      message: `\`${character}\` is a typographic quote`,
      hint: 'TOML wants straight ones: " or \'',
    }
  }
  const carriageReturn = [offset, offset - 1].find((at) => text.charAt(at) === '\r')
  if (carriageReturn !== undefined && text.charAt(carriageReturn + 1) !== '\n') {
    return {
      span: { start: carriageReturn, end: carriageReturn + 1 },
      message: 'a carriage return without a line feed',
      hint: 'lines end in LF or CR LF',
    }
  }
  if (character === '\u00a0' || character === '\u3000' || character === '\u200b' || character === '\ufeff') {
    return {
      span,
      message: `an invisible character, ${codePoint(character)}, where TOML allows spaces and tabs only`,
    }
  }
  if (!/[\0-\x08\x0b-\x1f\x7f]/.test(character)) return undefined
  return {
    span,
    message: `the control character ${codePoint(character)} may not stand in the file`,
    hint: 'inside a "…" string write it as \\uXXXX',
  }
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
