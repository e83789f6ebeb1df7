/** The artifact in a model's answer. */

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    // Models answer with prose around the JSON, or with prose alone: then the next reading is tried.
    return undefined
  }
}

/**
 * The answer as JSON; else the JSON in its first fenced block; else the JSON from its first `{` to its last `}`.
 * Without any, the answer's text itself: what is wrong with it is for validatord to say.
 */
export function readArtifact(content: string): unknown {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)```/i.exec(content)?.[1]
  const braces = content.slice(content.indexOf('{'), content.lastIndexOf('}') + 1)
  const found = [content, fenced ?? '', braces].map(parse).find((result) => result !== undefined)
  return found === undefined ? content : found.value
}
