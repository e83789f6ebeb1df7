/**
 * XML 1.0 as text, safe whatever stands in it. Characters that XML cannot hold in any spelling (control
 * characters, halves of surrogate pairs, U+FFFE and U+FFFF) become U+FFFD.
 */

// The complement of the production Char of XML 1.0.
const ILLEGAL = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

function makeLegal(text: string): string {
  return text.toWellFormed().replace(ILLEGAL, '\ufffd')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  // Always, so that "]]>" stands nowhere.
  '>': '&gt;',
  '"': '&quot;',
  // A parser makes one line break of a bare carriage return, and blanks of line breaks and tabs in attributes.
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
}

/** Text between tags. */
export function escapeText(text: string): string {
  return makeLegal(text).replace(/[&<>\r]/g, (char) => ENTITIES[char] ?? char)
}

/** The value of an attribute, between double quotes. */
function escapeAttribute(text: string): string {
  return makeLegal(text).replace(/[&<>"\r\n\t]/g, (char) => ENTITIES[char] ?? char)
}

/** `<name a="1">`, or `<name a="1"/>` when it is `empty`. Names are the caller's own. */
export function renderTag(
  name: string,
  attributes: Readonly<Record<string, string | number>> = {},
  { empty = false } = {},
): string {
  const pairs = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`,
  )
  return `<${name}${pairs.join('')}${empty ? '/' : ''}>`
}
