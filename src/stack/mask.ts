/** An error message quotes lines of the file; values that are secret must not be read off them. */
import type { Diagnostic, Place } from './diagnostic.ts'
import { isSecretEntry } from './secrets.ts'
import { endOfString } from './syntax-scan.ts'

/** A key that is assigned to, anywhere on a line; a colon, too, since the line may be no TOML. */
const ASSIGNMENT = /(?<![\w-])([\w-]{1,64})["']?[ \t]*[=:][ \t]*/g

/** The same diagnostics with secret values starred out, one star a character, so that carets stay in place. */
export function maskDiagnostics(
  diagnostics: readonly Diagnostic[],
  secrets: readonly string[],
): Diagnostic[] {
  return diagnostics.map((diagnostic) => {
    const found = new Set(secrets)
    const place = <T extends Place>(one: T): T =>
      one.source === undefined ? one : { ...one, source: maskLine(one.source, found) }
    const masked = place(diagnostic)
    const related = diagnostic.related?.map(place)
    const { message, hint } = diagnostic
    return {
      ...masked,
      message: maskText(message, found),
      ...(hint === undefined ? {} : { hint: maskText(hint, found) }),
      ...(related === undefined ? {} : { related }),
    }
  })
}

/** Also notes the values found, so that the message does not repeat them. */
function maskLine(line: string, found: Set<string>): string {
  let masked = line
  // From the end, so that offsets before a masked value still hold.
  for (const match of [...line.matchAll(ASSIGNMENT)].reverse()) {
    const start = match.index + match[0].length
    const value = readValue(line, start)
    if (!isSecretEntry(match[1] ?? '', value)) continue
    if (value === '' || /\{[^}]/.test(value)) continue
    found.add(value)
    const at = line.indexOf(value, start)
    masked = masked.slice(0, at) + stars(value) + masked.slice(at + value.length)
  }
  return maskText(masked, found)
}

/** What stands between the quotes, or up to what ends a bare value. Lists and tables have keys, or marks, of their own. */
function readValue(line: string, start: number): string {
  const first = line.charAt(start)
  if (first === '"' || first === "'") {
    const { offset, closed, quote } = endOfString(line, start)
    return line.slice(start + quote.length, closed ? offset - quote.length : offset)
  }
  return '[{'.includes(first) ? '' : (/^[^,}#]*/.exec(line.slice(start))?.[0].trim() ?? '')
}

function maskText(text: string, secrets: Iterable<string>): string {
  let masked = text
  for (const secret of secrets) if (secret.length >= 4) masked = masked.replaceAll(secret, stars)
  return masked
}

const stars = (text: string): string => '*'.repeat([...text].length)
