/** HTML as a template: what is put into it is escaped, unless it is HTML made here. The one place that escapes. */

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text that is HTML already. Only this file and `charts/svg.ts` make it. */
export class Html {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

/** What may stand in a template; `undefined` and `false` are nothing. */
export type Content = Html | string | number | undefined | false | readonly Content[]

/** Safe in text and in quoted attributes. Characters that no document may hold are replaced. */
export function escapeHtml(text: string): string {
  return showControls(text).replace(/[&<>"']/g, (c) => ESCAPES[c] ?? c)
}

/** `` html`<p class="${name}">${text}</p>` ``. Attributes must be quoted. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  let text = parts[0] ?? ''
  for (const [i, content] of contents.entries()) text += render(content) + (parts[i + 1] ?? '')
  return new Html(text)
}

function render(content: Content): string {
  if (content === undefined || content === false) return ''
  if (content instanceof Html) return content.toString()
  if (typeof content === 'string') return escapeHtml(content)
  if (typeof content === 'number') return String(content)
  return content.map(render).join('')
}

// Colours and styles (ECMA-48 SGR) say nothing here; everything else that drives a terminal is shown.
const COLOURS = /\u001b\[[\d;:]*m/g
// C0 controls but tab and line feed, and delete.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g
/** Their names in ASCII. Symbols for them exist (U+241B), but in few fonts. */
const NAMES: Readonly<Record<string, string>> = {
  '\u0000': 'NUL',
  '\u0007': 'BEL',
  '\u0008': 'BS',
  '\u000b': 'VT',
  '\u000c': 'FF',
  '\r': 'CR',
  '\u001b': 'ESC',
  '\u007f': 'DEL',
}
// C1 controls, and what changes the direction or the look of the text around it (Unicode: bidirectional controls,
// zero-width characters, line and paragraph separators, the byte order mark, tags).
const INVISIBLE =
  /[\u0080-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu

/**
 * Text in which nothing is hidden and nothing drives anything: colours of terminals are left out, controls become
 * their names (⟨ESC⟩), other invisible characters their numbers (⟨U+202E⟩). Line breaks and tabs stay.
 */
export function showControls(text: string): string {
  return text
    .toWellFormed()
    .replace(COLOURS, '')
    .replace(/\r\n/g, '\n')
    .replace(CONTROLS, showCharacter)
    .replace(INVISIBLE, showCharacter)
}

function showCharacter(c: string): string {
  const number = (c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return `⟨${NAMES[c] ?? `U+${number}`}⟩`
}

/** A JSON value to stand in a `<script type="application/json">`: nothing in it ends the element or a line. */
export function embedJson(value: unknown): Html {
  const text = JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
  return new Html(text)
}

/** Text of this program that goes into a `<style>` or `<script>` as it is. */
export function embedOwn(text: string): Html {
  if (/<\/(?:style|script)|<!--/i.test(text))
    throw new Error('a style or script of the page must not end itself')
  return new Html(text)
}
