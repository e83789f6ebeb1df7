/** JSON objects that stand in a text. */

/** Where the brace at `start` is closed, strings respected; -1 when it is not. */
function findEnd(text: string, start: number): number {
  let depth = 0
  let inString = false
  for (let at = start; at < text.length; at += 1) {
    const character = text[at]
    if (inString) {
      if (character === '\\') at += 1
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '{') depth += 1
    else if (character === '}') {
      depth -= 1
      if (depth === 0) return at
    }
  }
  return -1
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // Braces that hold no JSON are what this asks about.
    return false
  }
}

/** How many times its length a text may be read over: stray braces must not cost a quadratic search. */
const MAX_PASSES = 16

/** The outermost JSON objects in the text, verbatim, in order; a text full of unclosed braces is not searched out. */
export function findJsonObjects(text: string): string[] {
  const found: string[] = []
  let budget = MAX_PASSES * text.length
  let start = text.indexOf('{')
  while (start >= 0 && budget > 0) {
    const end = findEnd(text, start)
    budget -= (end < 0 ? text.length : end) - start + 1
    const candidate = end < 0 ? '' : text.slice(start, end + 1)
    const valid = candidate !== '' && isJson(candidate)
    if (valid) found.push(candidate)
    start = text.indexOf('{', valid ? end + 1 : start + 1)
  }
  return found
}
