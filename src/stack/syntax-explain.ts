/** Why a text is no TOML, in words that help: the parser says where it gave up, this says what was meant. */
import { bounded } from '../kernel/text.ts'
import { loadPositionParser } from './locate.ts'
import type { ParserError, SyntaxFault } from './syntax-fault.ts'
import { endOfLine, looksLikeStatement, type Scan, scanUntil, startOfLine } from './syntax-scan.ts'
import { explainCharacter, explainValue } from './syntax-values.ts'

/**
 * @param text must not parse. @param error what the parser threw at it.
 * @returns the first explanation that fits; at the least, where the text stops being TOML.
 */
export function explainFault(text: string, error: ParserError): SyntaxFault {
  const scan = scanUntil(text, error.offset)
  return (
    explainFormat(text) ??
    (error.semantic ? explainMeaning(text, error, scan) : undefined) ??
    explainUnclosed(text, error.offset, scan) ??
    explainCharacter(text, error.offset) ??
    (scan.isHeader ? explainHeader(text, error.offset, scan) : undefined) ??
    explainKey(text, error.offset, scan) ??
    explainValue(text, error.offset, scan) ??
    explainByParser(text, error)
  )
}

function explainFormat(text: string): SyntaxFault | undefined {
  const start = text.search(/\S/)
  const formats: [RegExp, string][] = [
    [/^\s*\{/, 'JSON'],
    [/^\s*---\s*$/m, 'YAML'],
    [/^\s*<[!?a-zA-Z]/, 'HTML or XML'],
    [/^#!.*\n(?!.*=)/, 'a script'],
  ]
  const found = formats.find(([pattern]) => pattern.exec(text)?.index === 0)
  if (found === undefined) return undefined
  return {
    span: { start, end: endOfLine(text, start) },
    message: `this looks like ${found[1]}; a stack file is TOML`,
    hopeless: true,
  }
}

function explainMeaning(text: string, { message, offset }: ParserError, scan: Scan): SyntaxFault {
  const line = { start: offset, end: endOfLine(text, offset) }
  const repeated = /^Cannot (?:redefine|append|extend|use dotted).*'(.*)'/s.exec(message)?.[1]
  if (repeated !== undefined) {
    const key =
      /^\s*(\[\[?[^\]\n]*\]\]?|(?:"[^"\n]*"|'[^'\n]*'|[^\s=])+)/.exec(text.slice(offset, line.end))?.[1] ?? ''
    const how = message.startsWith('Cannot redefine')
      ? 'is defined twice'
      : 'is already complete and cannot be added to'
    const inside = scan.open.length > 0
    return {
      span: { start: offset, end: offset + key.length },
      message: `\`${repeated}\` ${how}`,
      ...(inside ? {} : { repeats: repeated }),
    }
  }
  if (message.startsWith('Invalid escape')) {
    const sequence = /^\\?(?:[uUx][0-9a-fA-F]*|.)/su.exec(text.slice(offset))?.[0] ?? ''
    // A line break is neither shown nor underlined.
    const shown = sequence.replace(/[\r\n]+$/, '')
    const where = shown === sequence ? '' : ' at the end of a line'
    return {
      span: { start: offset, end: offset + shown.length },
      message: `\`${shown}\`${where} is no escape sequence`,
      hint: /^\\[uUx]/.test(sequence)
        ? '\\x takes 2 hexadecimal digits, \\u takes 4 and \\U takes 8'
        : "write \\\\ for a backslash, or use '…' (a literal string), where backslashes stay",
    }
  }
  const [first = ''] = message.split(/\. (?=[A-Z])/)
  const value = /^[^\s,\]}#]*/.exec(text.slice(offset))?.[0] ?? ''
  return {
    span: { start: offset, end: offset + Math.max(1, value.length) },
    message: `${first.charAt(0).toLowerCase()}${first.slice(1).replace(/\.$/, '')}`,
  }
}

function explainUnclosed(text: string, offset: number, scan: Scan): SyntaxFault | undefined {
  const innermost = scan.open.at(-1)
  if (innermost === undefined) return undefined
  if (innermost.mark.startsWith('"') || innermost.mark.startsWith("'")) {
    // A control character or a bad escape inside a string is not about its end.
    const atEnd = offset >= text.length || '\r\n'.includes(text.charAt(offset))
    return atEnd ? unclosed('string', innermost.offset, endOfLine(text, innermost.offset)) : undefined
  }
  const lineStart = startOfLine(text, offset)
  const line = text.slice(lineStart, endOfLine(text, offset))
  const before = scan.open.findLast((one) => one.offset < lineStart)
  const newStatement = before?.mark === '[' ? looksLikeStatement(line) : /^\s*\[/.test(line)
  const culprit = offset >= text.length ? innermost : newStatement ? before : undefined
  if (culprit === undefined) return undefined
  const fault = unclosed(culprit.mark === '[' ? 'list' : 'table', culprit.offset, culprit.offset + 1)
  if (offset >= text.length) return fault
  const start = lineStart + line.search(/\S/)
  return {
    ...fault,
    related: { span: { start, end: lineStart + line.trimEnd().length }, message: 'the file goes on here' },
  }
}

function unclosed(what: 'string' | 'list' | 'table', start: number, end: number): SyntaxFault {
  const mark = { string: 'quote', list: '`]`', table: '`}`' }[what]
  return { span: { start, end }, message: `this ${what} is not closed: the ${mark} at its end is missing` }
}

function explainHeader(text: string, offset: number, scan: Scan): SyntaxFault {
  const end = endOfLine(text, scan.statement)
  const line = text.slice(scan.statement, end).trimEnd()
  const span = { start: scan.statement, end: scan.statement + line.length }
  const marks = line.startsWith('[[') ? ']]' : ']'
  if (!line.includes(marks)) return { span, message: `this header is not closed: \`${marks}\` is missing` }
  if (/^\[\[?\s*\]/.test(line)) return { span, message: 'this header has no name' }
  if (/^\[\[?\s*\.|\.\s*\.|\.\s*\]/.test(line)) return { span, message: 'a name is missing beside a dot' }
  if (line.indexOf(marks) < offset - scan.statement) {
    return {
      span: { start: offset, end: span.end },
      message: 'nothing may follow a header on its line',
      hint: 'begin a new line',
    }
  }
  return {
    span: { start: offset, end: offset + 1 },
    message: `\`${text.charAt(offset)}\` may not stand in a header`,
    hint: 'names with other characters than letters, digits, `-` and `_` stand in quotes: [daemons."a b"]',
  }
}

function explainKey(text: string, offset: number, scan: Scan): SyntaxFault | undefined {
  const inTable = scan.open.length === 0 || scan.open.at(-1)?.mark === '{'
  if (!inTable || scan.hasEquals) return undefined
  const end = endOfLine(text, offset)
  const key = /^(?:"[^"\n]*"|'[^'\n]*'|[\w.-])*/.exec(text.slice(scan.token))?.[0] ?? ''
  const shown = bounded(key, 60)
  const span = { start: scan.token, end: scan.token + Math.max(1, key.length) }
  const after = text.slice(scan.token + key.length, end)
  if (key === '') {
    const character = String.fromCodePoint(text.codePointAt(scan.token) ?? 0x20)
    if (character === '=') return { span, message: 'no key before `=`' }
    if (character === ',') return { span, message: 'a key is missing before the comma' }
    if (character === ']')
      return { span, message: '`]` closes what was opened with `{`', hint: 'expected `}`' }
    if (/[\p{L}\p{N}]/u.test(character)) return quoteKey(text, scan.token)
    return undefined
  }
  if (/^\s*:/.test(after)) {
    const start = offset + text.slice(offset, end).search(/:/)
    return {
      span: { start, end: start + 1 },
      message: `between \`${shown}\` and its value stands \`=\`, not \`:\``,
    }
  }
  if (/^\s*([#,}].*)?\r?$/.test(after))
    return { span, message: `\`${shown}\` has no value`, hint: `${shown} = …` }
  if (key.startsWith('.') || key.includes('..') || key.endsWith('.'))
    return { span, message: 'a name is missing beside a dot' }
  if (/^[\p{L}\p{N}]/u.test(after)) return quoteKey(text, scan.token)
  if (/^\s+[\w"']/.test(after)) {
    return {
      span: { start: offset, end: offset + 1 },
      message: `expected \`=\` after \`${shown}\``,
      hint: `a key with spaces stands in quotes; text is ${shown} = "…"`,
    }
  }
  return undefined
}

function quoteKey(text: string, start: number): SyntaxFault {
  const key = /^[^\s=,}\]]+/.exec(text.slice(start))?.[0] ?? ''
  return {
    span: { start, end: start + key.length },
    message: `the key \`${key}\` must stand in quotes`,
    hint: `only letters a to z, digits, \`-\` and \`_\` go without: "${key}" = …`,
  }
}

/** The words of the second parser, when it stumbles on the same line; else what stands there. */
function explainByParser(text: string, error: ParserError): SyntaxFault {
  const { offset } = error
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0x20)
  const span = { start: offset, end: offset + character.length }
  try {
    loadPositionParser().parseTOML(text)
  } catch (second) {
    if (!(second instanceof SyntaxError || second instanceof RangeError)) throw second
    const index = 'index' in second && typeof second.index === 'number' ? second.index : offset
    if (startOfLine(text, index) === startOfLine(text, offset)) {
      const message = `${second.message.charAt(0).toLowerCase()}${second.message.slice(1)}`
      return { span: { start: index, end: index + 1 }, message: `not TOML: ${message}` }
    }
  }
  if (offset >= text.length) return { span, message: 'not TOML: the file ends too early' }
  return {
    span,
    message: `not TOML: unexpected ${/\s/.test(character) ? 'end of the line' : `\`${character}\``}`,
  }
}
