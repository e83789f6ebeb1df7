/** For this room's tests: what people read when a text is refused. */
import { renderDiagnostics } from './diagnostic.ts'
import { parseStack } from './parse.ts'
import type { Stack } from './types.ts'

/** The rendered errors of a text that must be refused. */
export function errorsOf(text: string): string {
  const result = parseStack(text, '/project/stacks/s.toml')
  if (result.ok) throw new Error('the text was accepted')
  return renderDiagnostics(result.error, { cwd: '/project/stacks' })
}

/** Only `line:column message`, one a line, where the look is not the point. */
export function messagesOf(text: string): string[] {
  const result = parseStack(text, '/project/stacks/s.toml')
  return result.ok ? [] : result.error.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

/** The stack of a text that must be accepted. */
export function stackOf(text: string): Stack {
  const result = parseStack(text, '/project/stacks/s.toml')
  if (!result.ok) throw new Error(renderDiagnostics(result.error))
  return result.value
}
