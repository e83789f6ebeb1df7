import type { Diagnostic } from './diagnostic.ts'
import type { SourceText } from './locate.ts'
import { parseToml } from './toml-values.ts'

export function explainSyntax(source: SourceText): {
  diagnostics: Diagnostic[]
  readable: string | undefined
} {
  try {
    parseToml(source.text)
    return { diagnostics: [], readable: source.text }
  } catch (error) {
    const e = error as {
      location?: { start: { offset: number } }
      line?: number
      column?: number
      message: string
    }
    let start = e.location?.start.offset ?? 0
    if (e.line !== undefined)
      start =
        source.text
          .split('\n')
          .slice(0, e.line - 1)
          .join('\n').length +
        (e.line > 1 ? 1 : 0) +
        (e.column ?? 1) -
        1
    return {
      diagnostics: [{ ...source.place({ start, end: start + 1 }), message: e.message }],
      readable: undefined,
    }
  }
}
